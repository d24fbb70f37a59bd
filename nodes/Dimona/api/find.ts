import { isObject } from '../../../lib/answers/json';
import { GuichetError } from '../../../lib/errors/guichet-error';
import type { DimonaClient, SearchableResource } from './client';
import { readDeclaration, type DeclarationResult } from './result';
import {
	type Declaration,
	type Employer,
	idText,
	type Json,
	kindOf,
	periodIdOf,
	type Worker,
} from './types';
import { OPEN_END } from './rules/dates';
import type { Timer } from './wait';

/** Evidence that a declaration is recorded and still in force. */
export interface FoundRecord {
	/** The declaration itself, when the search shows declarations. */
	declaration?: DeclarationResult;
	/** The period that it made or changed. */
	period?: Json;
	periodId?: string;
}

/** What the searches for one declaration came to. */
export interface SearchOutcome {
	found?: FoundRecord;
	/** Periods that look like it, but whose state or content the service does not show. */
	resembling: string[];
	/** Periods with the same content that were cancelled. */
	cancelled: string[];
	/** The failure of the last search, when it failed. */
	trouble?: GuichetError;
}

/**
 * A declaration is treated some seconds after its reception, so the search is repeated. Seconds.
 */
const SEARCH_AGES_SECONDS = [2, 5, 10, 20, 40, 60, 120, 300, 600];

/** Pages of each search; what was declared last may be on the last one. */
const MAX_PAGES = 40;

type InDeclaration = Extract<Declaration, { dimonaIn: unknown }>;
type ChangeDeclaration = Exclude<Declaration, InDeclaration>;

/**
 * Looks for what an unanswered declaration may have made: the declaration with the same content,
 * else the period with the same content. Only the filter by employer is published, so everything is
 * compared here: employer, worker, dates, hours, worker type. What was cancelled since is not
 * found.
 *
 * @param seconds how long to repeat the search; the first one is after two seconds
 * @param immediately begins with a search at once, for a declaration of long ago
 * @returns without `found` when nothing was found, which proves nothing while the declaration may
 *   be waiting for its treatment
 */
export async function findRecord(
	client: DimonaClient,
	declaration: Declaration,
	{ timer, seconds, immediately = false }: { timer: Timer; seconds: number; immediately?: boolean },
): Promise<SearchOutcome> {
	const began = timer.now();
	const first = immediately ? 0 : 2;
	const ages = [first, ...SEARCH_AGES_SECONDS.filter((age) => age > first && age <= seconds)];
	let outcome: SearchOutcome = { resembling: [], cancelled: [] };
	for (const age of ages) {
		const left = age * 1000 - (timer.now() - began);
		if (left > 0) await timer.wait(left);
		outcome = await searchOnce(client, declaration).catch((error: unknown) => ({
			resembling: [],
			cancelled: [],
			trouble: failureOrThrow(error),
		}));
		if (outcome.found) return outcome;
	}
	return outcome;
}

/** A search that fails must not hide the failure that it was meant to clear up. */
function failureOrThrow(error: unknown): GuichetError {
	if (error instanceof GuichetError && error.code !== 'cancelled') return error;
	throw error;
}

async function searchOnce(client: DimonaClient, declaration: Declaration): Promise<SearchOutcome> {
	return 'dimonaIn' in declaration
		? await searchIn(client, declaration)
		: await searchChange(client, declaration);
}

async function searchIn(client: DimonaClient, declaration: InDeclaration): Promise<SearchOutcome> {
	// One search is enough to find it, so the failure of the other must not spoil it.
	let trouble: GuichetError | undefined;
	const listed = await listOf(client, 'declarations', declaration.employer).catch(
		(error: unknown) => {
			trouble = failureOrThrow(error);
			return undefined;
		},
	);
	const outcome: SearchOutcome = { resembling: [], cancelled: [] };
	const candidates = (listed?.items ?? [])
		.filter((item) => isSameDeclaration(item, declaration))
		.map((item) => readDeclaration(item, { kind: 'in' }))
		.filter((result) => result !== undefined && result.status !== 'refused')
		.sort((a, b) => Number(b?.declarationId ?? 0) - Number(a?.declarationId ?? 0));
	const history = listed && { ...listed, cancelled: cancelledPeriods(listed.items) };
	const unnamed: DeclarationResult[] = [];
	for (const candidate of candidates) {
		if (!candidate) continue;
		const { periodId, status } = candidate;
		if (status !== 'accepted' && status !== 'acceptedWithWarning')
			return { ...outcome, found: { declaration: candidate, periodId } };
		if (periodId === undefined) {
			unnamed.push(candidate);
			continue;
		}
		const state = await stateOf(client, periodId, history);
		if (state === 'inForce') return { ...outcome, found: { declaration: candidate, periodId } };
		outcome[state === 'cancelled' ? 'cancelled' : 'resembling'].push(periodId);
	}
	return await searchPeriods(client, declaration, { outcome, history, unnamed, trouble });
}

/** What is known before the periods are searched. */
interface DeclarationsSeen {
	outcome: SearchOutcome;
	history?: History;
	/** Accepted declarations with the same content that do not name their period. */
	unnamed: DeclarationResult[];
	trouble?: GuichetError;
}

async function searchPeriods(
	client: DimonaClient,
	declaration: InDeclaration,
	{ outcome, history, unnamed, trouble }: DeclarationsSeen,
): Promise<SearchOutcome> {
	const { items } = await listOf(client, 'periods', declaration.employer).catch(
		(error: unknown) => {
			const failure = failureOrThrow(error);
			// Neither of the two searches could be made.
			if (trouble) throw failure;
			return { items: [] };
		},
	);
	for (const period of [...items].reverse()) {
		const periodId = periodIdOf(period);
		const likeness = likenessOf(period, declaration);
		if (likeness === 'different' || periodId === undefined) continue;
		const state = stateShown(period, periodId, history);
		if (state === 'cancelled') {
			if (!outcome.cancelled.includes(periodId)) outcome.cancelled.push(periodId);
		} else if (state === 'inForce' && likeness === 'same') {
			const [named] = unnamed;
			return {
				...outcome,
				found: named ? { declaration: { ...named, periodId }, periodId } : { period, periodId },
			};
		} else if (!outcome.resembling.includes(periodId)) outcome.resembling.push(periodId);
	}
	return outcome;
}

interface Listed {
	items: Json[];
	/** Every page was read. */
	complete: boolean;
}

/** The declarations of an employer, and which periods they cancelled. */
interface History extends Listed {
	cancelled: Set<string>;
}

/** The items of one employer. A filter that the service does not know is left out. */
async function listOf(
	client: DimonaClient,
	resource: SearchableResource,
	employer: Employer,
): Promise<Listed> {
	return await listWith(client, resource, { employer }, (item) =>
		isEmployer(item.employer, employer, true),
	).catch(async (error: unknown) => {
		// Only the filter by NSSO number is published.
		if (!(error instanceof GuichetError) || error.code !== 'refused') throw error;
		return await listWith(client, resource, {}, (item) =>
			isEmployer(item.employer, employer, false),
		);
	});
}

async function listWith(
	client: DimonaClient,
	resource: SearchableResource,
	filter: Json,
	fits: (item: Json) => boolean,
): Promise<Listed> {
	const kept: Json[] = [];
	const pages = client.search(resource, filter);
	for (let read = 0; read < MAX_PAGES; read++) {
		const page = await pages.next().catch((error: unknown) => {
			// What the first pages showed stays true.
			if (read === 0) throw error;
			failureOrThrow(error);
			return undefined;
		});
		if (!page) return { items: kept, complete: false };
		if (page.done === true) return { items: kept, complete: true };
		// A CANCEL names its period only: whose it is, is told by the period.
		kept.push(...page.value.items.filter((item) => isObject(item.dimonaCancel) || fits(item)));
		if (!page.value.hasNext) return { items: kept, complete: true };
	}
	return { items: kept, complete: false };
}

/** Periods that an accepted CANCEL names. */
function cancelledPeriods(items: Json[]): Set<string> {
	const cancelled = new Set<string>();
	for (const item of items) {
		const block = item.dimonaCancel;
		const status = isObject(item.declarationStatus) ? item.declarationStatus.result : undefined;
		const periodId = isObject(block) ? idText(block.periodId) : undefined;
		if (periodId && (status === 'A' || status === 'W')) cancelled.add(periodId);
	}
	return cancelled;
}

type PeriodState = 'inForce' | 'cancelled' | 'unknown';

/** Whether a period is still in force; what cannot be read is unknown. */
async function stateOf(
	client: DimonaClient,
	periodId: string,
	history: History | undefined,
): Promise<PeriodState> {
	if (history?.cancelled.has(periodId)) return 'cancelled';
	const period = await client.getPeriod(periodId).catch((error: unknown) => {
		failureOrThrow(error);
		return undefined;
	});
	return period ? stateShown(period, periodId, history) : 'unknown';
}

function stateShown(period: Json, periodId: string, history: History | undefined): PeriodState {
	if (history?.cancelled.has(periodId)) return 'cancelled';
	const mark = cancellationMark(period);
	if (mark !== undefined) return mark ? 'cancelled' : 'inForce';
	// Without a mark, the list of all declarations of the employer tells, if it was read to its end.
	return history?.complete === true ? 'inForce' : 'unknown';
}

/** Whether the period of an accepted declaration still stands, as the service shows it now. */
async function periodState(
	client: DimonaClient,
	periodId: string,
	employer?: Employer,
): Promise<PeriodState> {
	const direct = await stateOf(client, periodId, undefined);
	if (direct !== 'unknown' || !employer) return direct;
	const listed = await listOf(client, 'declarations', employer).catch((error: unknown) => {
		failureOrThrow(error);
		return undefined;
	});
	if (!listed) return 'unknown';
	return await stateOf(client, periodId, {
		...listed,
		cancelled: cancelledPeriods(listed.items),
	});
}

/**
 * Whether an item is of the employer that was asked for.
 *
 * @param filtered the service took the filter by this employer, which decides where an item shows
 *   none
 */
function isEmployer(shown: unknown, asked: Employer, filtered: boolean): boolean {
	const numbers = isObject(shown) ? shown : {};
	const number = idText(numbers.enterpriseNumber)?.padStart(10, '0');
	const pairs = [
		[asked.enterpriseNumber, number],
		[idText(asked.employerId), idText(numbers.employerId)],
	].filter(([wanted, other]) => wanted !== undefined && other !== undefined);
	return pairs.length === 0 ? filtered : pairs.every(([wanted, other]) => wanted === other);
}

function isSameDeclaration(item: Json, { worker, dimonaIn }: InDeclaration): boolean {
	const block = item.dimonaIn;
	return (
		isWorker(item.worker, worker) &&
		isObject(block) &&
		containsValues(block, dimonaIn) &&
		COMPARED.every((name) => dimonaIn[name] !== undefined || isNothing(block[name]))
	);
}

/** What makes two employments of one worker with one employer the same. */
const COMPARED = ['startDate', 'endDate', 'startHour', 'endHour', 'plannedHoursNumber'] as const;

/**
 * Whether a period has the content of the declaration; `similar` when it does not show all of it.
 */
function likenessOf(
	period: Json,
	{ worker, dimonaIn }: InDeclaration,
): 'same' | 'similar' | 'different' {
	if (!isWorker(period.worker, worker)) return 'different';
	const shown: Json = isObject(period.dimonaIn) ? { ...period.dimonaIn, ...period } : period;
	if (shown.startDate !== dimonaIn.startDate) return 'different';
	let isSame = true;
	for (const name of COMPARED) {
		const [asked, there] = [dimonaIn[name], shown[name]];
		if (asked === undefined && isNothing(there)) continue;
		if (asked === undefined || isNothing(there)) isSame = false;
		else if (String(asked) !== written(there)) return 'different';
	}
	const features = isObject(shown.features) ? shown.features : {};
	const type = features.workerType ?? shown.workerType;
	if (isNothing(type)) isSame = false;
	else if (type !== dimonaIn.features.workerType) return 'different';
	return isSame ? 'same' : 'similar';
}

/** A value of an answer as text; nothing for what is no single value. */
const written = (value: unknown): string =>
	typeof value === 'string' || typeof value === 'number' || typeof value === 'boolean'
		? String(value)
		: '';

const isNothing = (value: unknown) => value === undefined || value === null || value === '';

/** Whether an answer shows all values of a block. */
function containsValues(answer: Json, block: object): boolean {
	return Object.entries(block).every(([name, value]) => {
		const shown = answer[name];
		if (value === undefined) return true;
		if (isNothing(shown)) return false;
		if (isObject(shown) && isObject(value)) return containsValues(shown, value);
		return written(shown) === String(value);
	});
}

function isWorker(shown: unknown, worker: Worker): boolean {
	if (!isObject(shown)) return false;
	if (worker.ssin) return written(shown.ssin).padStart(11, '0') === worker.ssin;
	const same = (name: 'familyName' | 'givenName' | 'birthDate') =>
		written(shown[name]).toLowerCase() === String(worker[name]).toLowerCase();
	return same('familyName') && same('givenName') && same('birthDate');
}

/**
 * Whether a period says that it was cancelled; `undefined` when it says nothing. The mark is not
 * published: these are the ones that the glossary and other clients reckon with.
 */
function cancellationMark(period: Json): boolean | undefined {
	for (const mark of [period.isCancelled, period.cancelled]) {
		if (['true', '1'].includes(written(mark))) return true;
		if (['false', '0'].includes(written(mark))) return false;
	}
	if (isObject(period.dimonaCancel)) return true;
	return typeof period.status === 'string' && /^cancell?ed$/i.test(period.status)
		? true
		: undefined;
}

/**
 * Whether an accepted declaration still holds.
 *
 * - `undone`: the period was cancelled, or has other values by now
 * - `unknown`: the service did not show it
 */
export async function standsNow(
	client: DimonaClient,
	declaration: Declaration,
	periodId: string | undefined,
): Promise<'inForce' | 'undone' | 'unknown'> {
	if ('dimonaIn' in declaration) {
		if (periodId === undefined) return 'unknown';
		const state = await periodState(client, periodId, declaration.employer);
		return state === 'cancelled' ? 'undone' : state;
	}
	const outcome = await searchChange(client, declaration).catch((error: unknown) => {
		failureOrThrow(error);
		return undefined;
	});
	if (!outcome) return 'unknown';
	return outcome.found ? 'inForce' : 'undone';
}

/**
 * OUT, UPDATE and CANCEL name their period: what it looks like now tells whether they took effect.
 */
async function searchChange(
	client: DimonaClient,
	declaration: ChangeDeclaration,
): Promise<SearchOutcome> {
	const { periodId: number, ...values } = blockOf(declaration);
	const periodId = String(number);
	const outcome: SearchOutcome = { resembling: [], cancelled: [] };
	const period = await client.getPeriod(periodId);
	const state = await changedState(client, period, periodId);
	if (kindOf(declaration) === 'cancel')
		return state === 'cancelled' ? { ...outcome, found: { period, periodId } } : outcome;
	if (state === 'cancelled') return { ...outcome, cancelled: [periodId] };
	return tookEffect(period, values) ? { ...outcome, found: { period, periodId } } : outcome;
}

/**
 * The state of a period that is known; its employer's declarations are read only if it has no mark.
 */
async function changedState(
	client: DimonaClient,
	period: Json,
	periodId: string,
): Promise<PeriodState> {
	const shown = stateShown(period, periodId, undefined);
	if (shown !== 'unknown' || !isObject(period.employer)) return shown;
	const { enterpriseNumber, employerId } = period.employer;
	const number = idText(enterpriseNumber)?.padStart(10, '0');
	const id = idText(employerId);
	const employer: Employer = {
		...(id === undefined ? { enterpriseNumber: number } : { employerId: Number(id) }),
	};
	return await periodState(client, periodId, employer);
}

function tookEffect(period: Json, values: Json): boolean {
	const { endDate, ...others } = values;
	const removed = endDate === OPEN_END;
	const wanted = removed || endDate === undefined ? others : values;
	if (removed && !isNothing(period.endDate)) return false;
	return Object.keys(values).length > 0 && containsValues(period, wanted);
}

function blockOf(declaration: ChangeDeclaration): { periodId: number } & Json {
	if ('dimonaOut' in declaration) return { ...declaration.dimonaOut };
	if ('dimonaUpdate' in declaration) return { ...declaration.dimonaUpdate };
	return { ...declaration.dimonaCancel };
}
