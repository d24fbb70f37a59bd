import type { IDataObject, INodeExecutionData, IPollFunctions } from 'n8n-workflow';
import pLimit from 'p-limit';

import { pollBudgetMs, pollFields } from '../../../lib/node/poll-fields';
import { GuichetError } from '../../../lib/errors/guichet-error';
import type { HttpClient } from '../../../lib/http/client';
import { Fields } from '../../../lib/node/fields';
import { assertN8nIsNewEnough } from '../../../lib/node/n8n-version';
import { pollState } from '../../../lib/node/poll-state';
import { accountNames, ALL_ACCOUNTS, credentialOf } from '../accounts';
import { HubEeClient } from '../api/client';
import type { CaseEvent, OrganizationIdentifier } from '../api/types';
import { type HubEeCredential, hubEeHttp } from '../api/connection';
import { triggerForm, triggerSettings } from './form';
import { deliveredItem, failingAccountItem, givenUpItem, type AccountField } from './items';
import { accountText, failureOfAll } from '../per-account';
import {
	type AccountOutcome,
	failingAccounts,
	rotate,
	storedAccounts,
	storedState,
	type TriggerMemory,
} from './static-data';
import type { TriggerSettings } from './plan';
import { type NotificationQueue, type PollResult, QueuePoller, reasonOf } from './poller';
import { HOUR_MS } from '../../../lib/time/durations';

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
	/** Base URL of the service. */
	server: string;
	clientId: string;
}

/** One poll in the words of n8n: form and credential in, items and static data out. */
export async function pollHubEe(context: IPollFunctions): Promise<INodeExecutionData[][] | null> {
	assertN8nIsNewEnough();
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
	const stored = pollState(context);
	const memory = stored.read() as TriggerMemory;
	warnOfLostState(context, memory, stored.hasPredecessor);
	warnOfSecondTrigger(context, queues, settings);
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
	if (queues.length > 1) items[1].push(...failingAccountItems(memory, outcomes));
	stored.write({ ...memory } as IDataObject);
	reportFailures(context, outcomes, items.flat().length === 0);
	return items.flat().length === 0 ? null : items;
}

/** Of accounts that fail for a day; notes in the memory which do. */
function failingAccountItems(
	memory: TriggerMemory,
	outcomes: Array<AccountOutcome<PollResult>>,
): INodeExecutionData[] {
	const reasons = new Map(
		outcomes.flatMap((outcome) =>
			'failure' in outcome ? [[outcome.account, reasonOf(outcome.failure)] as const] : [],
		),
	);
	const { failing, report } = failingAccounts(memory.failing, [...reasons.keys()], Date.now());
	memory.failing = failing;
	return report.flatMap((account) => {
		const entry = failing[account];
		return entry ? [failingAccountItem(account, entry, reasons.get(account) ?? '')] : [];
	});
}

/** A trigger that takes the place of another one begins with nothing, which is to be said once. */
function warnOfLostState(
	context: IPollFunctions,
	{ queue, accounts }: TriggerMemory,
	hasPredecessor: boolean,
): void {
	if (!hasPredecessor || queue !== undefined || accounts !== undefined) return;
	context.logger.warn(
		`HubEE Trigger "${context.getNode().name}" has no memory of earlier polls, although this workflow has run with another trigger: what is still in the queue is delivered again, and deliveries are counted anew. Nothing is lost.`,
	);
}

/** What one trigger of this process watches, by workflow, node and account. */
interface ActiveTrigger {
	server: string;
	clientId: string;
	kinds: readonly string[];
	processCodes: readonly string[];
	/** As the person sees it. */
	name: string;
	polledAt: number;
}

const activeTriggers = new Map<string, ActiveTrigger>();

/** Pairs of triggers that were warned of. */
const warnedPairs = new Set<string>();

/** A trigger that has not polled for so long is no longer active. */
const STILL_ACTIVE = HOUR_MS;

/** Each of two triggers delivers everything, and what one acknowledges is gone for both. */
function warnOfSecondTrigger(
	context: IPollFunctions,
	queues: AccountQueue[],
	{ kinds, processCodes }: TriggerSettings,
): void {
	const { id: workflowId, name: workflow } = context.getWorkflow();
	const now = Date.now();
	for (const { account, server, clientId } of queues) {
		const key = JSON.stringify([workflowId, context.getNode().id, account]);
		const name = `"${context.getNode().name}" of workflow "${workflow ?? ''}"`;
		activeTriggers.set(key, { server, clientId, kinds, processCodes, name, polledAt: now });
		for (const [otherKey, other] of activeTriggers) {
			// The clock may have been set back; a poll in the future is as old as one in the past.
			if (Math.abs(now - other.polledAt) > STILL_ACTIVE) {
				activeTriggers.delete(otherKey);
				continue;
			}
			const isSame = other.server === server && other.clientId === clientId;
			if (otherKey === key || !isSame) continue;
			if (!overlap(kinds, other.kinds) || !overlap(processCodes, other.processCodes)) continue;
			const pair = JSON.stringify([key, otherKey].sort());
			if (warnedPairs.has(pair)) continue;
			warnedPairs.add(pair);
			context.logger.warn(
				`HubEE Trigger ${name} and ${other.name} watch the same queue for the same notifications: each of them delivers everything, and what one workflow acknowledges is gone for the other. Give them different kinds or processes, or switch one off.`,
			);
		}
	}
}

/** Whether two filters let the same through; an empty one lets everything through. */
const overlap = (one: readonly string[], other: readonly string[]): boolean =>
	one.length === 0 || other.length === 0 || one.some((value) => other.includes(value));

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
		queues: accounts.map((account) => {
			const ofAccount = credentialOf(credential, account);
			const client = hubEeHttp(ofAccount, http);
			return {
				account,
				owner: chosen === '' ? {} : { account },
				queue: openQueue(client, settings, ofAccount.scope),
				server: client.baseUrl,
				clientId: ofAccount.clientId.trim(),
			};
		}),
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
