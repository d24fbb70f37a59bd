import Ajv, { type ErrorObject, type ValidateFunction } from 'ajv';

import type { Issue } from '../social-security';

const id = { type: 'integer', minimum: 1, maximum: 999_999_999_999 };
const date = { type: 'string', pattern: '^\\d{4}-\\d{2}-\\d{2}$' };
const hour = { type: 'string', pattern: '^([01]\\d|2[0-3])[0-5]\\d$' };
const text = (maxLength: number) => ({ type: 'string', minLength: 1, maxLength });
const strict = (required: string[], properties: object) => ({
	type: 'object',
	required,
	properties,
	additionalProperties: false,
});

const address = (street: number) =>
	strict([], {
		street: text(street),
		houseNumber: text(10),
		boxNumber: text(4),
		postCode: text(9),
		municipality: strict([], { code: { type: 'integer' }, name: text(40) }),
		country: { type: 'integer' },
	});

const employer = {
	...strict([], {
		enterpriseNumber: { type: 'string', pattern: '^[01]\\d{9}$' },
		employerId: { type: 'integer' },
	}),
	minProperties: 1,
};

const worker = strict([], {
	ssin: { type: 'string', pattern: '^\\d{11}$' },
	familyName: text(48),
	givenName: text(24),
	birthDate: date,
	placeOfBirth: text(40),
	countryOfBirth: { type: 'integer' },
	nationality: { type: 'integer' },
	gender: { enum: ['1', '2', 1, 2] },
	address: address(35),
});

/**
 * Blocks whose names are not published (construction cards, using employer, small statutes) may
 * stand here; everywhere else unknown names are refused.
 */
const dimonaIn = {
	type: 'object',
	required: ['startDate', 'features'],
	properties: {
		startDate: date,
		startHour: hour,
		endDate: date,
		endHour: hour,
		plannedHoursNumber: { type: 'integer', minimum: 1, maximum: 999 },
		features: strict(['workerType', 'jointCommissionNumber'], {
			workerType: { type: 'string', pattern: '^[A-Z0-9]{3}$' },
			jointCommissionNumber: {
				enum: ['124', '140', '144', '145', '149', '302', '320', '322', 'XXX'],
			},
		}),
		studentPlaceOfWork: strict([], { name: text(96), address: address(42) }),
		// Fields of version 1 and inventions of clients that were refused.
		workerType: false,
		startingDate: false,
		declarationType: false,
	},
	additionalProperties: { type: 'object' },
};

const dimonaOut = strict(['periodId', 'endDate'], { periodId: id, endDate: date });
const dimonaUpdate = strict(['periodId'], {
	periodId: id,
	startDate: date,
	startHour: hour,
	endDate: date,
	endHour: hour,
	plannedHoursNumber: { type: 'integer', minimum: 1, maximum: 999 },
});
const dimonaCancel = strict(['periodId'], { periodId: id });

const ajv = new Ajv({ allErrors: true, strict: true });

const bodies: Record<string, ValidateFunction> = {
	dimonaIn: ajv.compile(strict(['employer', 'worker', 'dimonaIn'], { employer, worker, dimonaIn })),
	dimonaOut: ajv.compile(strict(['dimonaOut'], { dimonaOut })),
	dimonaUpdate: ajv.compile(strict(['dimonaUpdate'], { dimonaUpdate })),
	dimonaCancel: ajv.compile(strict(['dimonaCancel'], { dimonaCancel })),
};

const filter = ajv.compile(strict([], { employer }));

/** Everything that is wrong with the body of a declaration; empty when it may be treated. */
export function declarationIssues(body: unknown): Issue[] {
	if (typeof body !== 'object' || body === null || Array.isArray(body))
		return [issue('schemaViolation', '', 'the body must be an object')];
	const blocks = Object.keys(bodies).filter((name) => name in body);
	const validate = blocks.length === 1 ? bodies[blocks[0] ?? ''] : undefined;
	if (!validate)
		return [
			issue('schemaViolation', '', `exactly one of ${Object.keys(bodies).join(', ')} is needed`),
		];
	return issuesOf(validate, body);
}

export function filterIssues(body: unknown): Issue[] {
	return issuesOf(filter, body);
}

function issuesOf(validate: ValidateFunction, body: unknown): Issue[] {
	if (validate(body)) return [];
	return (validate.errors ?? []).map((error) => {
		const name = nameOf(error);
		const kind = error.keyword === 'additionalProperties' ? 'unknownInput' : 'schemaViolation';
		return issue(kind, name, `${name.split('.').pop() ?? 'body'} ${error.message ?? 'is wrong'}`);
	});
}

function nameOf({ instancePath, params }: ErrorObject): string {
	const extra = params as { additionalProperty?: string; missingProperty?: string };
	const last = extra.additionalProperty ?? extra.missingProperty;
	return [...instancePath.split('/').slice(1), ...(last ? [last] : [])].join('.');
}

function issue(kind: string, name: string, detail: string): Issue {
	return { kind, in: 'body', name, detail };
}
