import type { INodeProperties, INodePropertyOptions } from 'n8n-workflow';

import type { Operation, OperationTable, Resource } from './operation';

/**
 * The `properties` of a node: resource, operation, the fields of each operation, and what all
 * operations share.
 *
 * @example description = { ...common, properties: formOf(hubEeTable) };
 */
export function formOf<Api>(table: OperationTable<Api>): INodeProperties[] {
	const resources = [...table.resources].sort(byName);
	return [
		{
			displayName: 'Resource',
			name: 'resource',
			type: 'options',
			noDataExpression: true,
			options: resources.map(({ name, value, description }) => ({ name, value, description })),
			default: table.resources[0]?.value ?? '',
		},
		...resources.map(operationSelector),
		...resources.flatMap(operationFields),
		...(table.shared ?? []),
	];
}

function operationSelector<Api>(resource: Resource<Api>): INodeProperties {
	return {
		displayName: 'Operation',
		name: 'operation',
		type: 'options',
		noDataExpression: true,
		displayOptions: { show: { resource: [resource.value] } },
		options: [...resource.operations]
			.sort(byName)
			.map(({ name, value, action, description }): INodePropertyOptions => ({
				name,
				value,
				action,
				description,
			})),
		default: resource.operations[0]?.value ?? '',
	};
}

/**
 * A field object that several operations of a resource share is emitted once, shown for all of
 * them: what a person typed then stays when they change the operation.
 */
function operationFields<Api>(resource: Resource<Api>): INodeProperties[] {
	const users = new Map<INodeProperties, Array<Operation<Api>>>();
	for (const operation of resource.operations)
		for (const field of operation.fields)
			users.set(field, [...(users.get(field) ?? []), operation]);
	return inOrderOfEach(resource.operations.map(({ fields }) => fields)).map((field) => ({
		...field,
		displayOptions: {
			...field.displayOptions,
			show: {
				resource: [resource.value],
				operation: (users.get(field) ?? []).map(({ value }) => value),
				...field.displayOptions?.show,
			},
		},
	}));
}

/**
 * One list in which the members of every given list keep their order, so that "Options" stays last
 * in each form although other operations share it. Of two lists that contradict each other the
 * earlier one wins.
 */
function inOrderOfEach<Member extends object>(lists: Member[][]): Member[] {
	const left = new Set(lists.flat());
	const ordered: Member[] = [];
	for (;;) {
		const open = lists.map((list) => list.filter((member) => left.has(member)));
		const isNext = (member: Member) => open.every((list) => list.indexOf(member) <= 0);
		const next = [...left].find(isNext) ?? open.flat()[0];
		if (!next) return ordered;
		left.delete(next);
		ordered.push(next);
	}
}

function byName(a: { name: string }, b: { name: string }): number {
	return a.name.localeCompare(b.name, 'en');
}
