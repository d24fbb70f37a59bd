import { GuichetError } from '../../../lib/errors/guichet-error';
import type { DimonaClient, SearchableResource } from './client';
import { readDeclaration, type DeclarationResult } from './result';
import { type Declaration, idText, isObject, type Json, kindOf, type Worker } from './types';
import type { Timer } from './wait';

/** Evidence that a declaration whose answer was lost has been recorded all the same. */
export interface FoundRecord {
	/** The declaration itself, when the search shows declarations. */
	declaration?: DeclarationResult;
	/** The period that it made or changed. */
	period?: Json;
	periodId?: string;
}

/**
 * A declaration is treated some seconds after it was received, so one look is not enough. Seconds.
 */
const SEARCH_AGES_SECONDS = [2, 5, 10, 20, 40, 60, 120, 300, 600];

/** Pages of each search; what was declared last may be on the last one. */
const MAX_PAGES = 40;

/**
 * Looks for what an unanswered declaration may have made: the declaration with the same content,
 * else the period with the same worker and dates. Only the
 * filter by employer is published, so the rest is compared here.
 *
 * @param seconds how long to look again and again; the first look is after two seconds, when
 *   nothing can be treated yet
 * @param immediately look at once, for a declaration of long ago
 * @returns `undefined` when nothing was found, which proves nothing as long as the declaration may
 *   be waiting for its treatment
 */
export async function findRecord(
	client: DimonaClient,
	declaration: Declaration,
	{ timer, seconds, immediately = false }: { timer: Timer; seconds: number; immediately?: boolean },
): Promise<FoundRecord | undefined> {
	const began = timer.now();
	const ages = immediately ? [0, ...SEARCH_AGES_SECONDS] : SEARCH_AGES_SECONDS;
	for (const age of ages.filter((one) => one <= Math.max(seconds, ages[0]))) {
		const left = age * 1000 - (timer.now() - began);
		if (left > 0) await timer.wait(left);
		const found = await searchOnce(client, declaration).catch(undefinedOnFailure);
		if (found) return found;
	}
	return undefined;
}

/** A search that fails must not hide the failure that it was meant to clear up. */
function undefinedOnFailure(error: unknown): undefined {
	if (error instanceof GuichetError && error.code !== 'cancelled') return undefined;
	throw error;
}

async function searchOnce(
	client: DimonaClient,
	declaration: Declaration,
): Promise<FoundRecord | undefined> {
	if ('dimonaIn' in declaration) {
		const filter = { employer: declaration.employer };
		const same = (item: Json) => isSameDeclaration(item, declaration);
		// Each of the two searches is the word of a single source, so the failure of one must not spoil
		// the other.
		const made = await newest(client, 'declarations', filter, same).catch(undefinedOnFailure);
		const result = made && readDeclaration(made);
		if (result && result.status !== 'refused')
			return { declaration: result, periodId: result.periodId };
		const period = await newest(client, 'periods', filter, (item) =>
			isSamePeriod(item, declaration),
		);
		return period && { period, periodId: periodIdOf(period) };
	}
	return await findByPeriod(client, declaration);
}

/**
 * The item with the highest number among those that fit. A filter that the service does not know is
 * left out.
 */
async function newest(
	client: DimonaClient,
	kind: SearchableResource,
	filter: Json,
	fits: (item: Json) => boolean,
): Promise<Json | undefined> {
	return await newestOf(client, kind, filter, fits).catch(async (error: unknown) => {
		// Only the filter by NSSO number is published.
		if (!(error instanceof GuichetError) || error.code !== 'refused') throw error;
		return await newestOf(client, kind, {}, fits);
	});
}

async function newestOf(
	client: DimonaClient,
	kind: SearchableResource,
	filter: Json,
	fits: (item: Json) => boolean,
): Promise<Json | undefined> {
	let found: Json | undefined;
	let pages = 0;
	for await (const { items } of client.search(kind, filter)) {
		for (const item of items)
			if (fits(item) && (!found || numberOf(item) > numberOf(found))) found = item;
		if (++pages >= MAX_PAGES) break;
	}
	return found;
}

function numberOf(item: Json): number {
	const status = isObject(item.declarationStatus) ? item.declarationStatus : {};
	return Number(idText(status.declarationId) ?? periodIdOf(item) ?? 0);
}

/** `periodId`, `id`, or `period.id`: the shape of a period is not published. */
export function periodIdOf(item: Json): string | undefined {
	const nested = isObject(item.period) ? item.period.id : undefined;
	return idText(item.periodId) ?? idText(item.id) ?? idText(nested);
}

function isSameDeclaration(
	item: Json,
	declaration: Extract<Declaration, { dimonaIn: unknown }>,
): boolean {
	return (
		isWorker(item.worker, declaration.worker) &&
		isObject(item.dimonaIn) &&
		containsValues(item.dimonaIn, declaration.dimonaIn, true)
	);
}

function isSamePeriod(
	item: Json,
	{ worker, dimonaIn }: Extract<Declaration, { dimonaIn: unknown }>,
): boolean {
	if (!isWorker(item.worker, worker) || isCancelled(item)) return false;
	const shown = isObject(item.dimonaIn) ? { ...item.dimonaIn, ...item } : item;
	return shown.startDate === dimonaIn.startDate && containsValues(shown, dimonaIn, false);
}

/**
 * Whether an answer holds the values of a block.
 *
 * @param complete a value that the answer does not have counts as another one
 */
function containsValues(answer: Json, block: object, complete: boolean): boolean {
	return Object.entries(block).every(([name, value]) => {
		const shown = answer[name];
		if (shown === undefined || shown === null) return !complete || value === undefined;
		if (isObject(shown) && isObject(value)) return containsValues(shown, value, complete);
		return String(shown as string) === String(value);
	});
}

function isWorker(shown: unknown, worker: Worker): boolean {
	if (!isObject(shown)) return false;
	if (worker.ssin) return String(shown.ssin as string).padStart(11, '0') === worker.ssin;
	const same = (name: 'familyName' | 'givenName' | 'birthDate') =>
		String(shown[name] as string).toLowerCase() === String(worker[name]).toLowerCase();
	return same('familyName') && same('givenName') && same('birthDate');
}

/** The mark of a cancelled period is not published; these are the ones that clients reckon with. */
export function isCancelled(period: Json): boolean {
	return (
		[period.isCancelled, period.cancelled].some((mark) =>
			[true, 1, '1', 'true'].includes(mark as string),
		) ||
		isObject(period.dimonaCancel) ||
		/cancel/i.test(typeof period.status === 'string' ? period.status : '')
	);
}

/**
 * OUT, UPDATE and CANCEL name their period: what it looks like now tells whether they took effect.
 */
async function findByPeriod(
	client: DimonaClient,
	declaration: Exclude<Declaration, { dimonaIn: unknown }>,
): Promise<FoundRecord | undefined> {
	const [block] = Object.values(declaration) as Array<{ periodId: number }>;
	const periodId = String(block.periodId);
	const period = await client.getPeriod(periodId);
	const values = Object.fromEntries(Object.entries(block).filter(([name]) => name !== 'periodId'));
	const took =
		kindOf(declaration) === 'cancel'
			? isCancelled(period)
			: Object.keys(values).length > 0 && containsValues(period, values, true);
	return took ? { period, periodId } : undefined;
}
