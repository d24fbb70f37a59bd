import type { IDataObject } from 'n8n-workflow';

import { isObject, textIn } from '../../../lib/answers/json';
import { GuichetError } from '../../../lib/errors/guichet-error';
import { findRecord, standsNow } from '../api/find';
import { type DeclarationResult, readDeclaration, type SentFacts } from '../api/result';
import type { Json } from '../api/types';
import { type WaitOutcome, waitForResult } from '../api/wait';
import type { DimonaApi } from '../connect';
import { foundRecordItem, pendingItem, resultItem } from './output';
import type { Draft, Submission } from './submit';

export interface AwaitSettings {
	limitSeconds: number;
	/** Age of the declaration, milliseconds. */
	ageMs?: number;
	/** What was sent, where that is known. */
	sent?: SentFacts;
}

/** Waits for the result of a declaration. Giving up is a result too: `pending`, with the id. */
export async function awaitResult(
	api: DimonaApi,
	declarationId: string,
	{ limitSeconds, ageMs = 0, sent }: AwaitSettings,
): Promise<IDataObject> {
	const { client, timer } = api;
	try {
		const outcome = await waitForResult(client, declarationId, {
			timer,
			limitSeconds,
			ageMs,
			sent,
		});
		const result = outcome.result && (await withWorkerType(api, outcome.result, sent));
		return itemOfWait(declarationId, { ...outcome, result });
	} catch (error) {
		// Whatever happened, the id must not be lost with it.
		throw error instanceof GuichetError ? error.with({ data: { declarationId } }) : error;
	}
}

/**
 * A warning about flexi-jobs is read by the worker type. Where neither the declaration that was
 * sent nor the answer says it (an UPDATE, an answer without echo), the period does.
 */
export async function withWorkerType(
	{ client }: DimonaApi,
	result: DeclarationResult,
	sent: SentFacts = {},
): Promise<DeclarationResult> {
	const { periodId } = result;
	if (result.flexiJobForbidden !== null || result.workerType !== undefined) return result;
	if (periodId === undefined) return result;
	const workerType = await client
		.getPeriod(periodId)
		.then(workerTypeOfPeriod)
		.catch((error: unknown) => {
			if (error instanceof GuichetError && error.code !== 'cancelled') return undefined;
			throw error;
		});
	return (
		(workerType && readDeclaration(result.raw, { kind: result.kind, ...sent, workerType })) ||
		result
	);
}

function workerTypeOfPeriod(period: Json): string | undefined {
	const features = isObject(period.features) ? period.features : period;
	return textIn(features.workerType);
}

function itemOfWait(declarationId: string, { result, checks, trouble }: WaitOutcome): IDataObject {
	return {
		...(result ? resultItem(result) : pendingItem(declarationId)),
		declarationId,
		checks,
		...(trouble ? { lastTrouble: trouble.message } : {}),
	};
}

/**
 * The result of a declaration that was just submitted: a failure while waiting is told in the item
 * and not thrown, because the declaration stands.
 */
export async function resultOfSubmission(
	api: DimonaApi,
	draft: Draft,
	submission: Submission,
	limitSeconds: number,
): Promise<IDataObject> {
	const { declarationId, submittedAt, settled, alreadySubmitted, release } = submission;
	const about = { ...(submittedAt ? { submittedAt } : {}), alreadySubmitted };
	// "Report Only" asks for nothing, and what could not be told before is not told by waiting.
	const isSettled = settled?.final === true || settled?.status === 'unknown';
	if (isSettled || !declarationId) return { ...settled, ...about };
	const ageMs = submittedAt ? Math.max(0, api.timer.epochMs() - Date.parse(submittedAt)) : 0;
	const item = await awaitResult(api, declarationId, {
		limitSeconds,
		ageMs,
		sent: draft.sent,
	}).catch((error: unknown) => stillPending(declarationId, error));
	if (item.status !== 'refused')
		return { ...(alreadySubmitted ? await ifItStands(api, draft, item) : item), ...about };
	if (!isDuplicate(item)) {
		// Nothing was made, so the same declaration may be sent again once the reason is mended.
		await release();
		return { ...item, ...about };
	}
	return { ...(await withExisting(api, draft, item, alreadySubmitted)), ...about };
}

/** A declaration of before counts as accepted only as long as it stands. */
async function ifItStands(
	{ client }: DimonaApi,
	{ declaration }: Draft,
	item: IDataObject,
): Promise<IDataObject> {
	if (item.status !== 'accepted' && item.status !== 'acceptedWithWarning') return item;
	const periodId = textIn(item.periodId);
	const state = await standsNow(client, declaration, periodId);
	if (state === 'inForce') return item;
	return {
		...item,
		status: 'unknown',
		final: false,
		lastTrouble:
			state === 'undone'
				? 'It was accepted, and no longer holds: its period was cancelled or changed since.'
				: 'It was accepted; whether its period still stands could not be seen. Look at the period.',
	};
}

function stillPending(declarationId: string, error: unknown): IDataObject {
	if (!(error instanceof GuichetError) || error.code === 'cancelled') throw error;
	const { hint } = error.details;
	return {
		...pendingItem(declarationId),
		lastTrouble: [error.message, hint].filter(Boolean).join('. '),
	};
}

const isDuplicate = (item: IDataObject) =>
	Array.isArray(item.anomalies) &&
	(item.anomalies as IDataObject[]).some(({ code }) => code === '90373-333');

/**
 * The authority refuses an identical period because there is one: the worker is declared. By which
 * declaration is searched for; if this one was begun before, it is the own one.
 */
async function withExisting(
	{ client, timer }: DimonaApi,
	{ declaration, sent }: Draft,
	item: IDataObject,
	alreadySubmitted: boolean,
): Promise<IDataObject> {
	const search = { timer, seconds: 0, immediately: true };
	const { found } = await findRecord(client, declaration, search);
	if (!found)
		return {
			...item,
			lastTrouble:
				'The authority has this period already; which declaration made it was not found.',
		};
	const existing = foundRecordItem(found, sent);
	if (alreadySubmitted) return existing;
	return {
		...item,
		workerIsDeclared: true,
		existingDeclarationId: existing.declarationId ?? null,
		existingPeriodId: existing.periodId ?? null,
	};
}
