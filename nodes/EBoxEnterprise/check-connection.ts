import { isObject } from '../../lib/answers/json';
import { type CheckedAnswer, CheckRun, refusalOf } from '../../lib/connection-check/check-run';
import { checkDeviations, noteDeviations } from '../../lib/connection-check/deviations';
import type { CheckReport, Finding, Presence } from '../../lib/connection-check/report';
import {
	figure,
	hostOf,
	oneOf,
	originOf,
	type Safe,
	say,
	version,
} from '../../lib/connection-check/safe-text';
import { checkWay } from '../../lib/connection-check/way';
import type { QueryValue } from '../../lib/http/call';
import { DAY_MS } from '../../lib/time/durations';
import { openSocialSecurity } from '../../lib/social-security/check-connection';
import { itemList, messageAnswer, summaryAnswer } from './api/answers';
import type { EBox } from './api/ebox';
import type { MessageRegistry } from './api/message-registry';
import { type Provider, stateOf } from './api/provider';
import type { V3Names } from './api/v3-names';

const CONSULT = 'scope:document:management:consult:ws-eboxrestentreprise:';
const FEDERATION = 'scope:documentmanagement:ebox:enterprise:federation-rest:';

const CONSUMER = { value: `${CONSULT}documentconsumer`, name: say`documentconsumer` };

const SCOPES = [
	CONSUMER,
	{ value: `${CONSULT}summaryownebox`, name: say`summaryownebox` },
	{ value: `${CONSULT}referencedata`, name: say`referencedata` },
	{ value: `${CONSULT}publicationsender`, name: say`publicationsender` },
	{ value: `${FEDERATION}registry`, name: say`federation-rest:registry` },
	{ value: `${FEDERATION}preference`, name: say`federation-rest:preference` },
];

/** What the node waits for when nothing is set. */
const USUAL_TIMEOUT_SECONDS = 60;

const FULL_PAGE = 100;

/** The filters of contract 2.1 that are tried, with a value of each, and a likely name in 3. */
const filters = (now: Date): Array<[name: string, value: QueryValue, inV3?: string]> => [
	['readStatus', false, 'isRead'],
	['registeredMail', true, 'isRegisteredMail'],
	['visible', true, 'isVisible'],
	['receivedAfter', new Date(now.getTime() - DAY_MS).toISOString().slice(0, 10)],
];

/** Names that version 3 may have for what the API profile calls so. */
const PROPERTIES = {
	actionProperty: ['forAction', 'isForAction', 'action', 'actionRequired'],
	partitionProperty: ['partition', 'partitionName', 'partitionId'],
	visibilityProperty: ['visible', 'isVisible'],
} as const;

const PROFILE_NAMES = Object.keys(PROPERTIES) as Array<keyof typeof PROPERTIES>;

/** Where a service's own statistics are looked for. */
const LIKELY_STATISTICS = '/ebox/statistics';

const EARLIER_FAILED = say`Nothing: an earlier step failed.`;

/** The e-Box of a credential as a check uses it: each request once. */
export type OpenForCheck = (signal: AbortSignal) => { eBox: EBox; v3: V3Names };

/**
 * Checks the connection to every provider with requests that change nothing and mark nothing as
 * read: a token, counters, and lists of messages. No message is opened, no file is fetched.
 *
 * @throws GuichetError `invalid_input` when the credential or the profile cannot be used at all
 */
export async function checkEBox(
	credential: Record<string, unknown>,
	open: OpenForCheck,
	signal?: AbortSignal,
): Promise<CheckReport> {
	const opened = await openSocialSecurity(credential, {
		service: say`e-Box Enterprise`,
		scopes: SCOPES,
		needed: [CONSUMER.name],
		signal,
	});
	const { run, settings, isUsable } = opened;
	const { eBox, v3 } = open(run.signal);
	if (!isUsable) {
		run.skip(EARLIER_FAILED, say`List of providers`, say`Providers`);
		return run.report();
	}
	const providers = await providersOf(run, eBox);
	const known = new Set([new URL(settings.servicesUrl).origin]);
	for (const provider of providers) {
		if (!(await isToBeAsked(run, eBox, provider))) continue;
		const { origin } = new URL(provider.url);
		if (!known.has(origin) && !(await checkWay(run, provider.url, settings.tls, false)).isOpen)
			continue;
		known.add(origin);
		await new ProviderCheck(run, eBox.registry(provider), v3).all();
	}
	await checkDeviations(run);
	run.setTimeoutFor('apiProfile', USUAL_TIMEOUT_SECONDS);
	return run.report();
}

/** The official one first, and each address once. */
async function providersOf(run: CheckRun, eBox: EBox): Promise<Provider[]> {
	let listed: Provider[] = [];
	await run.step(say`List of providers`, {}, async () => {
		if (!eBox.hasList)
			return {
				result: 'ok',
				proves: say`No list of providers is known in this environment: the official one is asked alone.`,
			};
		run.count();
		listed = await eBox.providers();
		const active = listed.filter((one) =>
			['active', 'inMaintenance'].includes(stateOf(one, eBox.now())),
		);
		return {
			result: 'ok',
			proves: say`The federation gives its list of providers.`,
			facts: { providers: figure(listed.length), active: figure(active.length) },
		};
	});
	const { official } = eBox;
	return [official, ...listed.filter(({ url }) => url !== official.url)];
}

/** A provider is asked where it is active and its host was confirmed. */
async function isToBeAsked(run: CheckRun, eBox: EBox, provider: Provider): Promise<boolean> {
	let isAsked = true;
	const isRight = await run.step(say`Provider`, { host: provider.url }, (): Finding => {
		const state = stateOf(provider, eBox.now());
		const facts = {
			state: oneOf(['active', 'inMaintenance', 'notYetActive', 'deactivated'], state),
			spokenVersion: version(provider.version),
			...(provider.apiSupportedVersion === undefined
				? {}
				: { listedVersion: version(provider.apiSupportedVersion) }),
		};
		if (state === 'notYetActive' || state === 'deactivated')
			return { result: 'notTried', proves: say`The provider is not active.`, facts };
		if (!eBox.isTrusted(provider)) {
			run.settingsByHand.push({
				field: say`Trusted Provider Hosts`,
				value: originOf(provider.url),
				why: say`The list of the federation names it. Confirm it in the credential, if it is right: the token is sent there.`,
			});
			isAsked = false;
			return {
				result: 'warning',
				proves: say`Nobody has confirmed this host, so no token was sent there.`,
				todo: say`If it belongs to the federation, put it into "Trusted Provider Hosts" of the credential; its messages are not seen until then.`,
				facts,
			};
		}
		if (state === 'inMaintenance')
			return {
				result: 'warning',
				proves: say`The provider has announced maintenance for now.`,
				todo: say`Check again after it.`,
				facts,
			};
		return { result: 'ok', proves: say`The provider is active, and its host is confirmed.`, facts };
	});
	return isRight && isAsked;
}

class ProviderCheck {
	private readonly host: Safe;

	constructor(
		private readonly run: CheckRun,
		private readonly registry: MessageRegistry,
		private readonly v3: V3Names,
	) {
		this.host = hostOf(registry.provider.url);
	}

	async all(): Promise<void> {
		const isSpoken = await this.summary();
		const speaksV3 = await this.otherVersion();
		if (!isSpoken) {
			if (speaksV3) this.run.set('apiProfile', say`apiVersion`, say`v3`);
			return;
		}
		if (!(await this.messages())) return;
		await this.filters();
		await this.referenceData();
		if (this.isV3) await this.statistics();
	}

	private get isV3(): boolean {
		return this.registry.spec.version === 'v3';
	}

	private async get(url: string, query?: Record<string, QueryValue>): Promise<CheckedAnswer> {
		const { registry } = this;
		return await this.run.ask(async (call) => await registry.custom(call), {
			method: 'GET',
			url,
			query,
		});
	}

	private async step(name: Safe, work: () => Promise<Finding>): Promise<boolean> {
		return await this.run.step(name, { host: this.registry.provider.url }, work);
	}

	private feature(name: Safe, presence: Presence): void {
		this.run.feature(name, presence, this.host);
	}

	private async summary(): Promise<boolean> {
		return await this.step(say`Counters`, async () => {
			const answer = await this.get('/ebox');
			const refusal = refusalOf(answer);
			if (refusal) return refusal;
			return noteDeviations(this.run, say`summary`, summaryAnswer, answer.body)
				? { result: 'ok', proves: say`The counters of the e-Box can be read.` }
				: notAsTheContract();
		});
	}

	private async messages(): Promise<boolean> {
		return await this.step(say`Messages`, async () => {
			const { run, registry } = this;
			const one = await this.get('/ebox/messages', registry.spec.messageQuery({}, 1, 1));
			const refusal = refusalOf(one);
			if (refusal) return refusal;
			const full = await this.get('/ebox/messages', registry.spec.messageQuery({}, 1, FULL_PAGE));
			if (!noteDeviations(run, say`list of messages`, itemList(messageAnswer), full.body))
				return notAsTheContract();
			const items = itemsOf(full);
			for (const item of items) noteDeviations(run, say`message`, messageAnswer, item);
			if (items.length > 0) this.feature(say`pageSize`, itemsOf(one).length > 1 ? 'no' : 'yes');
			const hasTotal = isObject(full.body) && typeof full.body.totalItems === 'number';
			this.feature(say`totalItems`, hasTotal ? 'yes' : 'no');
			run.see(say`messages given of 100`, figure(items.length), this.host);
			this.contents(items);
			return items.length === 0
				? { result: 'ok', proves: say`Messages can be listed, and there are none.` }
				: { result: 'ok', proves: say`Messages can be listed.` };
		});
	}

	/** What messages carry, by the names of their fields. */
	private contents(items: unknown[]): void {
		const messages = items.filter(isObject);
		if (messages.length === 0) return;
		const files = messages.flatMap(({ attachments }) =>
			isObject(attachments) && Array.isArray(attachments.items)
				? (attachments.items as unknown[]).filter(isObject)
				: [],
		);
		if (files.length > 0)
			this.feature(say`digest`, files.some(({ digest }) => isObject(digest)) ? 'yes' : 'no');
		if (!this.isV3) return;
		for (const setting of PROFILE_NAMES) {
			const present = PROPERTIES[setting].find((name) => messages.some((one) => name in one));
			const spoken = this.v3[setting];
			const isThere = messages.some((one) => spoken in one);
			this.feature(oneOf(PROFILE_NAMES, setting), present || isThere ? 'yes' : 'unknown');
			if (present !== undefined && !isThere)
				this.run.set(
					'apiProfile',
					oneOf(PROFILE_NAMES, setting),
					say`${oneOf([present], present)}`,
				);
		}
	}

	/** Each filter by itself: a provider that checks its parameters refuses an unknown one. */
	private async filters(): Promise<void> {
		await this.step(say`Filters`, async () => {
			const refused: Safe[] = [];
			const names: Record<string, Safe> = {};
			for (const [name, value, newName] of filters(new Date())) {
				const spoken = this.isV3 ? this.v3.queryNames[name] : undefined;
				const presence = await this.knows(spoken ?? name, value);
				const safeName = oneOf([name], name);
				this.feature(say`filter ${safeName}`, presence);
				if (presence !== 'no') continue;
				const isRenamed =
					this.isV3 && newName !== undefined && (await this.knows(newName, value)) === 'yes';
				if (isRenamed) names[name] = oneOf([newName], newName);
				else refused.push(safeName);
			}
			if (this.isV3) {
				const partition = await this.knows(this.v3.partitionParameter, 'GENERAL');
				this.feature(say`filter by partition`, partition);
			}
			const renamed = Object.keys(names).length > 0;
			if (renamed) this.run.set('apiProfile', say`queryNames`, names);
			const facts = { refused };
			if (refused.length > 0)
				return {
					result: 'warning',
					proves: say`${figure(refused.length)} filters are not known here.`,
					todo: say`Leave them out, and filter the messages in the workflow.`,
					facts,
				};
			return renamed
				? {
						result: 'warning',
						proves: say`Some filters have other names here.`,
						todo: say`Take "Query Parameter Names" of the API Profile from this report.`,
						facts,
					}
				: { result: 'ok', proves: say`The filters are known here.`, facts };
		});
	}

	private async knows(name: string, value: QueryValue): Promise<Presence> {
		const { spec } = this.registry;
		const answer = await this.get('/ebox/messages', {
			...spec.pageQuery(1, 1),
			[name]: value,
		});
		if (answer.status < 300 && !answer.isWebPage) return 'yes';
		return answer.status === 400 ? 'no' : 'unknown';
	}

	private async referenceData(): Promise<void> {
		await this.step(say`Reference data`, async () => {
			const { spec } = this.registry;
			const query = spec.pageQuery(1, 1);
			const answer = await this.get(spec.referencePath('messageType'), query);
			if (answer.status === 404 && this.isV3) {
				const older = await this.get('/referenceData/messageTypes', query);
				if (refusalOf(older) === undefined) {
					this.run.set('apiProfile', say`referenceDataPath`, say`referenceData`);
					return {
						result: 'warning',
						proves: say`The reference data are at the path of version 2.`,
						todo: say`Take "Reference Data Path" of the API Profile from this report.`,
					};
				}
			}
			const refusal = refusalOf(answer);
			return refusal
				? { ...refusal, result: 'warning' }
				: { result: 'ok', proves: say`The reference data can be read.` };
		});
	}

	/** Optional: that it is not there is no fault. */
	private async statistics(): Promise<void> {
		await this.step(say`Statistics`, async () => {
			const { statisticsPath } = this.v3;
			const answer = await this.get(statisticsPath || LIKELY_STATISTICS);
			const isThere = refusalOf(answer) === undefined && isObject(answer.body);
			this.feature(say`statistics`, isThere ? 'yes' : 'no');
			if (isThere && statisticsPath === '')
				this.run.set('apiProfile', say`statisticsPath`, say`/ebox/statistics`);
			return isThere
				? { result: 'ok', proves: say`The provider has statistics of its own.` }
				: {
						result: 'ok',
						proves: say`The provider has no statistics where they were looked for; the node counts with lists.`,
					};
		});
	}

	/** Whether the provider speaks the other version as well, at the neighbouring address. */
	private async otherVersion(): Promise<boolean> {
		const { url } = this.registry.provider;
		const isOld = /\/v2$/.test(url);
		if (this.isV3 || !isOld) {
			this.feature(say`v3`, this.isV3 ? 'yes' : 'unknown');
			return false;
		}
		let speaks = false;
		await this.step(say`Version 3`, async () => {
			const answer = await this.get(`${url.replace(/v2$/, 'v3')}/ebox`);
			speaks = refusalOf(answer) === undefined;
			this.feature(say`v3`, speaks ? 'yes' : 'no');
			return speaks
				? {
						result: 'ok',
						proves: say`The provider speaks version 3 too; the node speaks the version that is listed.`,
					}
				: { result: 'ok', proves: say`The provider does not speak version 3 at this address.` };
		});
		return speaks;
	}
}

const notAsTheContract = (): Finding => ({
	result: 'failed',
	proves: say`The answer is not as the contract says.`,
	todo: say`Please report it, with this report: the node refuses such answers.`,
});

const itemsOf = ({ body }: CheckedAnswer): unknown[] =>
	isObject(body) && Array.isArray(body.items) ? (body.items as unknown[]) : [];
