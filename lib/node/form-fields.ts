import type { INodeProperties } from 'n8n-workflow';

import type { FieldSource } from './fields';

/**
 * The values of a form with the labels that a person sees. `value` reads a parameter of n8n; of a
 * field that is not shown it has to give `null`, because with `undefined` n8n throws.
 *
 * @example new Fields(formSource(form, (name) => context.getNodeParameter(name, null)))
 */
export function formSource(
	form: readonly INodeProperties[],
	value: (name: string) => unknown,
): FieldSource {
	return { value, label: (path) => labelOf(form, path.split('.')) ?? path };
}

/** The label of a parameter by its path: `additionalFields.message` gives "Message". */
function labelOf(
	properties: readonly INodeProperties[],
	[name, ...inner]: string[],
): string | undefined {
	return properties
		.filter((property) => property.name === name)
		.map((property) => (inner.length === 0 ? property.displayName : labelInside(property, inner)))
		.find(Boolean);
}

function labelInside({ options = [] }: INodeProperties, path: string[]): string | undefined {
	return options
		.map((option) => {
			if ('values' in option)
				return option.name === path[0] ? labelOf(option.values, path.slice(1)) : undefined;
			return 'type' in option ? labelOf([option], path) : undefined;
		})
		.find(Boolean);
}
