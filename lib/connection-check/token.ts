import { GuichetError } from '../errors/guichet-error';
import type { AccessToken, TokenSource } from '../oauth/token-source';
import type { CheckRun } from './check-run';
import type { Fact, Finding } from './report';
import { figure, listed, oneOf, type Safe, say } from './safe-text';

/** A shorter life means a token request every few minutes. Seconds. */
const SHORT_LIFE = 120;

/** RFC 6749, section 5.2. */
const OAUTH_CODES = [
	'invalid_client',
	'invalid_grant',
	'invalid_request',
	'invalid_scope',
	'unauthorized_client',
	'unsupported_grant_type',
	'access_denied',
	'server_error',
	'temporarily_unavailable',
];

/** A scope of the service: its name at the server, and the one that people see. */
export interface KnownScope {
	value: string;
	name: Safe;
}

export interface TokenCheck {
	tokenUrl: string;
	source: TokenSource;
	/** Those that the service is known to have. */
	scopes: readonly KnownScope[];
	/** What to do about a refused client. */
	refusedTodo: Safe;
	/** Where the server does not say how long a token lives. Seconds. */
	assumedLife: number;
}

/**
 * Asks for a token, once.
 *
 * @returns what the server gave; nothing where it gave none
 *
 * @example
 * const token = await checkToken(run, { tokenUrl, source, scopes, refusedTodo, assumedLife: 60 });
 */
export async function checkToken(
	run: CheckRun,
	{ tokenUrl, source, scopes, refusedTodo, assumedLife }: TokenCheck,
): Promise<AccessToken | undefined> {
	let given: AccessToken | undefined;
	await run.step(say`Token`, { host: tokenUrl }, async () => {
		run.count();
		try {
			given = await source.fresh(run.signal);
		} catch (error) {
			return refusedToken(error, refusedTodo);
		}
		return tokenFinding(given, scopes, assumedLife);
	});
	return given;
}

function refusedToken(error: unknown, todo: Safe): Finding {
	if (!(error instanceof GuichetError) || error.code !== 'token_refused') throw error;
	const { status, serviceCodes = [] } = error.details;
	const code = oneOf(OAUTH_CODES, serviceCodes[0]);
	return {
		result: 'failed',
		proves: say`The server gives no token: ${code}.`,
		todo:
			code === 'invalid_scope'
				? say`The client is not granted the scope of the credential: choose another, or have it granted.`
				: todo,
		facts: { code, ...(status === undefined ? {} : { status: figure(status) }) },
	};
}

function tokenFinding(
	{ expiresInSeconds, granted }: AccessToken,
	scopes: readonly KnownScope[],
	assumedLife: number,
): Finding {
	const facts: Record<string, Fact> = {
		type: say`Bearer`,
		lifeIsTold: expiresInSeconds !== undefined,
		lifeSeconds: figure(expiresInSeconds ?? assumedLife),
	};
	if (granted) {
		facts.granted = scopes.filter(({ value }) => granted.includes(value)).map(({ name }) => name);
		facts.otherScopes = figure(
			granted.filter((one) => !scopes.some(({ value }) => value === one)).length,
		);
	}
	if (expiresInSeconds !== undefined && expiresInSeconds < SHORT_LIFE)
		return {
			result: 'warning',
			proves: say`The server gives a token, which lives ${figure(expiresInSeconds)} s only.`,
			todo: say`Nothing: tokens are renewed by themselves. Whether it is meant so can be asked of the service.`,
			facts,
		};
	return { result: 'ok', proves: say`The server gives a token to this client.`, facts };
}

/** Whether a scope is granted: asked for by itself. */
export type ScopeVerdict = 'granted' | 'refused' | 'unknown';

/**
 * Asks for a token for each scope by itself; where the server told the granted ones, nothing is
 * asked. A token that nobody uses changes nothing.
 *
 * @param sourceFor the source of tokens for one scope
 * @param needed the scopes without which the node's usual work fails, by their names
 *
 * @example
 * const verdicts = await checkScopes(run, tokenUrl, SCOPES, [SI], { sourceFor });
 * if (verdicts.get(SI) === 'refused') return;
 */
export async function checkScopes(
	run: CheckRun,
	host: string,
	scopes: readonly KnownScope[],
	needed: readonly Safe[],
	{
		granted,
		sourceFor,
	}: { granted?: readonly string[]; sourceFor: (scope: string) => TokenSource },
): Promise<Map<Safe, ScopeVerdict>> {
	const verdicts = new Map<Safe, ScopeVerdict>();
	await run.step(say`Scopes`, { host }, async () => {
		for (const { value, name } of scopes)
			verdicts.set(name, await verdictOf(run, value, granted, sourceFor));
		const named = (verdict: ScopeVerdict) =>
			scopes.map(({ name }) => name).filter((name) => verdicts.get(name) === verdict);
		const facts = {
			granted: named('granted'),
			missing: named('refused'),
			unknown: named('unknown'),
		};
		const missing = needed.filter((name) => verdicts.get(name) === 'refused');
		if (missing.length > 0)
			return {
				result: 'warning',
				proves: say`The client is not granted: ${listed(missing)}.`,
				todo: say`Have it granted where the client was made; what needs it is refused until then.`,
				facts,
			};
		if (facts.unknown.length > 0)
			return {
				result: 'warning',
				proves: say`Whether the client is granted ${listed(facts.unknown)} could not be found out.`,
				todo: say`Nothing, unless an operation is refused: the server answered something else than a refusal of the scope.`,
				facts,
			};
		return { result: 'ok', proves: say`The client has the scopes that its work needs.`, facts };
	});
	return verdicts;
}

async function verdictOf(
	run: CheckRun,
	scope: string,
	granted: readonly string[] | undefined,
	sourceFor: (scope: string) => TokenSource,
): Promise<ScopeVerdict> {
	if (granted) return granted.includes(scope) ? 'granted' : 'refused';
	run.count();
	return await sourceFor(scope)
		.fresh(run.signal)
		.then(
			// A server may give a token without the scope that it was asked for, and say so.
			(token) =>
				token.granted === undefined || token.granted.includes(scope) ? 'granted' : 'refused',
			(error: unknown) => {
				if (!(error instanceof GuichetError) || run.signal.aborted) throw error;
				if (error.code !== 'token_refused') return 'unknown';
				return error.details.serviceCodes?.[0] === 'invalid_scope' ? 'refused' : 'unknown';
			},
		);
}
