import { setTimeout as wait } from 'node:timers/promises';

import type { INodeExecutionData, IPollFunctions } from 'n8n-workflow';

import { DAY_MS } from '../../../lib/time/durations';
import { pollBudgetMs, pollFields } from '../../../lib/node/poll-fields';
import { GuichetError } from '../../../lib/errors/guichet-error';
import { assertN8nIsNewEnough } from '../../../lib/node/n8n-version';
import { type PollState, pollState } from '../../../lib/node/poll-state';
import { allSettledOrThrow } from '../../../lib/all-settled';
import type { ProviderOutcome } from '../api/ebox';
import {
	adjustToClock,
	hasBeenRead,
	initialMemory,
	withNextBatch,
	firstDayToRead,
	restoreUnconfirmed,
	acceptListing,
	type TriggerMemory,
} from './watermark';
import { E_BOX_CREDENTIAL, type EBoxApi, openEBox } from '../connect';
import { assertProvidersAnswered } from '../procedures/provider-selection';
import {
	acknowledge,
	awaitAcknowledgements,
	pendingAcknowledgements,
	countDelivery,
	deliveryKey,
	dueForRedelivery,
} from './acknowledgement';
import { MessageExecutions } from './executions';
import { type TriggerSettings, triggerForm, triggerSettings } from './form';
import { type DeliveredMessage, failureItem, triggerItem } from './items';
import {
	newMessageFilters,
	type ProviderMessages,
	listProviderMessages,
	toListedMessage,
} from './provider-messages';

/** The share of a poll's time after which a provider counts as failed. */
const PROVIDER_TIME_SHARE = 0.6;

/** What this process knows of a trigger beyond what is stored. */
interface PollerState {
	busy: boolean;
	/** The batch that was handed over last. */
	confirmedBatch?: number;
	/** The last poll by the clock, and by a count that nobody sets. */
	polledAt?: { clock: number; steady: number };
	polls: number;
	/** When the failure of a provider was told last, by its id. */
	reportedAt: Map<string, number>;
	/** Where messages are delivered until they are acknowledged: what became of which delivery. */
	executions: MessageExecutions;
}

const running = new Map<string, PollerState>();

/**
 * One poll in the words of n8n: form and credential in, items and static data out. Messages on the
 * first output, failures on the second.
 */
export async function pollEBox(context: IPollFunctions): Promise<INodeExecutionData[][] | null> {
	assertN8nIsNewEnough();
	const state = pollerStateOf(context);
	// A poll may last longer than the interval; two at once would deliver the same twice.
	if (state.busy) return null;
	state.busy = true;
	try {
		return await poll(context, state);
	} finally {
		state.busy = false;
	}
}

async function poll(
	context: IPollFunctions,
	state: PollerState,
): Promise<INodeExecutionData[][] | null> {
	const form = pollFields(context, triggerForm);
	const settings = triggerSettings(form);
	const credential = await context.getCredentials<Record<string, unknown>>(E_BOX_CREDENTIAL);
	const budget = pollBudgetMs(context);
	const api = openEBox(credential, form.group('apiProfile'), AbortSignal.timeout(budget), {
		maxTries: 2,
		maxElapsedMs: budget / 4,
	});
	if (context.getMode() === 'manual') return await sample(context, api, settings);
	const now = Date.now();
	const stored = pollState(context);
	const known = parseMemory(stored.read().memory);
	if (!known) warnOfBeginning(context, stored);
	const acknowledged = new Set(state.executions.acknowledged);
	const memory = acknowledge(
		restoreUnconfirmed(
			adjustToClock(known ?? initialMemory(now, settings.existing), now, clockJump(state, now)),
			state.confirmedBatch,
		),
		acknowledged,
	);
	state.polls += 1;
	const ask = { settings, memory, now, providerTimeoutMs: budget * PROVIDER_TIME_SHARE };
	const outcomes = await readAll(api, ask).catch(
		warnAfterRestart(context, state, known !== undefined),
	);
	if (!outcomes) return null;
	if (!known) assertProvidersAnswered(outcomes, false);
	const again = await deliveredAgain(api, settings, { memory, outcomes, now, state });
	const { next, deliveries } = acceptAll(again.memory, outcomes, settings, now);
	deliveries.unshift(...again.deliveries);
	const messages = await allSettledOrThrow(
		deliveries.map(async (one) => await triggerItem(context, api, settings, one)),
	);
	for (const reason of api.names.failures) context.logger.warn(`e-Box Trigger: ${reason}`);
	const failures = unreportedFailures(state, outcomes, now);
	const saved = messages.length > 0 ? withNextBatch(next) : next;
	stored.write({ memory: JSON.stringify(saved) });
	state.executions.forget(acknowledged);
	if (settings.deliverAgain)
		for (const [index, { provider, message, isExpiring }] of deliveries.entries()) {
			const key = deliveryKey(provider.id, message.messageId, isExpiring);
			const item = messages[index];
			if (item) state.executions.start(context, key, item);
		}
	if (settings.deliverAgain) messages.length = 0;
	if (messages.length > 0 || (settings.failuresAsItems && failures.length > 0)) {
		if (messages.length > 0) state.confirmedBatch = saved.batch;
		if (!settings.failuresAsItems) return [messages, []];
		markReported(state, failures, now);
		return [messages, failures.map(({ provider, failure }) => failureItem(provider, failure, api))];
	}
	const isFirst = !known || state.polls <= 1;
	return isFirst ? warn(context, failures) : failOnUnreported(state, outcomes, failures, now);
}

/** How much the clock moved more than time went by since the last poll of this process. */
function clockJump(state: PollerState, now: number): number | undefined {
	const before = state.polledAt;
	state.polledAt = { clock: now, steady: performance.now() };
	return before && now - before.clock - (state.polledAt.steady - before.steady);
}

/** A trigger that begins passes over older mail. Where it may have run before, that is said. */
function warnOfBeginning({ logger }: IPollFunctions, { hasPredecessor }: PollState): void {
	if (hasPredecessor)
		logger.warn(
			'e-Box Trigger: this node remembers nothing, although this workflow had such a trigger before. It delivers the mail that comes from now on. To get older mail as well, choose "Existing Messages" in a new trigger node.',
		);
}

/** Nothing to deliver, so failures can be told by failing. */
function failOnUnreported(
	state: PollerState,
	outcomes: Array<ProviderOutcome<ProviderMessages>>,
	failures: Array<ProviderOutcome<ProviderMessages>>,
	now: number,
): null {
	if (failures.length === 0) return null;
	markReported(state, failures, now);
	assertProvidersAnswered(outcomes, true);
	return null;
}

/**
 * A first poll that fails keeps n8n from activating the workflow: one provider that is down is no
 * reason.
 */
function warn(
	{ logger }: IPollFunctions,
	failures: Array<ProviderOutcome<ProviderMessages>>,
): null {
	for (const { provider, failure } of failures)
		logger.warn(`e-Box Trigger: provider ${provider.id} failed: ${failure?.message}`);
	return null;
}

interface PollRequest {
	settings: TriggerSettings;
	memory: TriggerMemory;
	now: number;
	/** How long one provider may take, in milliseconds. */
	providerTimeoutMs: number;
}

/**
 * Each provider by itself, and none longer than its share: a slow one must not cost the mail of the
 * others.
 */
async function readAll(
	{ eBox }: EBoxApi,
	{ settings, memory, now, providerTimeoutMs }: PollRequest,
): Promise<Array<ProviderOutcome<ProviderMessages>>> {
	return await eBox.queryProviders(
		await eBox.selectProviders(settings.selection),
		async (registry) => {
			const { id } = registry.provider;
			const from = {
				isFirst: !hasBeenRead(memory, id),
				firstDay: (serverTime?: number) => firstDayToRead(memory, id, now, serverTime),
			};
			const listing = listProviderMessages(registry, settings, from, now);
			const late = new AbortController();
			const tooLate = wait(providerTimeoutMs, undefined, { signal: late.signal }).then(() => {
				throw providerTimeout(providerTimeoutMs);
			});
			try {
				return await Promise.race([listing, tooLate]);
			} finally {
				late.abort();
				// The promise that lost the race still settles later; nobody waits for it.
				for (const loser of [listing, tooLate]) loser.catch(() => undefined);
			}
		},
	);
}

function providerTimeout(providerTimeoutMs: number): GuichetError {
	return new GuichetError(
		'timeout',
		`The provider was not read to its end within ${Math.round(providerTimeoutMs / 1000)} seconds`,
		{ hint: 'Nothing is lost: the next poll reads again from the same day.', outcome: 'not_done' },
	);
}

/**
 * A first poll that fails keeps n8n from activating the workflow. That is right for a new trigger,
 * and not after a restart.
 */
function warnAfterRestart(context: IPollFunctions, { polls }: PollerState, isKnown: boolean) {
	return (error: unknown): undefined => {
		if (polls > 1 || !isKnown || !(error instanceof GuichetError)) throw error;
		context.logger.warn(`e-Box Trigger: ${error.message}`);
	};
}

/**
 * Lets the watermark judge what came. A provider that failed is not touched, so its watermark
 * stays.
 */
function acceptAll(
	memory: TriggerMemory,
	outcomes: Array<ProviderOutcome<ProviderMessages>>,
	settings: TriggerSettings,
	now: number,
): { next: TriggerMemory; deliveries: DeliveredMessage[] } {
	let next = memory;
	const deliveries: DeliveredMessage[] = [];
	for (const { provider, result } of outcomes) {
		if (!result) continue;
		const { messages, complete, expiring, serverTime } = result;
		const listing = {
			messages: messages.map(toListedMessage),
			complete,
			expiring: expiring?.map(toListedMessage),
			serverTime,
			oneAtATime: settings.deliverAgain,
		};
		const taken = acceptListing(
			next,
			provider.id,
			listing,
			now,
			settings.maxPerPoll - deliveries.length,
		);
		next = settings.deliverAgain
			? awaitAcknowledgements(taken.memory, provider.id, taken.delivery, now)
			: taken.memory;
		const { fresh, expiring: soon, repeated } = taken.delivery;
		const byKey = new Map([...messages, ...(expiring ?? [])].map((one) => [one.messageId, one]));
		const deliver = (keys: string[], isExpiring: boolean) => {
			for (const key of keys) {
				const message = byKey.get(key);
				if (!message) continue;
				deliveries.push({
					provider,
					message,
					isExpiring,
					repeated: repeated.includes(key),
					...(settings.deliverAgain ? { deliveries: 1 } : {}),
				});
			}
		};
		deliver(fresh, false);
		deliver(soon, true);
	}
	return { next, deliveries };
}

/**
 * Messages that no execution has ended well with, as far as their providers still have them. Where
 * the person no longer wants that, what is left comes once more.
 */
async function deliveredAgain(
	{ eBox }: EBoxApi,
	{ deliverAgain, maxPerPoll }: TriggerSettings,
	poll: {
		memory: TriggerMemory;
		outcomes: Array<ProviderOutcome<ProviderMessages>>;
		now: number;
		state: PollerState;
	},
): Promise<{ memory: TriggerMemory; deliveries: DeliveredMessage[] }> {
	const { outcomes, now, state } = poll;
	let { memory } = poll;
	const due = deliverAgain
		? dueForRedelivery(memory, now, state.executions.running)
		: pendingAcknowledgements(memory);
	const deliveries: DeliveredMessage[] = [];
	for (const one of due.slice(0, maxPerPoll)) {
		const provider = outcomes.find(
			({ provider: { id }, result }) => id === one.provider && result !== undefined,
		)?.provider;
		if (!provider) continue;
		const message = await eBox
			.registry(provider)
			.message(one.id)
			.catch((error: unknown) => {
				if (!(error instanceof GuichetError)) throw error;
				// After any other failure the message stays in the state and is looked for again.
				return error.code === 'not_found' ? ('gone' as const) : undefined;
			});
		if (!message) continue;
		const { isExpiring } = one;
		memory =
			message === 'gone' || !deliverAgain
				? acknowledge(memory, new Set([deliveryKey(one.provider, one.id, isExpiring)]))
				: countDelivery(memory, one, now);
		if (message === 'gone') continue;
		const count = deliverAgain ? { deliveries: one.deliveries + 1 } : {};
		deliveries.push({ provider, message, isExpiring, repeated: true, ...count });
	}
	return { memory, deliveries };
}

/** A test in the editor shows one message and changes nothing: no state, no download. */
async function sample(
	context: IPollFunctions,
	api: EBoxApi,
	settings: TriggerSettings,
): Promise<INodeExecutionData[][] | null> {
	const outcomes = await api.eBox.queryProviders(
		await api.eBox.selectProviders(settings.selection),
		async (registry) => (await registry.messages(newMessageFilters(settings), 1)).items,
	);
	assertProvidersAnswered(outcomes, false);
	const [found] = outcomes.flatMap(({ provider, result }) =>
		(result ?? []).map((message) => ({ provider, message })),
	);
	if (!found) return null;
	const delivered = {
		...found,
		isExpiring: !settings.events.some((event) => event !== 'messageExpiring'),
		repeated: false,
	};
	return [[await triggerItem(context, api, { ...settings, download: false }, delivered)], []];
}

/**
 * The failures that are to be told now: at the beginning of an outage, and once a day while it
 * lasts.
 */
function unreportedFailures(
	{ reportedAt }: PollerState,
	outcomes: Array<ProviderOutcome<ProviderMessages>>,
	now: number,
): Array<ProviderOutcome<ProviderMessages>> {
	for (const { provider, failure } of outcomes) if (!failure) reportedAt.delete(provider.id);
	return outcomes.filter(
		({ provider, failure }) => failure && now - (reportedAt.get(provider.id) ?? 0) >= DAY_MS,
	);
}

function markReported(
	{ reportedAt }: PollerState,
	failures: Array<ProviderOutcome<unknown>>,
	now: number,
): void {
	for (const { provider } of failures) reportedAt.set(provider.id, now);
}

function pollerStateOf(context: IPollFunctions): PollerState {
	const key = `${context.getWorkflow().id}:${context.getNode().id}`;
	const state = running.get(key) ?? {
		busy: false,
		polls: 0,
		reportedAt: new Map<string, number>(),
		executions: new MessageExecutions(),
	};
	running.set(key, state);
	return state;
}

/**
 * What was stored, if it can be read; otherwise the trigger begins anew, which an execution log
 * will show.
 */
function parseMemory(stored: unknown): TriggerMemory | undefined {
	if (typeof stored !== 'string') return undefined;
	try {
		return JSON.parse(stored) as TriggerMemory;
	} catch {
		throw unreadable();
	}
}

function unreadable(): GuichetError {
	return new GuichetError(
		'failed_here',
		'What the trigger remembers of its last polls is damaged',
		{
			hint: 'Beginning anew could lose messages. Duplicate the trigger node, choose "Existing Messages" in it, and remove the old one.',
		},
	);
}

/** For tests: as if n8n had been restarted. */
export function forgetRunningTriggers(): void {
	running.clear();
}
