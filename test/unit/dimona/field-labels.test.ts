import type { INodeProperties, INodePropertyCollection, INodePropertyOptions } from 'n8n-workflow';

import { checkDeclaration } from '../../../nodes/Dimona/api/rules';
import type { Declaration, DeclarationKind } from '../../../nodes/Dimona/api/types';
import { FIELD_LABELS, namedField } from '../../../nodes/Dimona/operations/form/field-labels';
import { declarationResource } from '../../../nodes/Dimona/operations/declaration';
import { brokenRules } from '../../../nodes/Dimona/operations/form/broken-rules';

/** The block of a path, and the operations whose form fills it. */
const OPERATIONS: Record<string, { kind: DeclarationKind; operation: string }> = {
	employer: { kind: 'in', operation: 'submitIn' },
	worker: { kind: 'in', operation: 'submitIn' },
	dimonaIn: { kind: 'in', operation: 'submitIn' },
	dimonaOut: { kind: 'out', operation: 'submitOut' },
	dimonaUpdate: { kind: 'update', operation: 'submitUpdate' },
	dimonaCancel: { kind: 'cancel', operation: 'submitCancel' },
};

const fieldsOf = (operation: string): INodeProperties[] =>
	declarationResource.operations.find(({ value }) => value === operation)?.fields ?? [];

const isFor = ({ displayOptions }: INodeProperties, kind: string): boolean =>
	displayOptions?.show?.kind?.includes(kind) ?? true;

type Option = INodeProperties | INodePropertyCollection | INodePropertyOptions;

/**
 * What stands below a field, without the inner name of a fixed collection, which the editor does
 * not show beside its only entry.
 */
const inside = ({ options = [] }: INodeProperties): INodeProperties[] =>
	(options as Option[]).flatMap((option) => {
		if ('values' in option) return option.values;
		return 'type' in option ? [option] : [];
	});

/** Whether a form has a field of this label, `Changes → End Date` for one in a collection. */
function has(fields: INodeProperties[], label: string): boolean {
	const [first, ...rest] = label.split(' → ');
	return fields
		.filter(({ displayName }) => displayName === first)
		.some((field) => rest.length === 0 || has(inside(field), rest.join(' → ')));
}

describe.each(Object.entries(FIELD_LABELS))('%s is called "%s"', (path, label) => {
	const { kind, operation } = OPERATIONS[path.split('.')[0]];

	test(`in the form of ${operation}`, () => {
		expect(has(fieldsOf(operation), label)).toBe(true);
	});

	test.each(['submitAndWait', 'validate'])('in the form of %s', (both) => {
		const fields = fieldsOf(both).filter((field) => isFor(field, kind));
		expect(has(fields, label)).toBe(true);
	});
});

const LONG = 'x'.repeat(200);
const address = {
	street: LONG,
	houseNumber: LONG,
	boxNumber: LONG,
	postCode: LONG,
	municipality: { code: 1, name: LONG },
};
const hours = { startHour: 'x', endHour: 'x', plannedHoursNumber: -1 };
const days = { startDate: 'x', endDate: 'x' };
const features = { workerType: 'OTH', jointCommissionNumber: '200' };
const employer = { enterpriseNumber: 'x', employerId: 1 };
const identity = {
	familyName: LONG,
	givenName: LONG,
	placeOfBirth: LONG,
	birthDate: 'x',
	gender: 'x',
	address,
};

/**
 * Declarations that break everything that can be broken, so that every path of the rules turns up.
 */
const BROKEN: Declaration[] = [
	{ employer, worker: identity, dimonaIn: { ...days, ...hours, features } },
	{
		employer: {},
		worker: {},
		dimonaIn: {
			startDate: '2026-02-21',
			...hours,
			features,
			studentPlaceOfWork: { name: LONG, address },
		},
	},
	{
		employer,
		worker: { ssin: 'x' },
		dimonaIn: {
			startDate: '2026-02-21',
			features: { workerType: 'x', jointCommissionNumber: '322' },
		},
	},
	{ dimonaOut: { periodId: 0, endDate: 'x' } },
	{ dimonaUpdate: { periodId: 0, ...days, ...hours } },
	{ dimonaUpdate: { periodId: 0 } },
	{ dimonaUpdate: { periodId: 1, plannedHoursNumber: 1 } },
	{ dimonaCancel: { periodId: 0 } },
];

test('every field of a broken rule has a label', () => {
	const found = BROKEN.flatMap((declaration) =>
		checkDeclaration(declaration, { today: '2026-02-10' }).map(({ field }) => field),
	);
	expect(new Set(found).size).toBeGreaterThan(35);
	expect([...new Set(found)].filter((path) => !Object.hasOwn(FIELD_LABELS, path))).toEqual([]);
});

test('a broken rule names the field of the form, then that of the service', () => {
	const [finding] = checkDeclaration(
		{ dimonaOut: { periodId: 1, endDate: 'x' } },
		{ today: '2026-02-10' },
	);
	expect(brokenRules([finding]).message).toBe(
		'The declaration breaks a rule of Dimona and was not sent: End Date (dimonaOut.endDate): must be a day of the calendar, YYYY-MM-DD (rule 00911-003)',
	);
});

test('a path that no field of the form fills stays as it is', () => {
	expect(namedField('dimonaIn.usingEmployer')).toBe('dimonaIn.usingEmployer');
	expect(namedField('constructor')).toBe('constructor');
});
