import { isObject } from '../../lib/answers/json';
import { CheckRun, refusalOf } from '../../lib/connection-check/check-run';
import { checkDeviations, noteDeviations } from '../../lib/connection-check/deviations';
import type { CheckReport } from '../../lib/connection-check/report';
import { figure, say } from '../../lib/connection-check/safe-text';
import { openSocialSecurity } from '../../lib/social-security/check-connection';
import type { HttpClient } from '../../lib/http/client';
import { declarationAnswer, pageAnswer } from './api/answers';
import { DIMONA_PATH, type SearchableResource } from './api/client';
import { dimonaReading } from './api/connection';

const CONSULT = { value: 'scope:dimona:declaration:consult', name: say`declaration:consult` };

const DECLARE = { value: 'scope:dimona:declaration:declarant', name: say`declaration:declarant` };

/** What the node waits for when nothing is set. */
const USUAL_TIMEOUT_SECONDS = 30;

const NAMES = {
	declarations: say`Search declarations`,
	periods: say`Search periods`,
	relations: say`Search relations`,
} as const;

/** No declaration has this number: the service gives them eleven digits or more. */
const NOBODYS_NUMBER = '1';

/**
 * Checks the connection with requests that change nothing: a token, a search of one for each kind,
 * and a declaration that does not exist. Nothing is ever posted to the declarations.
 *
 * @throws GuichetError `invalid_input` when the credential cannot be used at all
 */
export async function checkDimona(
	credential: Record<string, unknown>,
	signal?: AbortSignal,
): Promise<CheckReport> {
	const opened = await openSocialSecurity(credential, {
		service: say`Dimona`,
		scopes: [CONSULT, DECLARE],
		needed: [CONSULT.name, DECLARE.name],
		signal,
	});
	const { run, settings, isUsable } = opened;
	if (!isUsable) {
		run.skip(say`Nothing: an earlier step failed.`, ...Object.values(NAMES));
		return run.report();
	}
	const http = dimonaReading(credential, {
		signal: run.signal,
		timeoutMs: USUAL_TIMEOUT_SECONDS * 1000,
		retry: { maxTries: 1 },
	});
	const base = `${settings.servicesUrl}${DIMONA_PATH}`;
	for (const kind of ['declarations', 'periods', 'relations'] as const)
		await checkSearch(run, http, base, kind);
	await run.step(say`Unknown declaration`, { host: base }, async () => {
		const url = `${base}/declarations/${NOBODYS_NUMBER}`;
		const answer = await run.askWith(http, { method: 'GET', url });
		const facts = { status: figure(answer.status) };
		const isProblem = /problem\+json/.test(answer.headers['content-type'] ?? '');
		run.feature(say`problem+json`, isProblem ? 'yes' : 'no');
		if (answer.status === 404 && !answer.isWebPage)
			return {
				result: 'ok',
				proves: say`A declaration that does not exist is answered as expected.`,
				facts,
			};
		return (
			refusalOf(answer) ?? {
				result: 'warning',
				proves: say`A declaration that cannot exist is answered with a success.`,
				todo: say`Please report it, with this report.`,
				facts,
			}
		);
	});
	await checkDeviations(run);
	run.setTimeoutFor('options', USUAL_TIMEOUT_SECONDS);
	return run.report();
}

async function checkSearch(
	run: CheckRun,
	http: HttpClient,
	base: string,
	kind: SearchableResource,
): Promise<void> {
	await run.step(NAMES[kind], { host: base }, async () => {
		const url = `${base}/${kind}/search`;
		const query = { pageSize: 1, page: 1 };
		const answer = await run.askWith(http, { method: 'POST', url, query, body: { json: {} } });
		const facts = { status: figure(answer.status) };
		const refusal = refusalOf(answer);
		if (refusal && answer.status === 403)
			return {
				...refusal,
				todo: say`Have Dimona activated for this client in Chaman; who declares for others needs a mandate (Mahis).`,
			};
		if (refusal) return refusal;
		if (!noteDeviations(run, say`search`, pageAnswer, answer.body))
			return {
				result: 'failed',
				proves: say`The answer is no page of a search.`,
				todo: say`Please report it, with this report.`,
				facts,
			};
		const { items, next } = pageOf(answer.body);
		if (kind === 'declarations')
			for (const item of items.slice(0, 1))
				noteDeviations(run, say`declaration`, declarationAnswer, item);
		const name = NAMES[kind];
		if (items.length > 0) run.feature(say`${name}: pageSize`, items.length > 1 ? 'no' : 'yes');
		run.see(say`${name}: next`, next);
		return {
			result: 'ok',
			proves:
				items.length === 0
					? say`It may be searched, and nothing is found.`
					: say`It may be searched.`,
			facts,
		};
	});
}

/** In which of the known ways a page says that there is another. */
function pageOf(body: unknown): { items: unknown[]; next: ReturnType<typeof say> } {
	if (!isObject(body)) return { items: body as unknown[], next: say`none: a bare list` };
	const { items, next } = body;
	const list = items as unknown[];
	if (next === undefined || next === null) return { items: list, next: say`absent` };
	if (typeof next === 'string') return { items: list, next: say`a text` };
	return { items: list, next: typeof next === 'boolean' ? say`true or false` : say`an object` };
}
