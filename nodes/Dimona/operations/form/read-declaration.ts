import { isObject } from '../../../../lib/answers/json';
import { checkNiss } from '../../../../lib/identifiers/niss';
import { invalidInput } from '../../../../lib/errors/guichet-error';
import type { Fields } from '../../../../lib/node/fields';
import { addDays } from '../../../../lib/time/days';
import { enterpriseNumberOf } from '../../../../lib/identifiers/enterprise-number';
import { mergeInto, OPEN_END } from '../../api/rules';
import {
	type Address,
	type Declaration,
	type DeclarationKind,
	type DimonaIn,
	type DimonaUpdate,
	type Employer,
	type Worker,
} from '../../api/types';

/** A declaration as the form describes it, and what the rules need to know besides. */
export interface ReadDeclaration {
	declaration: Declaration;
	periodWorkerType?: string;
	/** Blocks that "Additional JSON" brought into `dimonaIn`. */
	additionalBlocks: string[];
	reference?: string;
}

/**
 * Reads a declaration from the form. Numbers, dates and hours are brought into the service's
 * notation; whether they are right is judged by the rules.
 *
 * @throws GuichetError `invalid_input` for what cannot be read at all
 */
export function readDeclarationForm(fields: Fields, kind: DeclarationKind): ReadDeclaration {
	const more = fields.group('additionalFields');
	const additional = more.json<unknown>('additionalJson') ?? {};
	if (!isObject(additional))
		throw invalidInput(more.label('additionalJson'), 'must be a JSON object');
	const merged = mergeInto(READERS[kind](fields), additional) as Declaration;
	const block = additional.dimonaIn;
	return {
		declaration: merged,
		periodWorkerType: kind === 'update' ? fields.optionalText('periodWorkerType') : undefined,
		additionalBlocks: isObject(block) ? Object.keys(block) : [],
		reference: more.optionalText('reference'),
	};
}

const READERS: Record<DeclarationKind, (fields: Fields) => Declaration> = {
	in: (fields) => ({
		employer: readEmployer(fields),
		worker: readWorker(fields),
		dimonaIn: readIn(fields),
	}),
	out: (fields) => ({
		dimonaOut: { periodId: periodId(fields), endDate: fields.optionalDay('endDate') ?? '' },
	}),
	update: (fields) => ({ dimonaUpdate: readUpdate(fields) }),
	cancel: (fields) => ({ dimonaCancel: { periodId: periodId(fields) } }),
};

/** The employer of a form; also for searches. */
export function readEmployer(fields: Fields): Employer {
	if (fields.optionalText('employerBy') === 'employerId')
		return { employerId: fields.number('employerId') };
	return { enterpriseNumber: enterpriseNumberOf(fields.text('enterpriseNumber')) };
}

/**
 * An SSIN as 11 digits. A sheet that takes it for a number drops its leading zeros: of somebody
 * born from January to September 2000 three, so that eight digits are left. They are put back.
 */
export function readSsin(fields: Fields, name: string): string {
	const text = fields.text(name);
	const bare = text.replace(/[\s.-]/g, '');
	const check = checkNiss(/^\d{8,10}$/.test(bare) ? bare.padStart(11, '0') : text);
	if (check.valid) return check.niss;
	throw invalidInput(fields.label(name), ssinProblem(bare));
}

function ssinProblem(bare: string): string {
	const inTheWay = [...new Set(bare.replace(/\d/g, ''))];
	if (inTheWay.length > 0)
		return `must be an SSIN of 11 digits, and has other characters in it: ${inTheWay.map((one) => `"${one}"`).join(' ')}`;
	if (bare.length === 11) return 'is not an SSIN: its last two digits do not fit the others';
	const count = `it came with ${bare.length} digits`;
	return bare.length < 11
		? `must be an SSIN of 11 digits: ${count}, so leading zeros may be lost. Give the column of the sheet the format "text"`
		: `must be an SSIN of 11 digits: ${count}`;
}

function readWorker(fields: Fields): Worker {
	if (fields.optionalText('workerBy') !== 'identity') return { ssin: readSsin(fields, 'ssin') };
	const birthDate = fields.optionalText('birthDate');
	const address = fields.group('address').raw('values');
	return withoutEmpty({
		familyName: fields.optionalText('familyName'),
		givenName: fields.optionalText('givenName'),
		birthDate: birthDate && /-00$/.test(birthDate) ? birthDate : fields.optionalDay('birthDate'),
		placeOfBirth: fields.optionalText('placeOfBirth'),
		countryOfBirth: fields.optionalNumber('countryOfBirth'),
		nationality: fields.optionalNumber('nationality'),
		gender: fields.optionalText('gender'),
		address: address === undefined ? undefined : firstAddress(fields.rows('address', 'values')),
	});
}

function firstAddress([fields]: Fields[]): Address | undefined {
	return fields && readAddress(fields);
}

function readAddress(fields: Fields): Address {
	return withoutEmpty({
		street: fields.optionalText('street'),
		houseNumber: fields.optionalText('houseNumber'),
		boxNumber: fields.optionalText('boxNumber'),
		postCode: fields.optionalText('postCode'),
		municipality: withoutEmpty({
			code: fields.optionalNumber('municipalityCode'),
			name: fields.optionalText('municipalityName'),
		}),
		country: fields.optionalNumber('country'),
	});
}

function readIn(fields: Fields): DimonaIn {
	const chosen = fields.text('workerType');
	const workerType = (chosen === 'other' ? fields.text('otherWorkerType') : chosen).toUpperCase();
	const startDate = fields.optionalDay('startDate');
	const startHour = fields.optionalHour('startHour');
	const endHour = fields.optionalHour('endHour');
	const place = fields.rows('placeOfWork', 'values')[0] as Fields | undefined;
	return withoutEmpty({
		startDate: startDate ?? '',
		startHour,
		endDate: fields.optionalDay('endDate') ?? endOfShift(startDate, startHour, endHour),
		endHour,
		// Zero is how an untouched number field of n8n looks.
		plannedHoursNumber: fields.optionalNumber('plannedHours', { integer: false }) || undefined,
		features: {
			workerType,
			jointCommissionNumber: fields.text('jointCommittee').toUpperCase(),
		},
		studentPlaceOfWork: place && {
			...withoutEmpty({ name: place.optionalText('name') }),
			address: readAddress(place),
		},
	});
}

/** A shift that ends at an earlier hour than it began ends on the next day. */
function endOfShift(
	startDate: string | undefined,
	startHour: string | undefined,
	endHour: string | undefined,
): string | undefined {
	if (!startDate || !startHour || !endHour) return undefined;
	return endHour > startHour ? startDate : addDays(startDate, 1);
}

function readUpdate(fields: Fields): DimonaUpdate {
	const changes = fields.group('changes');
	return withoutEmpty({
		periodId: periodId(fields),
		startDate: changes.optionalDay('startDate'),
		startHour: changes.optionalHour('startHour'),
		endDate: changes.boolean('removeEndDate') ? OPEN_END : changes.optionalDay('endDate'),
		endHour: changes.optionalHour('endHour'),
		plannedHoursNumber: changes.optionalNumber('plannedHours', { integer: false }),
	});
}

/** Ids are texts in n8n and an integer in the body. */
function periodId(fields: Fields): number {
	return Number(
		fields.text('periodId', {
			pattern: /^\d{1,12}$/,
			expected: 'the number of a period, 12 digits at most',
		}),
	);
}

/** The service dislikes empty fields. */
function withoutEmpty<T extends object>(values: T): T {
	const kept = Object.entries(values).filter(
		([, value]) => value !== undefined && !(isObject(value) && Object.keys(value).length === 0),
	);
	return Object.fromEntries(kept) as T;
}
