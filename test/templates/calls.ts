import type { N8nInstance } from '../../scripts/n8n/instance';
import type { WebhookCall } from '../../scripts/n8n/webhook';
import type { Work } from './scenario';

/** A call of an application, and what the service says of it. */
export interface Call extends WebhookCall {
	isDone(): boolean;
	/** A status that tells the caller, as well as OK, that it was done before. */
	doneBefore?: number;
	/** How often the service did it. */
	times(): number;
}

/** Marks the third caller, for a fault that hits one of five. */
export const BAD_CALLER = { 'x-third-caller': 'yes' };

/** Tells the third caller, in JavaScript. */
export const isThirdCaller = (trigger: string): string =>
	`$('${trigger}').first().json.headers['x-third-caller'] === 'yes'`;

/** Five calls at once to a webhook, all of them once more in the end. */
export function callsTo(n8n: N8nInstance, path: string, calls: Call[]): Work {
	const told = new Set<Call>();
	const call = async (one: Call, index: number, suffix: string, isIncomplete: boolean) => {
		const headers = index === 2 ? BAD_CALLER : {};
		const content = index === 2 && isIncomplete ? { json: {} } : one;
		const answer = await n8n
			.callWebhook(`${path}/${suffix}`, { ...content, headers })
			.catch(() => undefined);
		if (!answer) return;
		const isOk = answer.status < 300 && answer.body.toString().includes('"ok":true');
		if (isOk || answer.status === one.doneBefore) told.add(one);
	};
	return {
		act: async ({ suffix }, isIncomplete) => {
			await Promise.all(
				calls.map(async (one, index) => {
					await call(one, index, suffix, isIncomplete);
				}),
			);
		},
		lies: () =>
			calls.flatMap((one, index) =>
				told.has(one) && !one.isDone()
					? [`caller ${index + 1} was told OK, and nothing was done`]
					: [],
			),
		done: () => calls.filter((one) => told.has(one) && one.isDone()).length,
		twice: () =>
			calls.flatMap((one, index) => (one.times() > 1 ? [`call ${index + 1}: done twice`] : [])),
	};
}
