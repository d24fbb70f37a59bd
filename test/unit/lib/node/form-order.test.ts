import type { INodeProperties } from 'n8n-workflow';

import { formOf } from '../../../../lib/node/form';
import type { OperationTable, Resource } from '../../../../lib/node/operation';
import { aspOneAlertTable } from '../../../../nodes/AspOneAlert/table';
import { dimonaTable } from '../../../../nodes/Dimona/table';
import { eBoxBroadcastTable } from '../../../../nodes/EBoxBroadcast/table';
import { eBoxTable } from '../../../../nodes/EBoxEnterprise/table';
import { hubEeTable } from '../../../../nodes/HubEe/table';

const field = (name: string): INodeProperties => ({
	displayName: name,
	name,
	type: 'string',
	default: '',
});

const operation = (value: string, fields: INodeProperties[]) => ({
	name: value,
	value,
	action: value,
	description: value,
	fields,
	run: async () => await Promise.resolve({}),
});

const tableOf = (...operations: Array<ReturnType<typeof operation>>): OperationTable<unknown> => ({
	service: 'Test',
	resources: [{ name: 'Thing', value: 'thing', operations }],
	connect: async () => await Promise.resolve(undefined),
});

/**
 * Names of the fields of one operation, in the order in which the form has them; `shared` fields
 * have no operation.
 */
function formOrder<Api>(table: OperationTable<Api>, resource: string, value: string): string[] {
	return formOf(table)
		.filter(
			({ displayOptions }) =>
				displayOptions?.show?.resource?.includes(resource) &&
				displayOptions.show.operation?.includes(value),
		)
		.map(({ name }) => name);
}

describe('the order of fields in a form', () => {
	it('is that of the operation, although another one has a shared field earlier', () => {
		const [id, options, report] = ['id', 'options', 'report'].map(field);
		const table = tableOf(
			operation('get', [id, options]),
			operation('change', [id, report, options]),
		);
		expect(formOrder(table, 'thing', 'get')).toEqual(['id', 'options']);
		expect(formOrder(table, 'thing', 'change')).toEqual(['id', 'report', 'options']);
	});

	it('is that of the first operation where two contradict each other, and no field is lost', () => {
		const [a, b] = ['a', 'b'].map(field);
		const table = tableOf(operation('one', [a, b]), operation('two', [b, a]));
		expect(formOrder(table, 'thing', 'one')).toEqual(['a', 'b']);
		expect(formOrder(table, 'thing', 'two')).toEqual(['a', 'b']);
	});

	it('emits a shared field once', () => {
		const shared = field('shared');
		const table = tableOf(operation('one', [shared]), operation('two', [shared]));
		expect(formOf(table).filter(({ name }) => name === 'shared')).toHaveLength(1);
	});
});

function everyOperation<Api>(table: OperationTable<Api>) {
	return table.resources.flatMap((resource: Resource<Api>) =>
		resource.operations.map((one) => ({
			name: `${table.service} ${resource.name}: ${one.name}`,
			declared: one.fields.map(({ name }) => name),
			shown: formOrder(table, resource.value, one.value),
		})),
	);
}

describe.each(
	[
		everyOperation(aspOneAlertTable),
		everyOperation(eBoxBroadcastTable),
		everyOperation(dimonaTable),
		everyOperation(eBoxTable),
		everyOperation(hubEeTable),
	].flat(),
)('$name', ({ declared, shown }) => {
	it('shows its fields as it lists them', () => {
		expect(shown).toEqual(declared);
	});
});
