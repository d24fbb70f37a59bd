import * as v from 'valibot';

import { isObject } from '../../lib/answers/json';
import type { AnswerSchema } from '../../lib/answers/schema';
import { type CheckedAnswer, CheckRun, refusalOf } from '../../lib/connection-check/check-run';
import { checkDeviations, noteDeviations } from '../../lib/connection-check/deviations';
import type { CheckReport, Finding } from '../../lib/connection-check/report';
import { fieldName, figure, oneOf, type Safe, say } from '../../lib/connection-check/safe-text';
import { checkScopes, checkToken } from '../../lib/connection-check/token';
import { checkWay } from '../../lib/connection-check/way';
import { GuichetError } from '../../lib/errors/guichet-error';
import { pathOf } from '../../lib/http/call';
import type { HttpClient } from '../../lib/http/client';
import { tlsSettings } from '../../lib/http/tls-settings';
import {
	caseAnswer,
	notificationAnswer,
	organizationAnswer,
	processAnswer,
	subscriptionAnswer,
} from './api/answers';
import { type HubEeCredential, hubEeHttp, hubEeTokenSource } from './api/connection';
import { hubEeUrls } from './api/environments';

const ROLES = ['SI', 'OSL', 'ADMIN', 'DATAPASS'] as const;

const ENVIRONMENTS = ['production', 'preproduction', 'recette', 'custom'];

/** One hour (HubEE contract V2, 2024). */
const ASSUMED_LIFE = 3600;

/** What the node waits for when nothing is set. */
const USUAL_TIMEOUT_SECONDS = 60;

/** No process and no case is called so, and it is no UUID. */
const NOBODYS_NAME = 'connection-check';

interface ReadableList {
	name: Safe;
	answer: Safe;
	path: string;
	query: Record<string, string | number>;
	schema: AnswerSchema;
	/** Whom the contract allows it (swaggers of the folder and referential APIs). */
	roles: readonly string[];
	/** For whom nothing works without it. */
	neededBy: readonly string[];
}

const PAGE_OF_ONE = { maxResult: 1, offSet: 0 };

const NOTIFICATIONS: ReadableList = {
	name: say`Notifications`,
	answer: say`notification`,
	path: '/teledossiers/v1/notifications',
	query: { maxResult: 1 },
	schema: notificationAnswer,
	roles: ['SI', 'OSL', 'ADMIN'],
	neededBy: ['SI', 'OSL'],
};

const SUBSCRIPTIONS: ReadableList = {
	name: say`Subscriptions`,
	answer: say`subscription`,
	path: '/referential/v1/subscriptions',
	query: PAGE_OF_ONE,
	schema: subscriptionAnswer,
	roles: ['OSL', 'ADMIN'],
	neededBy: ['ADMIN'],
};

const ORGANIZATIONS: ReadableList = {
	name: say`Organizations`,
	answer: say`organization`,
	path: '/referential/v1/organizations',
	query: PAGE_OF_ONE,
	schema: organizationAnswer,
	roles: ['ADMIN'],
	neededBy: [],
};

const PROCESSES: ReadableList = {
	name: say`Processes`,
	answer: say`process`,
	path: '/referential/v1/processes',
	query: {},
	schema: processAnswer,
	roles: ['ADMIN'],
	neededBy: [],
};

const EARLIER_FAILED = say`Nothing: an earlier step failed.`;

/**
 * Checks the connection of one account with requests that change nothing: a token, lists of one,
 * and requests about a name that nobody has.
 *
 * @throws GuichetError `invalid_input` when the credential cannot be used at all
 */
export async function checkHubEe(
	credential: HubEeCredential,
	signal?: AbortSignal,
): Promise<CheckReport> {
	const role = oneOf(ROLES, credential.scope);
	const environment = oneOf(ENVIRONMENTS, credential.environment);
	const run = new CheckRun({ service: say`HubEE`, role, environment }, signal);
	const { environment: preset, baseUrl: custom, tokenUrl: customToken } = credential;
	const { baseUrl, tokenUrl } = hubEeUrls(preset, custom, customToken);
	const source = hubEeTokenSource(credential);
	const http = hubEeHttp(credential, {
		signal: run.signal,
		retry: { maxTries: 1 },
		timeoutMs: USUAL_TIMEOUT_SECONDS * 1000,
	});
	const tls = tlsSettings(credential);
	const api = await checkWay(run, baseUrl, tls, false);
	const isOneHost = new URL(baseUrl).origin === new URL(tokenUrl).origin;
	const login = isOneHost ? api : await checkWay(run, tokenUrl, tls, false);
	if (!login.isOpen) {
		run.skip(EARLIER_FAILED, say`Token`);
		return run.report();
	}
	const token = await checkToken(run, {
		tokenUrl,
		source,
		scopes: ROLES.map((value) => ({ value, name: oneOf(ROLES, value) })),
		assumedLife: ASSUMED_LIFE,
		refusedTodo: say`Check the client ID and secret, and that they were issued for this environment: each subscription and each environment has its own pair.`,
	});
	if (!token || !api.isOpen) {
		run.skip(EARLIER_FAILED, say`Scopes`, say`Notifications`);
		return run.report();
	}
	await checkScopes(
		run,
		tokenUrl,
		ROLES.map((value) => ({ value, name: oneOf(ROLES, value) })),
		[role],
		{ sourceFor: (scope) => hubEeTokenSource({ ...credential, scope }) },
	);
	await new HubEeCheck(run, http, credential.scope).services();
	await checkDeviations(run);
	run.setTimeoutFor('options', USUAL_TIMEOUT_SECONDS);
	return run.report();
}

class HubEeCheck {
	constructor(
		private readonly run: CheckRun,
		private readonly http: HttpClient,
		private readonly role: string,
	) {}

	async services(): Promise<void> {
		const queue = await this.list(NOTIFICATIONS);
		if (queue) await this.queueFeatures();
		const [first] = queue ?? [];
		if (isObject(first) && typeof first.caseId === 'string') await this.caseOf(first.caseId);
		for (const list of [SUBSCRIPTIONS, ORGANIZATIONS, PROCESSES]) await this.list(list);
		if (queue) await this.methods();
	}

	/** A list of one; its items, where the account may read it. */
	private async list(wanted: ReadableList): Promise<unknown[] | undefined> {
		let items: unknown[] | undefined;
		const { http, run } = this;
		await run.step(wanted.name, { host: http.baseUrl }, async () => {
			const { path, query, answer: what, schema } = wanted;
			const answer = await run.askWith(http, { method: 'GET', url: path, query });
			const facts = { status: figure(answer.status) };
			if (answer.status === 403 && !answer.isWebPage) return { ...this.refused(wanted), facts };
			const refusal = refusalOf(answer);
			if (refusal) return refusal;
			if (!noteDeviations(run, what, v.array(v.unknown()), answer.body)) return noList(facts);
			items = answer.body as unknown[];
			for (const one of items.slice(0, 1)) noteDeviations(run, what, schema, one);
			this.noteList(wanted, answer, items.length);
			return this.readable(items.length, facts);
		});
		return items;
	}

	private readable(given: number, facts: Finding['facts']): Finding {
		return {
			result: 'ok',
			proves: given === 0 ? say`It may be read, and is empty.` : say`It may be read.`,
			facts,
		};
	}

	private refused({ roles, neededBy }: ReadableList): Finding {
		const { role } = this;
		if (neededBy.includes(role))
			return {
				result: 'failed',
				proves: say`HubEE accepts the client ID, and refuses it what its scope is for.`,
				todo: say`Check that the scope of the credential is the one for which the client ID was issued, and that the subscription is active with the access mode API.`,
			};
		if (roles.includes(role))
			return {
				result: 'warning',
				proves: say`This account may not read it, although the contract allows it to the scope.`,
				todo: say`Ask HubEE's support if you need it.`,
			};
		return { result: 'ok', proves: say`This account may not read it, as the contract says.` };
	}

	private noteList(
		{ name, path, query }: ReadableList,
		answer: CheckedAnswer,
		given: number,
	): void {
		const { run } = this;
		if (query.maxResult === 1 && given > 0)
			run.feature(say`${name}: maxResult`, given > 1 ? 'no' : 'yes');
		if (!path.startsWith('/referential')) return;
		const total = /\/(\d+)$/.exec(answer.headers['content-range'] ?? '')?.[1];
		run.feature(say`${name}: Content-Range`, total === undefined ? 'no' : 'yes');
		if (total !== undefined) run.see(say`${name}: total`, figure(Number(total)));
	}

	private async queueFeatures(): Promise<void> {
		const { run, http } = this;
		await run.step(say`Queue parameters`, { host: http.baseUrl }, async () => {
			const ask = async (query: Record<string, string | number>) =>
				await run.askWith(http, { method: 'GET', url: NOTIFICATIONS.path, query });
			const detailed = await ask({ maxResult: 1, eventDetails: 'true' });
			const eventDetails = presenceOf(detailed);
			const filtered = await ask({ maxResult: 1, processCode: NOBODYS_NAME });
			const isIgnored = Array.isArray(filtered.body) && filtered.body.length > 0;
			const processCode = isIgnored ? 'no' : presenceOf(filtered);
			run.feature(say`eventDetails`, eventDetails);
			run.feature(say`processCode`, processCode);
			run.feature(
				say`processPriority`,
				presenceOf(await ask({ maxResult: 1, processPriority: NOBODYS_NAME })),
			);
			const many = await ask({ maxResult: 100 });
			if (Array.isArray(many.body))
				run.see(say`Notifications: given of 100`, figure(many.body.length));
			const facts = { eventDetails: eventDetails === 'yes', processCode: processCode === 'yes' };
			if (eventDetails === 'no')
				return {
					result: 'warning',
					proves: say`This environment does not know "eventDetails": it runs an older release.`,
					todo: say`Nothing: the node asks for each event instead, which takes a request more for each.`,
					facts,
				};
			if (processCode === 'no')
				return {
					result: 'warning',
					proves: say`The queue cannot be filtered by process here.`,
					todo: say`Let one workflow read the queue, and branch by "processCode" in it.`,
					facts,
				};
			return { result: 'ok', proves: say`The parameters of the queue are known here.`, facts };
		});
	}

	/** Reading a case changes nothing at HubEE. */
	private async caseOf(caseId: string): Promise<void> {
		const { run, http } = this;
		await run.step(say`Case`, { host: http.baseUrl }, async () => {
			const url = `/teledossiers/v1${pathOf`/cases/${caseId}`}`;
			const whole = await run.askWith(http, { method: 'GET', url });
			const refusal = refusalOf(whole);
			if (refusal) return { ...refusal, result: 'warning' };
			noteDeviations(run, say`case`, caseAnswer, whole.body);
			const lite = await run.askWith(http, { method: 'GET', url, query: { lite: 'true' } });
			run.feature(say`lite`, presenceOf(lite));
			if (isObject(lite.body) && isObject(whole.body)) {
				const { body } = lite;
				const left = Object.keys(whole.body).filter((name) => !(name in (body as object)));
				run.see(
					say`lite: left out`,
					left.flatMap((name) => fieldName(name) ?? []),
				);
			}
			return { result: 'ok', proves: say`A case of the queue can be read.` };
		});
	}

	/**
	 * Networks block methods. What is asked for has an id that no object can have, so that HubEE
	 * refuses it before anything else.
	 */
	private async methods(): Promise<void> {
		const { run, http } = this;
		const cases = `/teledossiers/v1/cases/${NOBODYS_NAME}`;
		await run.step(say`Methods`, { host: http.baseUrl }, async () => {
			const patch = await this.reaches({ method: 'PATCH', url: cases, body: { json: {} } });
			const remove = await this.reaches({
				method: 'DELETE',
				url: `${NOTIFICATIONS.path}/${NOBODYS_NAME}`,
			});
			const facts = { patch, delete: remove };
			if (!remove)
				return {
					result: 'failed',
					proves: say`DELETE does not get through to HubEE, so that no notification can be acknowledged.`,
					todo: say`Have DELETE allowed by the proxy or firewall on the way.`,
					facts,
				};
			if (patch) return { result: 'ok', proves: say`PATCH and DELETE get through.`, facts };
			const override = await this.reaches({
				method: 'POST',
				url: cases,
				headers: { 'X-HTTP-Method-Override': 'PATCH' },
				body: { json: {} },
			});
			if (override) run.set('options', say`patchByOverride`, true);
			return {
				result: override ? 'warning' : 'failed',
				proves: override
					? say`PATCH does not get through to HubEE; POST in its place does.`
					: say`Neither PATCH nor POST in its place gets through to HubEE.`,
				todo: override
					? say`Switch on the option "Send PATCH as POST".`
					: say`Have PATCH allowed by the proxy or firewall on the way.`,
				facts: { ...facts, override },
			};
		});
	}

	/** Whether the refusal that comes is one of the gateway itself, in its own form. */
	private async reaches(call: Parameters<CheckRun['askWith']>[1]): Promise<boolean> {
		const { run, http } = this;
		const answer = await run.askWith(http, call).catch((error: unknown) => {
			const isCut = error instanceof GuichetError && error.code !== 'cancelled';
			if (isCut) return undefined;
			throw error;
		});
		if (!answer) return false;
		const { status, body } = answer;
		return status >= 400 && status !== 405 && isObject(body) && Array.isArray(body.errors);
	}
}

const noList = (facts: Finding['facts']): Finding => ({
	result: 'failed',
	proves: say`The answer is no list.`,
	todo: say`Check the addresses in the credential; a proxy may answer in place of the service.`,
	facts,
});

/** A parameter that is not known is refused by the gateway with 400. */
function presenceOf({ status, isWebPage }: CheckedAnswer): 'yes' | 'no' | 'unknown' {
	if (status < 300 && !isWebPage) return 'yes';
	return status === 400 ? 'no' : 'unknown';
}
