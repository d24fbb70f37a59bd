import type { INodeProperties, IPollFunctions } from 'n8n-workflow';

import { Fields } from './fields';
import { formSource } from './form-fields';

/** Where n8n does not say how long a poll may take (before 2.39). */
const DEFAULT_BUDGET_MS = 4 * 60 * 1000;

/**
 * How long one poll may take, in milliseconds.
 *
 * @example const signal = AbortSignal.timeout(pollBudgetMs(context));
 */
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
	return new Fields(formSource(form, (name) => context.getNodeParameter(name, null)));
}
