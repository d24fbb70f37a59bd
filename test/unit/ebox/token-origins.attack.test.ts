import { text } from 'node:stream/consumers';

import { Fields } from '../../../lib/node/fields';
import { openEBox } from '../../../nodes/EBoxEnterprise/connect';
import { TrustedOrigins } from '../../../nodes/EBoxEnterprise/api/trusted-origins';
import type { EBoxSandbox } from '../../../sandbox/ebox';
import { credentialFor, eBoxOf, failureOf, federation } from './federation';

const around = federation();

/** Whatever reached the foreign origin, with or without a token. */
const reachedForeign = (sandbox: EBoxSandbox) =>
	sandbox.mockServers.foreign.calls
		.list()
		.map(({ path, authorization }) => ({ path, authorization }));

describe('the access token never leaves the confirmed origins', () => {
	it('is not sent to a provider of the list whose host nobody has confirmed', async () => {
		const { sandbox } = around;
		sandbox.listed = ['nsso', 'foreign'];
		const eBox = eBoxOf(sandbox);
		const outcomes = await eBox.queryProviders(
			await eBox.selectProviders({ mode: 'all' }),
			async (registry) => await registry.messages({}),
		);
		expect(outcomes.map(({ failure }) => failure?.code)).toEqual([undefined, 'untrusted_address']);
		expect(outcomes[1].failure?.message).toContain(sandbox.mockServers.foreign.url);
		expect(outcomes[1].failure?.details.hint).toMatch(/Trusted Provider Hosts/);
		expect(reachedForeign(sandbox)).toEqual([]);
	});

	it('is sent there once the host was confirmed, so that the refusal above is not for another reason', async () => {
		const { sandbox } = around;
		sandbox.listed = ['foreign'];
		const eBox = eBoxOf(sandbox, { trustedHosts: [sandbox.mockServers.foreign.url] });
		await eBox.queryProviders(
			await eBox.selectProviders({ mode: 'all' }),
			async (registry) => await registry.messages({}),
		);
		expect(reachedForeign(sandbox)).toEqual([
			{ path: '/ebox/ebox/messages', authorization: 'Bearer' },
		]);
	});

	it('is sent where the credential confirms the host, besides what a node confirms for itself', async () => {
		const { sandbox } = around;
		sandbox.listed = ['nsso', 'documents', 'regional', 'foreign'];
		const trusted = async (inCredential: string, inProfile: string) => {
			const profile = new Fields({
				value: (name) => (name === 'trustedHosts' ? inProfile : undefined),
				label: (name) => name,
			});
			const { eBox } = openEBox(
				{ ...credentialFor(sandbox), trustedProviderHosts: inCredential },
				profile,
			);
			return (await eBox.providers()).filter((one) => eBox.isTrusted(one)).map(({ id }) => id);
		};
		const { documents, regional } = sandbox.mockServers;
		expect(await trusted('', '')).toEqual(['nsso']);
		expect(await trusted(`${documents.url}, ${regional.url}`, '')).toEqual([
			'nsso',
			'documents',
			'regional',
		]);
		expect(await trusted(documents.url, regional.url)).toEqual(['nsso', 'documents', 'regional']);
		await expect(trusted('http://ebox.provider.example', '')).rejects.toThrow(
			/Trusted Provider Hosts must be https/,
		);
	});

	it.each([
		['plain http', (foreign: string) => foreign.replace('https:', 'http:')],
		[
			'a trusted host as user name',
			(foreign: string, home: string) =>
				foreign.replace('https://', `https://${new URL(home).host}@`),
		],
		[
			'a trusted host as user and password',
			(foreign: string) => foreign.replace('https://', 'https://127.0.0.1:443@'),
		],
		['a backslash', (foreign: string, home: string) => `${home}\\@${new URL(foreign).host}/ebox`],
		['another scheme', (foreign: string) => foreign.replace('https:', 'ftp:')],
		['a query', (_: string, home: string) => `${home}/?x=`],
		['a fragment', (_: string, home: string) => `${home}/#`],
		['no address', () => ''],
		['no URL', () => 'not an address'],
	])('refuses a provider address with %s', async (_, addressOf) => {
		const { sandbox } = around;
		sandbox.listed = [];
		const address = addressOf(sandbox.registryUrl('foreign'), sandbox.url);
		sandbox.extraEntries.push({ messageProviderId: 'odd', messageProviderUrl: address });
		const eBox = eBoxOf(sandbox);
		const [outcome] = await eBox.queryProviders(
			await eBox.selectProviders({ mode: 'all' }),
			async (registry) => await registry.messages({}),
		);
		expect(outcome.failure?.code).toBe('untrusted_address');
		expect(reachedForeign(sandbox)).toEqual([]);
	});

	it('does not travel along a redirect', async () => {
		const { sandbox } = around;
		sandbox.mockServers.nsso.failNext({
			path: '/ebox/messages$',
			how: { kind: 'redirect', location: `${sandbox.registryUrl('foreign')}/ebox/messages` },
		});
		const eBox = eBoxOf(sandbox);
		const failure = await failureOf(eBox.registry(eBox.official).messages({}));
		expect(failure.code).toBe('redirected');
		expect(reachedForeign(sandbox)).toEqual([]);
	});

	it.each(['https://foreign', '//foreign', 'http://foreign', 'https://home@foreign'])(
		'does not follow a link of an attachment to %s',
		async (form) => {
			const { sandbox } = around;
			const foreignHost = new URL(sandbox.mockServers.foreign.url).host;
			const homeHost = new URL(sandbox.url).host;
			const contentHref = `${form.replace('foreign', foreignHost).replace('home', homeHost)}/file`;
			const [message] = sandbox.deliver('nsso', {});
			Object.assign(message.files[0], { withoutId: true, contentHref });
			const eBox = eBoxOf(sandbox);
			const registry = eBox.registry(eBox.official);
			const [file] = await registry.attachments(message.messageId);
			expect(file.contentHref).toBe(contentHref);
			const failure = await failureOf(
				registry.content(message.messageId, file, async (body) => await text(body)),
			);
			expect(failure.code).toBe('untrusted_address');
			expect(message.readStatus).toBe(false);
			expect(reachedForeign(sandbox)).toEqual([]);
		},
	);

	it('prefers the id of an attachment to a link that leads away', async () => {
		const { sandbox } = around;
		const [message] = sandbox.deliver('nsso', {});
		message.files[0].contentHref = `${sandbox.mockServers.foreign.url}/file`;
		const eBox = eBoxOf(sandbox);
		const registry = eBox.registry(eBox.official);
		const [file] = await registry.attachments(message.messageId);
		const content = await registry.content(
			message.messageId,
			file,
			async (body) => await text(body),
		);
		expect(content).toContain('%PDF');
		expect(reachedForeign(sandbox)).toEqual([]);
	});

	it.each(['https://foreign/x', '//foreign/x', '/\\foreign/x', 'HTTPS://foreign/x', '@foreign/x'])(
		'does not let a custom request out to %s',
		async (form) => {
			const { sandbox } = around;
			const url = form.replace('foreign', new URL(sandbox.mockServers.foreign.url).host);
			const eBox = eBoxOf(sandbox);
			const registry = eBox.registry(eBox.official);
			await failureOf(registry.custom({ method: 'GET', url, repeat: 'never' }));
			expect(reachedForeign(sandbox)).toEqual([]);
		},
	);

	it('is in no error that a provider can provoke by echoing it', async () => {
		const { sandbox } = around;
		const eBox = eBoxOf(sandbox);
		const registry = eBox.registry(eBox.official);
		await registry.summary();
		const header = await eBox.authorization();
		sandbox.mockServers.nsso.failNext({
			times: 9,
			how: { kind: 'status', status: 400, body: JSON.stringify({ code: 'X', message: header }) },
		});
		const failure = await failureOf(registry.summary());
		const shown = JSON.stringify([failure, failure.message, failure.description, failure.stack]);
		expect(header).toMatch(/^Bearer .{20}/);
		expect(shown).not.toContain(header.slice(7));
	});
});

describe('what a person confirms', () => {
	it.each([
		'http://ebox.example.be',
		'https://*.example.be',
		'https://u:p@example.be',
		'ftp://x',
		'',
	])('is refused when it is no https origin: "%s"', (host) => {
		expect(() => new TrustedOrigins([], [host])).toThrow(/Trusted Provider Hosts/);
	});

	it('may be a bare host, and counts for that origin alone', () => {
		const trusted = new TrustedOrigins(['https://services.example.be/REST'], ['ebox.example.be']);
		expect(trusted.isTrusted('https://ebox.example.be/registry/v3')).toBe(true);
		expect(trusted.isTrusted('https://services.example.be/other')).toBe(true);
		expect(trusted.isTrusted('https://ebox.example.be:8443/registry')).toBe(false);
		expect(trusted.isTrusted('https://sub.ebox.example.be/')).toBe(false);
		expect(trusted.isTrusted('https://ebox.example.be.evil.example/')).toBe(false);
	});
});
