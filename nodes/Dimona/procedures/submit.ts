import type { IDataObject } from 'n8n-workflow';

import { GuichetError } from '../../../lib/errors/guichet-error';
import type { ItemContext } from '../../../lib/node/item-context';
import { findRecord } from '../api/find';
import type { Declaration } from '../api/types';
import type { DimonaApi } from '../connect';
import { fingerprint, type GuardMode } from './guard';
import { foundRecordItem } from './output';

export interface SubmitSettings {
	guard: GuardMode;
	/** What to do with a declaration that an earlier execution has begun to submit. */
	ifSubmittedBefore: 'search' | 'submitAgain' | 'report';
	/** How long to search after an unknown outcome; 0 for not at all. */
	searchSeconds: number;
	pauseMs: number;
	reference?: string;
}

/** A declaration that was sent, or what was found of it. */
export interface Submission {
	/** Undefined when a search found the period and not the declaration. */
	declarationId?: string;
	/** ISO 8601, UTC. */
	submittedAt?: string;
	/** An earlier execution had begun to submit it. */
	alreadySubmitted: boolean;
	/** Set when the search or the earlier execution has already settled what there is to say. */
	settled?: IDataObject;
	/** Tells the guard that the declaration did not take effect. */
	release: () => Promise<void>;
}

/**
 * Submits one declaration: guarded against a second one, in its turn, never repeated after an
 * unknown outcome.
 *
 * @throws GuichetError; `outcome: 'unknown'` when it may have been recorded and nothing was found
 */
export async function submit(
	context: ItemContext<DimonaApi>,
	declaration: Declaration,
	settings: SubmitSettings,
): Promise<Submission> {
	const { guard } = context.api;
	const key = fingerprint(declaration, settings.reference);
	const admitted = await guard.admit(key, settings.guard, context.itemIndex);
	const alreadySubmitted = admitted === 'before';
	const release = async () => await guard.release(key, settings.guard);
	if (alreadySubmitted) {
		const settled = await resultOfEarlierSubmission(context, declaration, settings);
		if (settled) {
			const declarationId = textOf(settled.declarationId);
			return { declarationId, alreadySubmitted, settled, release };
		}
	}
	const sent = await send(context, declaration, settings.pauseMs).catch(
		async (error: unknown) => await recover(context, declaration, settings, release, error),
	);
	return { ...sent, alreadySubmitted, release };
}

/**
 * A failure that certainly changed nothing stays a failure; for an unknown outcome there is a
 * search before giving up.
 */
async function recover(
	context: ItemContext<DimonaApi>,
	declaration: Declaration,
	settings: SubmitSettings,
	release: () => Promise<void>,
	error: unknown,
): Promise<Pick<Submission, 'declarationId' | 'settled'>> {
	if (!(error instanceof GuichetError)) throw error;
	if (error.details.outcome === 'unknown')
		return await searchAfterUnknownOutcome(context, declaration, settings, error);
	await release();
	throw error;
}

async function send(
	{ api, itemIndex }: ItemContext<DimonaApi>,
	declaration: Declaration,
	pauseMs: number,
): Promise<{ declarationId: string; submittedAt: string }> {
	const declarationId = await api.submissionQueue.send(
		itemIndex,
		pauseMs,
		async () => await api.client.submit(declaration),
	);
	return { declarationId, submittedAt: new Date().toISOString() };
}

/**
 * What became of a declaration that an earlier execution has begun; `undefined` when it shall be
 * sent again.
 */
async function resultOfEarlierSubmission(
	context: ItemContext<DimonaApi>,
	declaration: Declaration,
	{ ifSubmittedBefore, searchSeconds }: SubmitSettings,
): Promise<IDataObject | undefined> {
	if (ifSubmittedBefore === 'report')
		return { declarationId: null, status: 'unknown', final: false, alreadySubmitted: true };
	const { client, timer } = context.api;
	const search = { timer, seconds: searchSeconds, immediately: true };
	const found = await findRecord(client, declaration, search);
	if (found) return { ...foundRecordItem(found), alreadySubmitted: true };
	if (ifSubmittedBefore === 'submitAgain') return undefined;
	throw new GuichetError(
		'not_found',
		'An earlier execution began to submit this declaration, and nothing of it is found',
		{
			outcome: 'unknown',
			hint: 'It may not have been sent, may be waiting for its treatment, or may have been refused. Run it again later; when nothing is found after twenty minutes, choose "Search, Then Submit Again" in the options. The authority refuses an identical second period (90373-333), so no second one can come of it.',
		},
	);
}

/**
 * After an unknown outcome: looks for what may have been recorded before giving up. Never sends
 * again.
 */
async function searchAfterUnknownOutcome(
	{ api, signal }: ItemContext<DimonaApi>,
	declaration: Declaration,
	{ searchSeconds }: SubmitSettings,
	error: GuichetError,
): Promise<Pick<Submission, 'declarationId' | 'settled'>> {
	const searches = searchSeconds > 0 && !signal?.aborted;
	const found = searches
		? await findRecord(api.client, declaration, { timer: api.timer, seconds: searchSeconds })
		: undefined;
	if (found) {
		const settled = foundRecordItem(found);
		return { declarationId: textOf(settled.declarationId), settled };
	}
	const looked = searches
		? `It was searched for during ${searchSeconds} seconds without being found; the treatment may take longer.`
		: 'It was not searched for ("Search Before Giving Up" is off, or the execution was cancelled).';
	throw error.with({
		message: `The declaration may have been recorded: ${error.message}`,
		hint: [
			error.details.hint,
			looked,
			'Search for the period before you send it again, and leave "Retry on Fail" of this node off.',
		]
			.filter(Boolean)
			.join(' '),
	});
}

function textOf(value: unknown): string | undefined {
	return typeof value === 'string' ? value : undefined;
}
