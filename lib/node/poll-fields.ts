import type { INodeProperties, IPollFunctions } from 'n8n-workflow';

import { Fields } from './fields';

/** Where n8n does not say how long a poll may take (before 2.39). */
const DEFAULT_BUDGET_MS = 4 * 60 * 1000;

/** How long one poll may take, in milliseconds. */
export function pollBudgetMs(context: IPollFunctions): number {
	const { getPollBudgetMs } = context as Partial<IPollFunctions>;
	return getPollBudgetMs?.call(context) ?? DEFAULT_BUDGET_MS;
}

/**
 * The values of a polling trigger's form, with the labels that a person sees.
 *
 * @example pollFields(context, triggerForm).text('accountName')
 */
export function pollFields(context: IPollFunctions, form: readonly INodeProperties[]): Fields {
	return new Fields({
		// A field that is not shown has no value; with `undefined` n8n would throw.
		value: (name) => context.getNodeParameter(name, null),
		label: (path) => labelIn(form, path),
	});
}

function labelIn(form: readonly INodeProperties[], path: string): string {
	const name = path.split('.').at(-1);
	const fields = form.flatMap((field) => [field, ...(field.options ?? [])]);
	const found = fields.find((field) => field.name === name && 'displayName' in field);
	return found && 'displayName' in found ? found.displayName : path;
}
