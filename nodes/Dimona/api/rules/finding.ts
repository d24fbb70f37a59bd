/** One thing that the authority would refuse, or that is at least doubtful. */
export interface Finding {
	/** The authority's code for it (`00777-005`), or a name of our own where no code is known. */
	rule: string;
	/** Path in the declaration: `dimonaIn.startHour`. */
	field: string;
	/** `refuse`: certainly refused, so it is not sent. `warn`: the authority is the better judge. */
	severity: 'refuse' | 'warn';
	message: string;
}

/**
 * Collects what is found about one declaration.
 *
 * @example
 * const findings = new Findings();
 * findings.require(declaration.employer, rule, 'employer', 'is missing');
 */
export class Findings {
	readonly list: Finding[] = [];

	refuse(rule: string, field: string, message: string): void {
		this.list.push({ rule, field, severity: 'refuse', message });
	}

	warn(rule: string, field: string, message: string): void {
		this.list.push({ rule, field, severity: 'warn', message });
	}

	/** A field that has to be there. */
	require(value: unknown, rule: string, field: string, message: string): void {
		if (isEmpty(value)) this.refuse(rule, field, message);
	}

	/** A field that must not be there. */
	forbid(value: unknown, rule: string, field: string, message: string): void {
		if (!isEmpty(value)) this.refuse(rule, field, message);
	}
}

export function isEmpty(value: unknown): boolean {
	return value === undefined || value === null || value === '';
}
