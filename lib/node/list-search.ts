import { createHash } from 'node:crypto';

import type {
	ILoadOptionsFunctions,
	INodeListSearchResult,
	INodeParameters,
	INodeProperties,
} from 'n8n-workflow';

import { GuichetError } from '../errors/guichet-error';
import { chosenValue } from './choose';
import { Fields } from './fields';
import { formSource } from './form-fields';
import { toNodeError } from './node-error';

/** One entry of a list that a person chooses from. */
export interface Choice {
	name: string;
	value: string;
	/** A page about it, which the editor offers to open. */
	url?: string;
	/** Further words by which it is found, and which are not shown: n8n stores what is shown. */
	words?: string;
}

/** A list that a person chooses from while filling in a form. */
export interface ChoiceList<Api> {
	/** In the plural, within a sentence: `subscriptions`. */
	what: string;
	/** The fields of the form that it reads; all others are hidden from it. */
	reads?: readonly string[];
	/** What the service itself is to look for, of what the person searches; nothing for all. */
	asks?(search: string): string | undefined;
	/** At most {@link MOST_CHOICES} entries. Changes nothing at the service. */
	load(api: Api, form: Fields, asked: string | undefined): Promise<Choice[]>;
}

/** How the lists of a node get to its service. */
export interface ChoiceService<Api> {
	/** The service's name in messages: "HubEE". */
	service: string;
	credential: string;
	/** The fields of the form that `open` reads. */
	reads: readonly string[];
	open(credential: Record<string, unknown>, form: Fields, signal: AbortSignal): Api;
}

export type ListSearch = (
	this: ILoadOptionsFunctions,
	search?: string,
	paginationToken?: unknown,
) => Promise<INodeListSearchResult>;

/** More than anybody scrolls through; whoever looks for another one types it. */
export const MOST_CHOICES = 1000;

const PAGE_SIZE = 100;

/** How long a list is kept: a person opens the same one several times, and wants to see news. */
const KEPT_MS = 30_000;

const MOST_KEPT = 100;

/** A person waits in front of the form; the field can be typed into meanwhile. */
const LONGEST_WAIT_MS = 15_000;

interface Kept {
	at: number;
	choices: Promise<Choice[]>;
}

/** For the life of the process; by credential, list and what the list depends on. */
const kept = new Map<string, Kept>();

/** Forgets all lists, for tests. */
export function forgetChoices(): void {
	kept.clear();
}

/**
 * The `listSearch` methods of a node: each list comes through the service's own client, is searched
 * and given page by page. A failure says why in the list.
 *
 * @param form the properties of the node, for the labels in messages
 * @example methods = { listSearch: listSearch(hubEeChoices, hubEeLists, form) };
 */
export function listSearch<Api>(
	service: ChoiceService<Api>,
	lists: Record<string, ChoiceList<Api>>,
	form: readonly INodeProperties[],
	longestWaitMs = LONGEST_WAIT_MS,
): Record<string, ListSearch> {
	const method = (name: string, list: ChoiceList<Api>): ListSearch =>
		async function (this: ILoadOptionsFunctions, search = '', paginationToken?: unknown) {
			const credential = await this.getCredentials<Record<string, unknown>>(service.credential);
			const values = known(this, [...service.reads, ...(list.reads ?? [])]);
			const fields = new Fields(formSource(form, (field) => values[field]));
			const asked = list.asks?.(search.trim());
			const key = digestOf([service.service, name, credential, values, asked]);
			try {
				const choices = await keptOr(key, async () =>
					withinTime(service.service, longestWaitMs, async (signal) =>
						list.load(service.open(credential, fields, signal), fields, asked),
					),
				);
				return pageOf(choices, list.what, asked === undefined ? search : '', paginationToken);
			} catch (error) {
				throw toNodeError(this.getNode(), error);
			}
		};
	return Object.fromEntries(
		Object.entries(lists).map(([name, list]) => [name, method(name, list)]),
	);
}

/** The values of the form that are known now: an expression that waits for data is not. */
function known(context: ILoadOptionsFunctions, names: string[]): Record<string, unknown> {
	const form = context.getCurrentNodeParameters() ?? {};
	return Object.fromEntries(names.map((name) => [name, withoutExpressions(form[name])]));
}

function withoutExpressions(value: INodeParameters[string]): unknown {
	const chosen = chosenValue(value);
	if (typeof chosen === 'string') return chosen.startsWith('=') ? undefined : chosen;
	if (typeof chosen !== 'object' || chosen === null || Array.isArray(chosen)) return chosen;
	return Object.fromEntries(
		Object.entries(chosen).map(([name, inner]) => [
			name,
			withoutExpressions(inner as INodeParameters[string]),
		]),
	);
}

/**
 * The value of a field that a list cannot be asked for without.
 *
 * @example const caseId = requiredValue(form, 'caseId', 'Case ID');
 */
export function requiredValue(form: Fields, field: string, label: string): string {
	const value = form.optionalText(field);
	if (value !== undefined) return value;
	throw new GuichetError('invalid_input', `Choose or type the ${label} first`, {
		field: label,
		outcome: 'not_done',
		hint: 'An expression that waits for the data of an earlier node has no value here before that node has run.',
	});
}

/** Secrets go into it, and cannot be got out. */
const digestOf = (parts: unknown[]): string =>
	createHash('sha256').update(JSON.stringify(parts)).digest('hex');

/** The list of a moment ago, or a new one. Those who ask together share it. */
async function keptOr(key: string, load: () => Promise<Choice[]>): Promise<Choice[]> {
	const now = Date.now();
	for (const [other, { at }] of kept) if (now - at >= KEPT_MS) kept.delete(other);
	const existing = kept.get(key);
	if (existing) return await existing.choices;
	const [oldest] = kept.keys();
	if (oldest !== undefined && kept.size >= MOST_KEPT) kept.delete(oldest);
	const mine = { at: now, choices: load() };
	kept.set(key, mine);
	void mine.choices.catch(() => {
		if (kept.get(key) === mine) kept.delete(key);
	});
	return await mine.choices;
}

async function withinTime<Result>(
	service: string,
	milliseconds: number,
	work: (signal: AbortSignal) => Promise<Result>,
): Promise<Result> {
	const stop = new AbortController();
	let timer: NodeJS.Timeout | undefined;
	const late = new Promise<never>((_, reject) => {
		timer = setTimeout(() => {
			reject(
				new GuichetError(
					'timeout',
					`${service} did not give the list within ${milliseconds / 1000} seconds`,
					{ outcome: 'not_done', hint: 'Try again, or type the value instead.' },
				),
			);
			stop.abort();
		}, milliseconds);
	});
	try {
		return await Promise.race([work(stop.signal), late]);
	} finally {
		clearTimeout(timer);
	}
}

function pageOf(
	choices: Choice[],
	what: string,
	search: string,
	paginationToken: unknown,
): INodeListSearchResult {
	const words = folded(search).split(/\s+/).filter(Boolean);
	const found = choices.filter(({ name, value, words: more = '' }) => {
		const text = folded(`${name} ${value} ${more}`);
		return words.every((word) => text.includes(word));
	});
	if (found.length === 0 && words.length > 0 && choices.length >= MOST_CHOICES)
		throw new GuichetError('not_found', `None of the first ${choices.length} ${what} fits`, {
			outcome: 'not_done',
			hint: 'There may be more than are listed here: type the value instead.',
		});
	const start = Number(paginationToken ?? 0) || 0;
	const end = start + PAGE_SIZE;
	return {
		results: found.slice(start, end).map(({ name, value, url }) => ({ name, value, url })),
		...(end < found.length ? { paginationToken: String(end) } : {}),
	};
}

/** Without case and accents, as people search. */
const folded = (text: string): string => text.normalize('NFD').replace(/\p{M}/gu, '').toLowerCase();
