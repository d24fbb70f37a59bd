import type { INodeExecutionData, IPollFunctions } from 'n8n-workflow';
import pLimit from 'p-limit';

import { pollBudgetMs, pollFields } from '../../../lib/node/poll-fields';
import { GuichetError } from '../../../lib/errors/guichet-error';
import type { HttpClient } from '../../../lib/http/client';
import { Fields } from '../../../lib/node/fields';
import { accountNames, ALL_ACCOUNTS, credentialOf } from '../accounts';
import { HubEeClient } from '../api/client';
import type { CaseEvent, OrganizationIdentifier } from '../api/types';
import { type HubEeCredential, hubEeHttp } from '../api/connection';
import { triggerForm, triggerSettings } from './form';
import { deliveredItem, givenUpItem, type AccountField } from './items';
import { accountText, failureOfAll } from '../per-account';
import {
	type AccountOutcome,
	rotate,
	storedAccounts,
	storedState,
	type TriggerMemory,
} from './static-data';
import type { TriggerSettings } from './plan';
import { type NotificationQueue, type PollResult, QueuePoller, reasonOf } from './poller';

/**
 * The most that a trigger remembers over all its accounts; what one remembers follows from their
 * number.
 */
const REMEMBERED_OVER_ALL = 20_000;

/** Calls under way at once, over all accounts. */
const PARALLEL_CALLS = 8;

/** The queues that this process polls, by workflow, node and account. */
const pollers = new Map<string, QueuePoller>();

/** How many polls each trigger has made. */
const pollCounts = new Map<string, number>();

/** A queue that this trigger watches. */
interface AccountQueue {
	account: string;
	/** What the items say of it. */
	owner: AccountField;
	queue: NotificationQueue;
}

/** One poll in the words of n8n: form and credential in, items and static data out. */
export async function pollHubEe(context: IPollFunctions): Promise<INodeExecutionData[][] | null> {
	const form = pollFields(context, triggerForm);
	const settings = triggerSettings(form);
	const budget = pollBudgetMs(context);
	const signal = AbortSignal.timeout(budget);
	const { queues, allNames } = await openQueues(context, form, settings, signal);
	try {
		return context.getMode() === 'manual'
			? await manualTest(queues, settings)
			: await deliver(context, queues, allNames, settings);
	} catch (error) {
		throw signal.aborted ? tooSlow(budget) : error;
	}
}

/**
 * A test in the editor shows one item and changes nothing, neither in the queue nor in what the
 * trigger remembers.
 */
async function manualTest(
	queues: AccountQueue[],
	settings: TriggerSettings,
): Promise<INodeExecutionData[][] | null> {
	const failures: unknown[] = [];
	for (const { owner, queue } of queues) {
		const untouched = { ...queue, remove: async () => await Promise.resolve() };
		try {
			const seen = await new QueuePoller().poll(untouched, undefined, settings);
			const [first] = seen?.deliver ?? [];
			if (first) return [[deliveredItem(first, owner)], []];
		} catch (error) {
			failures.push(error);
		}
	}
	if (failures.length > 0 && failures.length === queues.length)
		throw failureOfAll(failures[0], namesOf(queues));
	return null;
}

/** @param allNames all accounts of the credential, for the states that are kept */
async function deliver(
	context: IPollFunctions,
	queues: AccountQueue[],
	allNames: string[],
	settings: TriggerSettings,
): Promise<INodeExecutionData[][] | null> {
	const memory = context.getWorkflowStaticData('node') as TriggerMemory;
	const own = { ...settings, capacity: capacityOf(settings, queues.length) };
	const outcomes = await Promise.all(
		queues.map(async ({ account, queue }): Promise<AccountOutcome<PollResult>> => {
			try {
				const poller = pollerOf(context, account);
				return { account, result: await poller.poll(queue, storedState(memory, account), own) };
			} catch (failure) {
				return { account, failure };
			}
		}),
	);
	remember(memory, outcomes, allNames);
	const items = itemsOf(queues, outcomes);
	reportFailures(context, outcomes, items.flat().length === 0);
	return items.flat().length === 0 ? null : items;
}

function capacityOf({ capacity, batchSize }: TriggerSettings, accounts: number) {
	if (accounts < 2) return capacity;
	return Math.max(8 * batchSize, Math.floor(REMEMBERED_OVER_ALL / accounts));
}

/** Writes into n8n's static data what is to be stored before the deliveries are handed over. */
function remember(
	memory: TriggerMemory,
	outcomes: Array<AccountOutcome<PollResult>>,
	allNames: string[],
): void {
	const states = new Map<string, unknown>();
	for (const outcome of outcomes)
		if ('result' in outcome && outcome.result) states.set(outcome.account, outcome.result.stored);
	if (states.has('')) memory.queue = states.get('');
	if ([...states.keys()].some((account) => account !== ''))
		memory.accounts = storedAccounts(memory, states, allNames);
}

function itemsOf(
	queues: AccountQueue[],
	outcomes: Array<AccountOutcome<PollResult>>,
): [INodeExecutionData[], INodeExecutionData[]] {
	const items: [INodeExecutionData[], INodeExecutionData[]] = [[], []];
	outcomes.forEach((outcome, index) => {
		const owner = queues[index]?.owner;
		if (!owner || !('result' in outcome) || !outcome.result) return;
		items[0].push(...outcome.result.deliver.map((delivery) => deliveredItem(delivery, owner)));
		items[1].push(...outcome.result.giveUp.map((delivery) => givenUpItem(delivery, owner)));
	});
	return items;
}

/**
 * Failures fail the poll where that hides nothing else: when no account worked, and there is
 * nothing to deliver. Otherwise they are logged, by account. Acknowledgements that stay in the
 * queue harm nobody today.
 */
function reportFailures(
	context: IPollFunctions,
	outcomes: Array<AccountOutcome<PollResult>>,
	nothingToSay: boolean,
): void {
	const failed = outcomes.flatMap((outcome) => {
		const failure = 'failure' in outcome ? outcome.failure : outcome.result?.notCleared[0];
		return failure === undefined ? [] : [{ ...outcome, failure }];
	});
	const [first] = failed;
	if (!first) return;
	if (nothingToSay && failed.length === outcomes.length)
		throw failureOfAll(
			first.failure,
			failed.map(({ account }) => account),
		);
	for (const outcome of failed) {
		const whose = outcomes.length === 1 ? '' : `, ${accountText(outcome.account)}`;
		const uncleared = 'result' in outcome ? (outcome.result?.notCleared.length ?? 0) : 0;
		context.logger.warn(
			uncleared > 0
				? `HubEE Trigger${whose}: ${uncleared} acknowledgements of own events could not be deleted; they are tried again at the next poll`
				: `HubEE Trigger${whose}: the queue could not be read and is tried again at the next poll: ${reasonOf(outcome.failure)}`,
		);
	}
}

const namesOf = (queues: AccountQueue[]): string[] => queues.map(({ account }) => account);

function pollerOf(context: IPollFunctions, account: string): QueuePoller {
	const key = JSON.stringify([context.getWorkflow().id, context.getNode().id, account]);
	const poller = pollers.get(key) ?? new QueuePoller();
	pollers.set(key, poller);
	return poller;
}

/** The queues of the chosen accounts, in the order of this poll. */
async function openQueues(
	context: IPollFunctions,
	form: Fields,
	settings: TriggerSettings,
	signal: AbortSignal,
): Promise<{ queues: AccountQueue[]; allNames: string[] }> {
	const credential = await context.getCredentials<HubEeCredential & Record<string, unknown>>(
		'hubEeOAuth2Api',
	);
	const chosen = form.group('additionalFields').optionalText('account') ?? '';
	const allNames = accountNames(credential);
	const accounts = chosen === ALL_ACCOUNTS ? rotate(allNames, nextPollCount(context)) : [chosen];
	const http = { signal, maxParallel: pLimit(PARALLEL_CALLS) };
	return {
		allNames,
		queues: accounts.map((account) => ({
			account,
			owner: chosen === '' ? {} : { account },
			queue: openQueue(
				hubEeHttp(credentialOf(credential, account), http),
				settings,
				credentialOf(credential, account).scope,
			),
		})),
	};
}

function nextPollCount(context: IPollFunctions): number {
	const key = `${context.getWorkflow().id}:${context.getNode().id}`;
	const servedNext = pollCounts.get(key) ?? 0;
	pollCounts.set(key, servedNext + 1);
	return servedNext;
}

/** Whether an event was made by the side whose queue this is. */
function isOwn(
	{ transmitter }: CaseEvent,
	recipient: OrganizationIdentifier | null | undefined,
	role: string,
): boolean {
	if (!recipient) return transmitter.type === role;
	return (['type', 'companyRegister', 'branchCode'] as const).every(
		(key) => transmitter[key] === recipient[key],
	);
}

/** @param role the scope of the account, which is also the type of its organization */
function openQueue(
	http: HttpClient,
	{ processCodes, priorityCodes }: TriggerSettings,
	role: string,
): NotificationQueue {
	const client = new HubEeClient(http);
	return {
		list: async (maxResult) =>
			await client.listNotifications({
				maxResult,
				processCodes,
				priorityCodes,
				eventDetails: true,
			}),
		event: async ({ caseId, eventId, recipient }) => {
			const event = await client.getEvent(caseId ?? '', eventId ?? '');
			return {
				eventActionType: event.actionType,
				eventStatus: event.status,
				isOwnEvent: isOwn(event, recipient, role),
			};
		},
		remove: async (notificationId) => {
			await client.deleteNotification(notificationId);
		},
	};
}

function tooSlow(budget: number): GuichetError {
	return new GuichetError(
		'timeout',
		`HubEE did not answer within the ${Math.round(budget / 1000)} seconds that n8n allows for a poll`,
		{ hint: 'Nothing was lost: the next poll finds the same notifications.', outcome: 'not_done' },
	);
}
