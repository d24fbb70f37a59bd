import type { IDataObject } from 'n8n-workflow';

import { eBoxTable } from '../../../nodes/EBoxEnterprise/table';
import { CLIENT_ID } from '../../../sandbox/ebox';
import { SCOPES } from '../../../sandbox/ebox/routes';
import { json, type InjectedFault } from '../../../sandbox/mock-server';
import { credentialFor, federation } from '../ebox/federation';
import { testService, type TestService } from '../fakes/service';
import {
	type Checked,
	checked,
	featuresOf,
	harmfulCalls,
	leaks,
	plantedObject,
	stepOf,
} from './checked';

const federated = federation();
let atFirst = '';

const stateOf = (): string => JSON.stringify(Object.values(federated.sandbox.boxes));

beforeEach(() => {
	const { sandbox } = federated;
	sandbox.deliver('nsso', { subject: { fr: 'Zacharie Plantagenet 85073003328' } });
	sandbox.deliver('documents', {
		subject: { fr: 'Zacharie Plantagenet' },
		forTheAttentionOf: { type: 'x', id: '85073003328', name: 'Plantagenet' },
	});
	for (const { calls } of Object.values(sandbox.mockServers)) calls.clear();
	atFirst = stateOf();
	expect(atFirst).toContain('Zacharie');
});

afterEach(() => {
	expect(harmfulCalls(...Object.values(federated.sandbox.mockServers))).toEqual([]);
	expect(stateOf()).toBe(atFirst);
});

async function check(profile: IDataObject = {}, more: IDataObject = {}): Promise<Checked> {
	const { sandbox } = federated;
	const credential = {
		...credentialFor(sandbox),
		trustedProviderHosts: sandbox.trustedHosts.join(', '),
		...more,
	};
	const found = await checked(
		eBoxTable,
		{ socialSecurityCertificateOAuth2Api: credential as IDataObject },
		{ apiProfile: profile },
	);
	expect(leaks(found, [CLIENT_ID, sandbox.privateKey.slice(40, 80)])).toEqual([]);
	expect(found.report.calls).toBeLessThanOrEqual(80);
	return found;
}

const hostOf = (name: 'nsso' | 'documents' | 'regional' | 'failing' | 'maintenance' | 'foreign') =>
	new URL(federated.sandbox.mockServers[name].url).host;

const stepAt = ({ report }: Checked, name: string, host: string) =>
	report.steps.find((step) => String(step.name) === name && String(step.host) === host);

const fail = (how: InjectedFault, path: string) =>
	federated.sandbox.mockServers.nsso.failNext({ how, path, times: 99 });

describe('Connection: Check of the e-Box', () => {
	it('finds the providers of both versions, and what each offers', async () => {
		const found = await check();
		expect(found.report).toMatchObject({
			service: 'e-Box Enterprise',
			verdict: 'ok',
			settings: {},
		});
		expect(featuresOf(found)).toMatchObject({
			[`${hostOf('nsso')}: v3`]: 'yes',
			[`${hostOf('documents')}: v3`]: 'yes',
			[`${hostOf('regional')}: v3`]: 'no',
			[`${hostOf('documents')}: filter by partition`]: 'yes',
			[`${hostOf('documents')}: statistics`]: 'no',
			[`${hostOf('nsso')}: filter readStatus`]: 'yes',
			[`${hostOf('nsso')}: digest`]: 'yes',
		});
	});

	it('sends no token to a host that nobody has confirmed, and says which field is for it', async () => {
		const { sandbox } = federated;
		sandbox.listed = ['nsso', 'documents', 'foreign'];
		const found = await check({}, { trustedProviderHosts: sandbox.mockServers.documents.url });
		expect(found.report.verdict).toBe('warning');
		expect(found.report.settingsByHand).toMatchObject([
			{ field: 'Trusted Provider Hosts', value: sandbox.mockServers.foreign.url },
		]);
		expect(sandbox.mockServers.foreign.calls.list()).toEqual([]);
	});

	it('names a provider that fails, one in maintenance, and those that are not active', async () => {
		federated.sandbox.listed = ['nsso', 'failing', 'maintenance', 'retired', 'coming'];
		const found = await check();
		expect(stepAt(found, 'Counters', hostOf('failing'))).toMatchObject({
			result: 'failed',
			facts: { status: 503 },
		});
		expect(stepAt(found, 'Provider', hostOf('maintenance'))).toMatchObject({ result: 'warning' });
		const states = found.report.steps.map(({ facts }) => facts.state).filter(Boolean);
		expect(states).toEqual(['active', 'active', 'inMaintenance', 'deactivated', 'notYetActive']);
	});

	it('names scopes that are missing', async () => {
		const { tokens, certificate } = federated.sandbox;
		tokens.register({ clientId: CLIENT_ID, certificate, scopes: [SCOPES.summary] });
		const found = await check();
		tokens.register({ clientId: CLIENT_ID, certificate, scopes: Object.values(SCOPES) });
		expect(stepOf(found, 'Scopes')).toMatchObject({
			result: 'warning',
			facts: { granted: ['summaryownebox'] },
		});
		expect(stepOf(found, 'List of providers')).toMatchObject({
			result: 'failed',
			facts: { status: 403 },
		});
		expect(stepAt(found, 'Counters', hostOf('nsso'))).toMatchObject({ result: 'ok' });
		expect(stepAt(found, 'Messages', hostOf('nsso'))).toMatchObject({ result: 'failed' });
	});

	it('says that version 3 is to be spoken where version 2 has ended', async () => {
		fail({ kind: 'status', status: 404 }, '/messageRegistry/v2/');
		const { report } = await check();
		expect(report.settings).toEqual({ apiProfile: { apiVersion: 'v3' } });
	});

	it('asks the official provider alone in an environment without a list', async () => {
		const registryUrl = `${federated.sandbox.url}/REST/ebox/enterprise/messageRegistry/v3`;
		const found = await check({ registryUrl, federationUrl: '', apiVersion: 'v3' });
		expect(stepAt(found, 'Messages', hostOf('nsso'))).toMatchObject({ result: 'ok' });
	});

	it.each<[string, InjectedFault, string]>([
		['another environment', { kind: 'status', status: 401 }, 'refuses a token'],
		['too many requests', { kind: 'status', status: 429 }, 'fewer requests'],
		['a failing provider', { kind: 'status', status: 502 }, 'fails (HTTP 502)'],
		['a web page in its place', { kind: 'html' }, 'web page'],
		['an answer without its fields', { kind: 'status', status: 200, body: '{}' }, 'not as'],
	])('names %s', async (_, how, words) => {
		fail(how, '/messageRegistry/v2/ebox$');
		const found = await check();
		const step = stepAt(found, 'Counters', hostOf('nsso'));
		expect(step).toMatchObject({ result: 'failed' });
		expect(step?.proves).toContain(words);
		expect(stepAt(found, 'Messages', hostOf('documents'))).toMatchObject({ result: 'ok' });
	});

	it('names an authority that is not known', async () => {
		const found = await check({}, { extraCa: '' });
		expect(stepOf(found, 'TLS')).toMatchObject({ result: 'failed' });
		expect(found.report.settingsByHand).toEqual([]);
	});

	it('asks for no token with a clock that is wrong', async () => {
		const { sandbox } = federated;
		const date = new Date(Date.now() - 300_000).toUTCString();
		fail({ kind: 'headers', headers: { date } }, '^/$');
		expect(stepOf(await check(), 'Clock').result).toBe('failed');
		expect(sandbox.mockServers.nsso.calls.counters().tokenRequests).toBe(0);
	});

	describe('of a provider with names of its own', () => {
		let own: TestService;
		let message: Record<string, unknown> = {};

		beforeEach(async () => {
			own = await testService();
			const { sandbox } = federated;
			sandbox.listed = ['nsso'];
			sandbox.extraEntries.push({
				messageProviderId: 'Zacharie Plantagenet',
				messageProviderName: { fr: 'Zacharie' },
				messageProviderUrl: `${own.url}/v3`,
				apiSupportedVersion: '3.5',
			});
			message = {
				messageId: '85073003328',
				subject: { fr: 'Zacharie' },
				receiptDate: '2026-01-01T00:00:00Z',
				expirationDate: '2027-01-01T00:00:00Z',
				messageTypeId: 'Plantagenet',
				isVisible: true,
				isForAction: true,
				zacharieKey: 'top-secret-value',
			};
			own.answer(({ path, query }) => {
				if (path === '/v3/ebox') return json(200, { numberOfMessages: 1 });
				if (path === '/v3/ebox/statistics') return json(200, { unread: 1 });
				if (path === '/v3/referenceData/messageTypes') return json(200, { items: [] });
				if (path !== '/v3/ebox/messages') return json(404, plantedObject());
				const isUnknown = ['readStatus', 'receivedAfter'].some((name) => query.has(name));
				if (isUnknown) return json(400, plantedObject());
				return json(200, { items: [message], totalItems: 1 });
			});
		});

		afterEach(async () => await own.close());

		const profile = () => ({ trustedHosts: own.url });

		it('finds the names, as an API profile that can be taken over', async () => {
			const { report } = await check(profile());
			expect(report.settings).toEqual({
				apiProfile: {
					actionProperty: 'isForAction',
					visibilityProperty: 'isVisible',
					queryNames: { readStatus: 'isRead' },
					referenceDataPath: 'referenceData',
					statisticsPath: '/ebox/statistics',
				},
			});
			expect(report.verdict).toBe('warning');
		});

		it('speaks with the profile that it found, and finds nothing more to set', async () => {
			const { report } = await check(profile());
			const again = await check({
				...(report.settings.apiProfile as unknown as IDataObject),
				...profile(),
			});
			expect(again.report.settings).toEqual({});
		});

		it('names what a message lacks, and shows nothing of it', async () => {
			delete message.receiptDate;
			message.subject = 'Zacharie Plantagenet';
			const { report } = await check(profile());
			expect(report.verdict).toBe('failed');
			expect(report.deviations).toContainEqual({
				answer: 'list of messages',
				field: 'items.receiptDate',
				problem: 'missing',
			});
		});
	});

	it('shows nothing of what answers hold, whichever they are', async () => {
		const planted = plantedObject();
		for (const body of [planted, { items: [planted], totalItems: 85073003328 }]) {
			federated.sandbox.mockServers.nsso.clearFailures();
			fail({ kind: 'status', status: 200, body: JSON.stringify(body) }, 'messageRegistry');
			await check();
		}
		fail({ kind: 'status', status: 200, body: JSON.stringify([planted]) }, 'messageProviders');
		await check();
	});
});
