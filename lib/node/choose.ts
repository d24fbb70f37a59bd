import type { INodeProperties } from 'n8n-workflow';

/**
 * A text field as a list to choose from, in which a value or an expression can still be typed. A
 * workflow that holds a plain text for it goes on working: {@link Fields} reads both.
 *
 * @param field a field of type `string`
 * @param method the name of the list among the node's `listSearch` methods
 * @param reads the fields that decide what is listed, as `caseId`
 * @example const caseId = chooseFrom({ displayName: 'Case ID', … }, 'casesInQueue');
 */
export function chooseFrom(
	field: INodeProperties,
	method: string,
	reads: readonly string[] = [],
): INodeProperties {
	const { placeholder, default: typed, ...rest } = field;
	return {
		...rest,
		type: 'resourceLocator',
		// An expression is typed, not chosen.
		default: typed === '' ? { mode: 'list', value: '' } : { mode: 'id', value: String(typed) },
		...(reads.length > 0
			? { typeOptions: { loadOptionsDependsOn: reads.map((name) => `${name}.value`) } }
			: {}),
		modes: [
			{
				displayName: 'From List',
				name: 'list',
				type: 'list',
				typeOptions: { searchListMethod: method, searchable: true },
			},
			{ displayName: 'By ID', name: 'id', type: 'string', placeholder },
		],
	};
}

/** What a list to choose from holds, of whatever n8n gives for the field. */
export function chosenValue(value: unknown): unknown {
	const isLocator =
		typeof value === 'object' && value !== null && '__rl' in value && 'value' in value;
	return isLocator ? value.value : value;
}
