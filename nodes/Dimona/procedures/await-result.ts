import type { IDataObject } from 'n8n-workflow';

import { GuichetError } from '../../../lib/errors/guichet-error';
import { findRecord } from '../api/find';
import type { Declaration } from '../api/types';
import { type WaitOutcome, waitForResult } from '../api/wait';
import type { DimonaApi } from '../connect';
import { pendingItem, foundRecordItem, resultItem } from './output';
import type { Submission } from './submit';

/**
 * Waits for the result of a known declaration. Giving up is a result too: `pending`, with the id.
 */
export async function awaitResult(
	{ client, timer }: DimonaApi,
	declarationId: string,
	limitSeconds: number,
	ageMs = 0,
): Promise<IDataObject> {
	try {
		return itemOfWait(
			declarationId,
			await waitForResult(client, declarationId, { timer, limitSeconds, ageMs }),
		);
	} catch (error) {
		// Whatever happened, the id must not be lost with it.
		throw error instanceof GuichetError ? error.with({ data: { declarationId } }) : error;
	}
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
	declaration: Declaration,
	submission: Submission,
	limitSeconds: number,
): Promise<IDataObject> {
	const { declarationId, submittedAt, settled, alreadySubmitted } = submission;
	const about = { ...(submittedAt ? { submittedAt } : {}), alreadySubmitted };
	if (settled?.final === true || !declarationId) return { ...settled, ...about };
	const item = await awaitResult(api, declarationId, limitSeconds).catch((error: unknown) =>
		stillPending(declarationId, error),
	);
	if (item.status === 'refused') {
		const existing = alreadySubmitted ? await existingPeriod(api, declaration, item) : undefined;
		if (existing) return { ...existing, ...about };
		await releaseRefused(submission, item);
	}
	return { ...item, ...about };
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

/** An identical period that the authority refuses is the one that an earlier execution made. */
async function existingPeriod(
	{ client, timer }: DimonaApi,
	declaration: Declaration,
	item: IDataObject,
): Promise<IDataObject | undefined> {
	if (!isDuplicate(item)) return undefined;
	const found = await findRecord(client, declaration, {
		timer,
		seconds: 0,
		immediately: true,
	});
	return found && foundRecordItem(found);
}

/** Nothing was made, so the same declaration may be sent again once the reason is mended. */
async function releaseRefused({ release }: Submission, item: IDataObject): Promise<void> {
	if (!isDuplicate(item)) await release();
}
