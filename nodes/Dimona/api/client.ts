import { parseJson } from '../../../lib/answers/json';
import { assertSameId, readAnswer } from '../../../lib/answers/read';
import { GuichetError } from '../../../lib/errors/guichet-error';
import { pathOf } from '../../../lib/http/call';
import type { HttpClient } from '../../../lib/http/client';
import { isValidNiss } from '../../../lib/identifiers/niss';
import {
	declarationAnswer,
	type PageAnswer,
	pageAnswer,
	periodAnswer,
	refusalAnswer,
	submittedAnswer,
} from './answers';
import { readDeclaration, type DeclarationResult, type SentFacts } from './result';
import { type Declaration, idText, type Json, periodIdOf } from './types';

/** Path of the service below the services URL. */
export const DIMONA_PATH = '/dimona/v2';

export type SearchableResource = 'declarations' | 'periods' | 'relations';

export interface Page {
	items: Json[];
	/** Whether the service says that there are more. */
	hasNext: boolean;
}

/** ODO's clients ask for 50; a larger maximum is not known. */
const PAGE_SIZE = 50;

/** Guards against a server whose `next` never ends. */
const MAX_PAGES = 2_000;

/**
 * The Dimona REST service, version 2, in its own words.
 *
 * A declaration must not be sent a second time: it is repeated once after "too many requests", and
 * never after an unknown outcome. Reading is repeated freely. So each has an HTTP client of its
 * own.
 *
 * @example
 * const client = dimonaClient(credential);
 * const declarationId = await client.submit({ dimonaCancel: { periodId: 656309292174 } });
 * const result = await client.getDeclaration(declarationId); // undefined: no result yet
 */
export class DimonaClient {
	constructor(
		private readonly http: {
			/** For reading, which is repeated freely. */
			reading: HttpClient;
			/** For submitting. */
			submitting: HttpClient;
			/** For one call while waiting: the schedule decides when the next one is. */
			polling: HttpClient;
		},
		private readonly baseUrl: string,
	) {}

	/**
	 * Submits a declaration. Success means received, not accepted.
	 *
	 * @param onReplaced given the new SSIN when the declaration is refused because the worker's was
	 *   replaced; the error does not hold it
	 * @returns the declaration id
	 * @throws GuichetError with `outcome: 'unknown'` when it may have been recorded although no id
	 *   came back
	 */
	async submit(declaration: Declaration, onReplaced?: (newSsin: string) => void): Promise<string> {
		const { status, headers, body } = await this.http.submitting.text({
			method: 'POST',
			url: `${this.baseUrl}/declarations`,
			headers: { accept: 'application/json' },
			body: { json: declaration },
			repeat: 'never',
			onRefusal: (text) => {
				const newSsin = newSsinOf(text);
				if (newSsin !== undefined) onReplaced?.(newSsin);
			},
		});
		const located = this.idOfLocation(headers.location);
		const told = idOfBody(body);
		const areTwo = located && told && Number(located) !== Number(told);
		const id = areTwo ? undefined : (located ?? told);
		if (id) return id;
		throw new GuichetError(
			'answer_malformed',
			`Dimona took the declaration ${areTwo ? 'and named two numbers for it' : 'but did not say its number'}`,
			{ status, method: 'POST', outcome: 'unknown' },
		);
	}

	/**
	 * Asks for a declaration once.
	 *
	 * @param sent what is known of the declaration because it was sent from here
	 * @returns `undefined` while it is not processed, or not known: the service does not tell which
	 * @throws GuichetError `answer_malformed` when the answer is of another declaration
	 */
	async pollOnce(declarationId: string, sent?: SentFacts): Promise<DeclarationResult | undefined> {
		return await this.declaration(this.http.polling, declarationId, sent);
	}

	/** The result of a declaration, repeated on technical trouble; otherwise {@link pollOnce}. */
	async getDeclaration(
		declarationId: string,
		sent?: SentFacts,
	): Promise<DeclarationResult | undefined> {
		return await this.declaration(this.http.reading, declarationId, sent);
	}

	private async declaration(
		http: HttpClient,
		declarationId: string,
		sent?: SentFacts,
	): Promise<DeclarationResult | undefined> {
		const { body } = await http.json(
			{
				method: 'GET',
				url: `${this.baseUrl}${pathOf`/declarations/${declarationId}`}`,
				repeat: 'safe',
				accept: [404],
			},
			declarationAnswer,
		);
		const result = body && readDeclaration(body, sent);
		if (!result) return undefined;
		refuseOther('a declaration', declarationId, result.declarationId);
		return { ...result, declarationId };
	}

	/**
	 * The period as the authority holds it.
	 *
	 * @throws GuichetError `not_found`; `answer_malformed` when it is no period, or another one
	 */
	async getPeriod(periodId: string): Promise<Json> {
		const { body } = await this.http.reading.json(
			{
				method: 'GET',
				url: `${this.baseUrl}${pathOf`/periods/${periodId}`}`,
				repeat: 'safe',
			},
			periodAnswer,
		);
		refuseOther('a period', periodId, periodIdOf(body));
		return body;
	}

	/**
	 * Pages of a search, in the service's order. The following page is asked for where the service
	 * says, but only on the configured origin: the token goes nowhere else. What is wrong with the
	 * address of the next page is told when that page is asked for, after this one was given.
	 *
	 * @throws GuichetError `answer_malformed` when an answer is no list, or when `next` leads to
	 *   another origin or to a page that was read before
	 */
	async *search(
		resource: SearchableResource,
		filter: Json,
		pageSize = PAGE_SIZE,
	): AsyncGenerator<Page> {
		const read = new Set<string>();
		let url: string | undefined = `${this.baseUrl}/${resource}/search?pageSize=${pageSize}&page=1`;
		while (url !== undefined) {
			if (read.has(url) || read.size >= MAX_PAGES) throw endlessSearch(read.size);
			read.add(url);
			const { body }: { body: PageAnswer } = await this.http.reading.json(
				{ method: 'POST', url, body: { json: filter }, repeat: 'safe' },
				pageAnswer,
			);
			const next = nextOf(body);
			const items = Array.isArray(body) ? body : body.items;
			yield { items, hasNext: next !== undefined };
			url = next === undefined ? undefined : this.onOwnOrigin(next, url);
		}
	}

	private onOwnOrigin(next: string, current: string): string {
		const url = URL.canParse(next, current) ? new URL(next, current) : undefined;
		if (url?.origin === new URL(this.baseUrl).origin && url.username === '') return url.href;
		const where = url ? `: ${url.origin}` : '';
		throw new GuichetError(
			'answer_malformed',
			'Dimona says that the next page of the search is on another server',
			{
				hint: `It was not followed, because the access token would go there${where}. Raise the page size or lower the limit to do without it.`,
			},
		);
	}

	/**
	 * `Location` may be absolute or relative, with or without a trailing slash or query; the id is
	 * the last segment of its path. An address on another host names no declaration of this service.
	 */
	private idOfLocation(location: string | undefined): string | undefined {
		const base = `${this.baseUrl}/`;
		const text = location?.trim() ?? '';
		if (text === '' || !URL.canParse(text, base)) return undefined;
		const { host, pathname } = new URL(text, base);
		if (host !== new URL(base).host) return undefined;
		return idText(pathname.replace(/\/+$/, '').split('/').pop());
	}
}

/** The object asked for is the object answered. An answer without a number cannot be compared. */
function refuseOther(what: string, asked: string, answered: string | undefined): void {
	if (answered === undefined) return;
	// A leading zero does not make another number.
	assertSameId({ service: 'Dimona' }, what, String(Number(asked)), String(Number(answered)));
}

function endlessSearch(pages: number): GuichetError {
	return new GuichetError(
		'answer_malformed',
		`The search does not end: after ${pages} pages Dimona leads to one that was read already, or to ever more`,
		{ hint: 'Lower the limit, or narrow the filter by employer.' },
	);
}

function nextOf(page: PageAnswer): string | undefined {
	const next = Array.isArray(page) ? undefined : page.next;
	const text = typeof next === 'object' ? next?.href : next;
	return typeof text === 'string' && text.trim() !== '' ? text : undefined;
}

/** The SSIN that holds now, in a refusal of one that was replaced. */
function newSsinOf(text: string): string | undefined {
	try {
		const { issues } = readAnswer(refusalAnswer, parseJson(text), { service: 'Dimona' });
		const replaced = issues?.find(({ type }) => type?.endsWith(':replacedSsin'));
		const number = idText(replaced?.replacedBy)?.padStart(11, '0');
		return number !== undefined && isValidNiss(number) ? number : undefined;
	} catch {
		return undefined;
	}
}

/** The id in the body of a creation; a body that is something else holds none. */
function idOfBody(text: string): string | undefined {
	try {
		const body = readAnswer(submittedAnswer, parseJson(text), { service: 'Dimona' });
		return idText(body?.declarationStatus?.declarationId) ?? idText(body?.declarationId);
	} catch {
		return undefined;
	}
}
