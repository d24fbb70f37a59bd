import { textIn } from '../../../lib/answers/json';
import type { IDataObject } from 'n8n-workflow';

import { GuichetError } from '../../../lib/errors/guichet-error';
import type { ItemContext } from '../../../lib/node/item-context';
import { findRecord, type SearchOutcome, standsNow } from '../api/find';
import type { SentFacts } from '../api/result';
import type { Declaration } from '../api/types';
import type { DimonaApi } from '../connect';
import type { BegunSubmission } from './begun';
import { type EarlierSubmission, fingerprint, type GuardMode } from './guard';
import { TREATMENT_MS } from './memory';
import { foundRecordItem, pendingItem, resultItem } from './output';

export interface SubmitSettings {
	guard: GuardMode;
	/** What to do with a declaration that an earlier execution has begun to submit. */
	ifSubmittedBefore: 'search' | 'submitAgain' | 'report';
	/** How long to search after an unknown outcome; 0 for not at all. */
	searchSeconds: number;
	pauseMs: number;
	/** A refusal of a replaced SSIN is an item with the new one, and no error. */
	giveNewSsin: boolean;
	reference?: string;
}

/** A declaration as it is submitted, and what is known of it besides. */
export interface Draft {
	declaration: Declaration;
	sent: SentFacts;
}

/** A declaration that was sent, or what was found of it. */
export interface Submission {
	/** Undefined when a search found the period and not the declaration, or nothing. */
	declarationId?: string;
	/** ISO 8601, UTC. */
	submittedAt?: string;
	/** It was begun before, by this execution or by an earlier one. */
	alreadySubmitted: boolean;
	/** Set when the search has already settled what there is to say. */
	settled?: IDataObject;
	/** Tells the guard that the declaration did not take effect. */
	release: () => Promise<void>;
}

type Context = ItemContext<DimonaApi>;
type Sent = Pick<Submission, 'declarationId' | 'submittedAt' | 'settled'>;

/** One submission under way. */
interface Attempt extends Draft {
	context: Context;
	settings: SubmitSettings;
	key: string;
	release: () => Promise<void>;
	/** Told when the declaration was refused because the worker's SSIN was replaced. */
	newSsin?: string;
}

/**
 * Submits one declaration: guarded against a second one, in its turn, never repeated after an
 * unknown outcome.
 *
 * @throws GuichetError; `outcome: 'unknown'` when it may have been recorded and nothing was found
 */
export async function submit(
	context: Context,
	draft: Draft,
	settings: SubmitSettings,
): Promise<Submission> {
	const { guard } = context.api;
	const key = fingerprint(draft.declaration, settings.reference);
	const release = async () => await guard.release(key, settings.guard);
	const attempt: Attempt = { ...draft, context, settings, key, release };
	const admission = await guard.admit(key, settings.guard, context.itemIndex);
	const before = admission.state === 'before' ? admission : await claimAhead(attempt);
	const sent =
		before ?? (admission.state === 'new' ? await send(attempt, admission.begun) : admission);
	return 'state' in sent
		? { ...(await resume(attempt, sent)), alreadySubmitted: true, release }
		: { ...sent, alreadySubmitted: false, release };
}

async function claimAhead({
	context,
	key,
	settings,
}: Attempt): Promise<EarlierSubmission | undefined> {
	const { guard } = context.api;
	return guard.claimsAhead(context.itemCount) ? await guard.claim(key, settings.guard) : undefined;
}

/** Sends once; what another execution has begun meanwhile is not sent. */
async function send(attempt: Attempt, begun: BegunSubmission): Promise<Sent | EarlierSubmission> {
	const { context, key, settings } = attempt;
	const { api, itemIndex } = context;
	let before: EarlierSubmission | undefined;
	return await api.submissionQueue
		.send(itemIndex, settings.pauseMs, async () => {
			// In the turn of the item, immediately before it is sent.
			if (!api.guard.claimsAhead(context.itemCount))
				before = await api.guard.claim(key, settings.guard);
			return before ? undefined : await declare(attempt);
		})
		.then((declarationId) => before ?? sentNow(attempt, begun, declarationId))
		.catch(async (error: unknown) => await recover(attempt, begun, error));
}

function sentNow(
	{ context }: Attempt,
	begun: BegunSubmission,
	declarationId: string | undefined,
): Sent {
	const submittedAt = new Date(context.api.timer.epochMs()).toISOString();
	Object.assign(begun, { declarationId, submittedAt });
	begun.settle();
	return { declarationId, submittedAt };
}

async function declare(attempt: Attempt): Promise<string> {
	const { context, declaration, settings } = attempt;
	const send = async () =>
		await context.api.client.submit(declaration, (newSsin) => {
			attempt.newSsin = newSsin;
		});
	// Without a guard, n8n's "Retry On Fail" still runs the same item again.
	return settings.guard === 'off' ? await context.once('submission', send) : await send();
}

async function recover(attempt: Attempt, begun: BegunSubmission, error: unknown): Promise<Sent> {
	const unknown = !(error instanceof GuichetError) || error.details.outcome === 'unknown';
	if (!unknown) await attempt.release();
	begun.settle();
	if (!unknown && attempt.settings.giveNewSsin && attempt.newSsin !== undefined)
		return { settled: replacedItem(attempt.newSsin) };
	if (!unknown || !(error instanceof GuichetError)) throw error;
	return await searchAfterUnknownOutcome(attempt, begun, error);
}

/**
 * The service refused the request, so there is no declaration. An item and not an error: the number
 * of a person belongs into no error.
 */
function replacedItem(newSsin: string): IDataObject {
	return {
		declarationId: null,
		status: 'refused',
		final: true,
		newSsin,
		lastTrouble:
			'Dimona did not take the declaration: the SSIN of the worker was replaced by "newSsin". Correct your records and declare with the new one.',
	};
}

/**
 * What became of a declaration that was begun before; it is sent again only when nothing can be.
 */
async function resume(attempt: Attempt, before: EarlierSubmission): Promise<Sent> {
	const { ifSubmittedBefore } = attempt.settings;
	const { begun } = before;
	if (ifSubmittedBefore === 'report') {
		const declarationId = begun?.declarationId;
		const item = { declarationId: declarationId ?? null, status: 'unknown', final: false };
		return { declarationId, submittedAt: begun?.submittedAt, settled: item };
	}
	return begun?.declarationId === undefined
		? await resumeBySearch(attempt, before)
		: await resumeById(attempt, before, begun, begun.declarationId);
}

/** One's own declaration id is never dropped: the result is that of this declaration. */
async function resumeById(
	attempt: Attempt,
	before: EarlierSubmission,
	begun: BegunSubmission,
	declarationId: string,
): Promise<Sent> {
	const { context, declaration, sent, settings } = attempt;
	const { submittedAt } = begun;
	const result = await context.api.client.getDeclaration(declarationId, sent);
	if (!result?.final) return { declarationId, submittedAt };
	const maySendAgain = settings.ifSubmittedBefore === 'submitAgain' && !before.sameExecution;
	if (result.status === 'refused') {
		if (maySendAgain) return await sendAgain(attempt, begun, true);
		await attempt.release();
		return { declarationId, submittedAt, settled: resultItem(result) };
	}
	if (result.status === 'unknown')
		return { declarationId, submittedAt, settled: resultItem(result) };
	const state = await standsNow(context.api.client, declaration, result.periodId);
	if (state === 'inForce') return { declarationId, submittedAt, settled: resultItem(result) };
	if (state === 'unknown')
		return {
			declarationId,
			submittedAt,
			settled: {
				...resultItem(result),
				status: 'unknown',
				final: false,
				lastTrouble:
					'It was accepted before; whether its period still stands could not be seen. Look at the period.',
			},
		};
	if (maySendAgain) return await sendAgain(attempt, begun, true);
	throw undoneSince(declarationId, result.periodId);
}

function undoneSince(declarationId?: string, periodId?: string): GuichetError {
	const which = declarationId === undefined ? '' : ` (declaration ${declarationId})`;
	return new GuichetError(
		'not_found',
		`This declaration was accepted before${which} and no longer holds: its period was cancelled or changed since. It was not sent again`,
		{
			outcome: 'not_done',
			hint: 'To declare it once more, choose "Search, Then Submit Again" in the options, or give another value in "Reference".',
			data: {
				...(declarationId === undefined ? {} : { declarationId }),
				...(periodId === undefined ? {} : { periodId }),
			},
		},
	);
}

async function resumeBySearch(attempt: Attempt, before: EarlierSubmission): Promise<Sent> {
	const { context, declaration, settings } = attempt;
	const { client, timer } = context.api;
	const search = { timer, seconds: settings.searchSeconds, immediately: true };
	const outcome = await findRecord(client, declaration, search);
	if (outcome.found) {
		const item = foundRecordItem(outcome.found, attempt.sent);
		return { declarationId: textIn(item.declarationId), settled: item };
	}
	const failed = outcome.trouble !== undefined || outcome.resembling.length > 0;
	const maySendAgain =
		settings.ifSubmittedBefore === 'submitAgain' && !before.sameExecution && !failed;
	if (maySendAgain && !before.recent) return await sendAgain(attempt, before.begun, false);
	if (settings.ifSubmittedBefore === 'submitAgain')
		return { settled: notFoundYet(before, outcome) };
	throw new GuichetError(
		'not_found',
		'This declaration was begun before, and nothing of it is found',
		{
			outcome: 'unknown',
			hint: [
				'It may not have been sent, may be waiting for its treatment, may have been refused, or cancelled since. Run it again later; when nothing is found after twenty minutes, choose "Search, Then Submit Again" in the options. The authority refuses an identical second period (90373-333), so no second one can come of it.',
				...remarksOn(outcome),
			].join(' '),
		},
	);
}

/**
 * "Not found yet" is not "not sent": nothing is sent as long as the authority may be treating it.
 */
function notFoundYet({ begun, recent }: EarlierSubmission, outcome: SearchOutcome): IDataObject {
	const until = begun ? new Date(begun.begunAt + TREATMENT_MS).toISOString() : undefined;
	const reason = recent
		? `It was begun less than twenty minutes ago and is not found yet. It was not sent again${until ? `, and will not be before ${until}` : ''}.`
		: 'It was begun before, and the search could not tell whether it was recorded. It was not sent again.';
	return {
		...pendingItem(undefined),
		status: 'unknown',
		lastTrouble: [reason, ...remarksOn(outcome)].join(' '),
	};
}

function remarksOn({ resembling, cancelled, trouble }: SearchOutcome): string[] {
	return [
		...(resembling.length > 0
			? [`Look at period ${resembling.join(', ')}: it may be this one.`]
			: []),
		...(cancelled.length > 0
			? [`Period ${cancelled.join(', ')} had this content and was cancelled.`]
			: []),
		...(trouble ? [`The search failed: ${trouble.message}.`] : []),
	];
}

async function sendAgain(
	attempt: Attempt,
	known: BegunSubmission | undefined,
	isOver: boolean,
): Promise<Sent> {
	const { context, key, settings } = attempt;
	const begun = await context.api.guard.admitAgain(key, settings.guard, known, isOver);
	if (begun)
		return await context.api.submissionQueue
			.send(context.itemIndex, settings.pauseMs, async () => await declare(attempt))
			.then((declarationId) => sentNow(attempt, begun, declarationId))
			.catch(async (error: unknown) => await recover(attempt, begun, error));
	return {
		settled: {
			...pendingItem(undefined),
			status: 'unknown',
			lastTrouble: 'Another execution is submitting this declaration in this moment.',
		},
	};
}

/** Looks for what may have been recorded before giving up. Never sends again. */
async function searchAfterUnknownOutcome(
	{ context, declaration, sent, settings }: Attempt,
	begun: BegunSubmission,
	error: GuichetError,
): Promise<Sent> {
	const { api, signal } = context;
	const { searchSeconds } = settings;
	const searches = searchSeconds > 0 && signal?.aborted !== true;
	const outcome = searches
		? await findRecord(api.client, declaration, { timer: api.timer, seconds: searchSeconds })
		: undefined;
	if (outcome?.found) {
		const settled = foundRecordItem(outcome.found, sent);
		const declarationId = textIn(settled.declarationId);
		begun.declarationId = declarationId;
		return { declarationId, settled };
	}
	const searched = outcome
		? `It was searched for during ${searchSeconds} seconds without being found; the treatment may take longer.`
		: 'It was not searched for ("Search Before Giving Up" is off, or the execution was cancelled).';
	throw error.with({
		message: `The declaration may have been recorded: ${error.message}`,
		hint: [
			error.details.hint,
			searched,
			...(outcome ? remarksOn(outcome) : []),
			'Search for the period before you send it again.',
		]
			.filter(Boolean)
			.join(' '),
	});
}
