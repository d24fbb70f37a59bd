import type { IDataObject, INodeExecutionData, IPollFunctions } from 'n8n-workflow';

import { GuichetError } from '../../lib/errors/guichet-error';
import { Fields } from '../../lib/node/fields';
import { HubEeClient } from './api/client';
import { type HubEeCredential, hubEeHttp } from './api/connection';
import { triggerForm, triggerSettings } from './trigger-form';
import { deliveredItem, givenUpItem } from './trigger-items';
import type { TriggerSettings } from './trigger/settings';
import { type NotificationQueue, type PollResult, QueueWatch } from './trigger/watch';

/** Where n8n does not say how long a poll may take (before 2.39). */
const DEFAULT_BUDGET_MS = 4 * 60 * 1000;

/** The triggers that this process polls, by workflow and node. */
const watches = new Map<string, QueueWatch>();

/** One poll in the words of n8n: form and credential in, items and static data out. */
export async function pollHubEe(context: IPollFunctions): Promise<INodeExecutionData[][] | null> {
	const settings = triggerSettings(formOf(context));
	const budget = context.getPollBudgetMs?.() ?? DEFAULT_BUDGET_MS;
	const signal = AbortSignal.timeout(budget);
	const queue = await openQueue(context, settings, signal);
	try {
		return context.getMode() === 'manual'
			? await sample(queue, settings)
			: await deliver(context, queue, settings);
	} catch (error) {
		throw signal.aborted ? tooSlow(budget) : error;
	}
}

/** A test in the editor shows one item and changes nothing, neither in the queue nor in what the trigger remembers. */
async function sample(
	queue: NotificationQueue,
	settings: TriggerSettings,
): Promise<INodeExecutionData[][] | null> {
	const untouched = { ...queue, remove: async () => await Promise.resolve() };
	const seen = await new QueueWatch().poll(untouched, undefined, settings);
	const items = (seen?.deliver ?? []).slice(0, 1).map(deliveredItem);
	return items.length > 0 ? [items, []] : null;
}

async function deliver(
	context: IPollFunctions,
	queue: NotificationQueue,
	settings: TriggerSettings,
): Promise<INodeExecutionData[][] | null> {
	const memory = context.getWorkflowStaticData('node');
	const result = await watchOf(context).poll(queue, memory.queue, settings);
	if (!result) return null;
	memory.queue = result.stored as unknown as IDataObject;
	const nothingToSay = result.deliver.length + result.giveUp.length === 0;
	reportUncleared(context, result, nothingToSay);
	return nothingToSay ? null : [result.deliver.map(deliveredItem), result.giveUp.map(givenUpItem)];
}

/** Acknowledgements that stay in the queue harm nobody today; they fail the poll only where that hides nothing else. */
function reportUncleared(
	context: IPollFunctions,
	{ notCleared }: PollResult,
	nothingToSay: boolean,
): void {
	if (notCleared.length === 0) return;
	if (nothingToSay) throw notCleared[0];
	context.logger.warn(
		`HubEE Trigger: ${notCleared.length} acknowledgements of own events could not be deleted; they are tried again at the next poll`,
	);
}

function watchOf(context: IPollFunctions): QueueWatch {
	const key = `${context.getWorkflow().id}:${context.getNode().id}`;
	const watch = watches.get(key) ?? new QueueWatch();
	watches.set(key, watch);
	return watch;
}

async function openQueue(
	context: IPollFunctions,
	{ processCodes, priorityCodes }: TriggerSettings,
	signal: AbortSignal,
): Promise<NotificationQueue> {
	const credential = await context.getCredentials<HubEeCredential & Record<string, unknown>>(
		'hubEeOAuth2Api',
	);
	const client = new HubEeClient(hubEeHttp(credential, { signal }));
	return {
		list: async (maxResult) =>
			await client.listNotifications({
				maxResult,
				processCodes,
				priorityCodes,
				eventDetails: true,
			}),
		event: async (caseId, eventId) => {
			const { actionType, status } = await client.getEvent(caseId, eventId);
			return { eventActionType: actionType, eventStatus: status };
		},
		remove: async (notificationId) => {
			await client.deleteNotification(notificationId);
		},
	};
}

function formOf(context: IPollFunctions): Fields {
	return new Fields({
		value: (name) => context.getNodeParameter(name, undefined),
		label: (name) => labelOf(name),
	});
}

function labelOf(path: string): string {
	const name = path.split('.').at(-1);
	const fields = triggerForm.flatMap((field) => [field, ...(field.options ?? [])]);
	const found = fields.find((field) => field.name === name && 'displayName' in field);
	return found && 'displayName' in found ? found.displayName : path;
}

function tooSlow(budget: number): GuichetError {
	return new GuichetError(
		'timeout',
		`HubEE did not answer within the ${Math.round(budget / 1000)} seconds that n8n allows for a poll`,
		{ hint: 'Nothing was lost: the next poll finds the same notifications.', outcome: 'not_done' },
	);
}
