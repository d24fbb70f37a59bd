import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { type Answer, type Call, json, MockServer, MockClock, TestAuthority } from '../mock-server';
import type { MockServerSettings, N8nCredential, PageSection, Receiver } from '../mock-server';
import {
	ASSERTION_RULES,
	type AssertionRules,
	AuthorizationServer,
	type Caller,
} from '../social-security';
import { type StoredMessage, newMessage } from './stored-message';
import { administration } from './administration';
import { CERTIFICATE_LABELS, eBoxControls } from './controls';
import { Mailbox } from './mailbox';
import { type Preferences, searchPreferences, seededPreferences } from './preferences';
import {
	providerEntry,
	LIST,
	pathsOf,
	PREFERENCES,
	type ProviderName,
	PROVIDERS,
} from './providers';
import { Refusal, refused } from './refusal';
import { Registry } from './registry';
import { SCOPES, handleRegistryCall } from './routes';
import { seededMail } from './seed';

/** The enterprise whose e-Box this is, and its client, registered with all scopes. */
export const ENTERPRISE = '0474028805';

export const CLIENT_ID = 'self_service_chaman_123456_a1b2c3d4e5';

const HEALTHY: ProviderName[] = ['nsso', 'documents', 'regional'];

export interface EBoxSandboxOptions extends MockServerSettings {
	/** PEM certificate of the client that may ask for tokens. A key pair is made when absent. */
	certificate?: string;
	/** Milliseconds that the slow provider takes for every answer. */
	slowness?: number;
}

/**
 * The stand-ins of the federation: token endpoint, list of providers, and several Document
 * Providers on origins of their own.
 */
export class EBoxSandbox {
	readonly boxes = Object.fromEntries(
		Object.keys(PROVIDERS).map((name) => [name, new Mailbox()]),
	) as Record<ProviderName, Mailbox>;

	/** Providers in the list, in its order. */
	listed: ProviderName[] = [...HEALTHY];

	/** How many milliseconds the clock of a provider is ahead. */
	clockSkew: Partial<Record<ProviderName, number>> = {};

	/** Entries of the list as they are, for hostile ones. */
	readonly extraEntries: unknown[] = [];

	/** What enterprises have chosen, by their numbers. */
	readonly preferences = new Map<string, Preferences>();

	readonly mockServers: Record<ProviderName, MockServer>;

	readonly clock: MockClock;

	private constructor(private readonly shared: Shared) {
		this.mockServers = shared.mockServers;
		this.clock = shared.clock;
	}

	static async start(options: EBoxSandboxOptions = {}): Promise<EBoxSandbox> {
		const authority =
			options.tls === true ? await TestAuthority.create() : options.tls || undefined;
		const clients = authority ?? (await TestAuthority.create('Sandbox clients'));
		const pair = options.certificate
			? { certificate: options.certificate, key: '' }
			: await clients.issueClient({ commonName: CLIENT_ID });
		const clock = new MockClock();
		const shared: Shared = {
			clock,
			key: pair.key,
			certificate: pair.certificate,
			ca: authority?.certificate,
			mockServers: {} as Record<ProviderName, MockServer>,
		};
		const rules = { ...ASSERTION_RULES };
		const receiver: Receiver = { strict: options.strict ?? false };
		let sandbox: EBoxSandbox | undefined = undefined;
		const running = (): EBoxSandbox => {
			if (!sandbox) throw new Error('The sandbox has not been started');
			return sandbox;
		};
		const start = async (name: ProviderName): Promise<void> => {
			const isFirst = name === 'nsso';
			shared.mockServers[name] = await MockServer.start({
				name: isFirst ? 'e-Box Enterprise sandbox' : `e-Box provider ${name}`,
				handle: async (call) => (await sandbox?.handle(name, call)) ?? json(503, {}),
				overview: () => sandbox?.overview(name) ?? [],
				reset: () => (isFirst ? sandbox?.reset() : undefined),
				adminRoutes: isFirst ? administration(() => sandbox) : undefined,
				controls: isFirst ? eBoxControls(() => steeredOf(running())) : [],
				credentials: isFirst ? () => running().n8nCredentials() : undefined,
				choices: isFirst
					? { current: () => rules, change: (change) => changeRules(rules, change) }
					: undefined,
				receiver,
				clock,
				settings: isFirst
					? { ...options, tls: authority }
					: { tls: authority, latency: name === 'regional' ? (options.slowness ?? 200) : 0 },
			});
		};
		await Promise.all((Object.keys(PROVIDERS) as ProviderName[]).map(start));
		sandbox = new EBoxSandbox(shared);
		shared.server = await AuthorizationServer.start({
			publicUrl: sandbox.url,
			clients: [
				{ clientId: CLIENT_ID, certificate: pair.certificate, scopes: Object.values(SCOPES) },
			],
			scopes: Object.values(SCOPES),
			clock,
			rules,
		});
		sandbox.reset();
		const folder = await mkdtemp(join(tmpdir(), 'ebox-sandbox-'));
		shared.keyFile = join(folder, 'client.pem');
		await writeFile(shared.keyFile, pair.key, { mode: 0o600 });
		return sandbox;
	}

	/** The official host, without a trailing slash. */
	get url(): string {
		return this.mockServers.nsso.url;
	}

	get adminUrl(): string {
		return this.mockServers.nsso.adminUrl;
	}

	get tokenUrl(): string {
		return `${this.url}/REST/oauth/v5/token`;
	}

	/** Certificate of the authority (PEM) when TLS is on. */
	get ca(): string | undefined {
		return this.shared.ca;
	}

	/** Rows for a person: how to sign in, and which hosts to confirm in the credential. */
	get credentials(): object[] {
		return [
			{
				clientId: CLIENT_ID,
				privateKeyFile: this.shared.keyFile,
				servicesUrl: `${this.url}/REST`,
				trustedProviderHosts: HEALTHY.map((name) => this.mockServers[name].url).join(', '),
			},
		];
	}

	private n8nCredentials(): N8nCredential[] {
		const isKeyOurs = this.privateKey !== '';
		if (!isKeyOurs) return [];
		return [
			{
				name: `e-Box sandbox: ${CLIENT_ID}`,
				type: 'socialSecurityCertificateOAuth2Api',
				data: {
					environment: 'custom',
					tokenUrl: this.tokenUrl,
					servicesUrl: `${this.url}/REST`,
					clientId: CLIENT_ID,
					privateKey: this.privateKey,
					trustedProviderHosts: HEALTHY.map((name) => this.mockServers[name].url).join(', '),
					...(this.ca === undefined ? {} : { extraCa: this.ca }),
				},
				labels: {
					...CERTIFICATE_LABELS,
					...(this.ca === undefined ? {} : { extraCa: 'Extra CA Certificates' }),
				},
			},
		];
	}

	/** Private key of the registered client, PEM; empty when the certificate came from outside. */
	get privateKey(): string {
		return this.shared.key;
	}

	get certificate(): string {
		return this.shared.certificate;
	}

	get tokens(): AuthorizationServer {
		if (!this.shared.server) throw new Error('The sandbox has not been started');
		return this.shared.server;
	}

	/** Base URL of a provider's registry. */
	registryUrl(name: ProviderName): string {
		return `${this.mockServers[name].url}${PROVIDERS[name].path}`;
	}

	/** Origins of all honest providers, to be confirmed as trusted. */
	get trustedHosts(): string[] {
		return (Object.keys(PROVIDERS) as ProviderName[])
			.filter((name) => name !== 'foreign')
			.map((name) => this.mockServers[name].url);
	}

	/** Puts mail into a provider's box, received now unless it says otherwise. */
	deliver(name: ProviderName, ...mail: Array<Partial<StoredMessage>>): StoredMessage[] {
		const messages = mail.map((one) => newMessage(this.timeAt(name), one));
		this.boxes[name].add(...messages);
		return messages;
	}

	/** Everything back to the state after the start. */
	reset(): void {
		const now = this.clock.milliseconds();
		for (const box of Object.values(this.boxes)) box.clear();
		for (const [name, mail] of Object.entries(seededMail(now)))
			this.boxes[name as ProviderName].add(...mail);
		this.preferences.clear();
		for (const [number, chosen] of seededPreferences()) this.preferences.set(number, chosen);
		this.listed = [...HEALTHY];
		this.clockSkew = {};
		this.extraEntries.length = 0;
		this.shared.server?.reset();
		for (const [name, mockServer] of Object.entries(this.mockServers)) {
			if (name === 'nsso') continue;
			mockServer.calls.clear();
			mockServer.injectedFaults.clear();
		}
	}

	/** Exceptions of the sandbox itself, from all its mock servers. */
	get faults(): unknown[] {
		return Object.values(this.mockServers).flatMap(({ faults }) => faults);
	}

	async close(): Promise<void> {
		await Promise.all(
			Object.values(this.mockServers).map(async (mockServer) => await mockServer.close()),
		);
		await this.shared.server?.close();
		if (this.shared.keyFile)
			await rm(join(this.shared.keyFile, '..'), { recursive: true, force: true });
	}

	/** The time of a provider, by which it dates its messages and answers. */
	timeAt(name: ProviderName): number {
		return this.clock.milliseconds() + (this.clockSkew[name] ?? 0);
	}

	private async handle(name: ProviderName, call: Call): Promise<Answer> {
		const answer = await this.answer(name, call);
		const date = new Date(this.timeAt(name)).toUTCString();
		return { ...answer, headers: { date, ...answer.headers } };
	}

	private async answer(name: ProviderName, call: Call): Promise<Answer> {
		if (name === 'foreign') return json(200, { items: [], totalItems: 0 });
		if (name === 'failing') return refused(unavailable(), 'v2');
		if (name === 'maintenance') return refused(unavailable('3600'), 'v2');
		if (name === 'nsso' && this.tokens.handles(call)) return await this.tokens.handle(call);
		if (name === 'nsso' && call.path.startsWith(LIST)) return await this.list(call);
		if (name === 'nsso' && call.path === PREFERENCES) return await this.searchPreferences(call);
		for (const [path, version] of pathsOf(name)) {
			if (call.path !== path && !call.path.startsWith(`${path}/`)) continue;
			const base = () => `${this.mockServers[name].url}${path}`;
			const registry = new Registry(this.boxes[name], version, base, {
				now: () => this.timeAt(name),
				authorize: async (one, scopes) => await this.authorize(one, scopes),
			});
			return await handleRegistryCall(registry, call, call.path.slice(path.length));
		}
		return refused(new Refusal(404, 'NOT_FOUND', 'No such resource'), 'v2');
	}

	/**
	 * Every provider asks the authorization server about the token, in the words of its own version.
	 */
	private async authorize(call: Call, scopes: string[]): Promise<void> {
		const verdict: Caller | Answer = await this.tokens.check(call, ...scopes);
		if (!('status' in verdict)) return;
		const toJson = (verdict.body as { json?: { detail?: string } } | undefined)?.json?.detail ?? '';
		const code = verdict.status === 403 ? 'FORBIDDEN' : 'UNAUTHORIZED';
		throw new Refusal(verdict.status, code, toJson, undefined, verdict.headers);
	}

	private async searchPreferences(call: Call): Promise<Answer> {
		call.recognisedAs('getEboxPreferencesByList');
		try {
			await this.authorize(call, [SCOPES.preference]);
			return await searchPreferences(call, this.preferences);
		} catch (error) {
			if (error instanceof Refusal) return refused(error, 'v2');
			throw error;
		}
	}

	/** A bare array, not paged (federation contract 1.3). */
	private async list(call: Call): Promise<Answer> {
		const id = decodeURIComponent(call.path.slice(LIST.length + 1));
		call.recognisedAs(id ? 'getMessageProviderById' : 'findAllMessageProviders');
		try {
			if (call.method !== 'GET')
				throw new Refusal(405, 'METHOD_NOT_ALLOWED', 'Only GET is possible here');
			await this.authorize(call, [SCOPES.registry]);
			const entries = this.listed.map((name) =>
				providerEntry(name, this.registryUrl(name), this.clock.milliseconds()),
			);
			if (!id) return json(200, [...entries, ...this.extraEntries]);
			const entry = entries.find(({ messageProviderId }) => messageProviderId === id);
			if (!entry) throw new Refusal(404, 'NOT_FOUND', 'MessageProviderId not found');
			return json(200, entry);
		} catch (error) {
			if (error instanceof Refusal) return refused(error, 'v2');
			throw error;
		}
	}

	private overview(name: ProviderName): PageSection[] {
		const rows = this.boxes[name].messages.map((one) => ({
			messageId: one.messageId,
			subject: one.subject.fr ?? one.subject.nl ?? one.subject.de,
			received: new Date(one.receivedAt).toISOString(),
			expires: new Date(one.expiresAt).toISOString(),
			read: one.readStatus,
			visible: one.visible,
			registered: one.registeredMail,
			files: one.files.map(({ fileName }) => fileName).join(', '),
		}));
		const published = this.boxes[name].published.map(({ messageId, subject, files }) => ({
			messageId,
			subject: subject.fr ?? subject.nl ?? subject.de,
			files: files.map(({ fileName, bytes }) => `${fileName} (${bytes.length} bytes)`).join(', '),
		}));
		const isFirst = name === 'nsso';
		return [
			{ title: 'Messages', rows },
			{ title: 'Published here', rows: published },
			...(isFirst
				? [
						{
							title: 'Providers',
							rows: Object.entries(this.mockServers).map(([provider, { url }]) => ({
								provider: { text: provider, href: url },
								listed: this.listed.includes(provider as ProviderName),
								messages: this.boxes[provider as ProviderName].messages.length,
							})),
						},
					]
				: []),
		];
	}
}

const steeredOf = (sandbox: EBoxSandbox) => ({
	deliver: (name: ProviderName, ...mail: Array<Partial<StoredMessage>>) =>
		sandbox.deliver(name, ...mail),
	get listed() {
		return sandbox.listed;
	},
	set listed(names: ProviderName[]) {
		sandbox.listed = names;
	},
	revokeTokens: () => sandbox.tokens.revokeAll(),
});

/** Refuses names that do not exist, which a typing error would produce. */
function changeRules(rules: AssertionRules, change: object): void {
	const unknown = Object.keys(change).find((name) => !(name in rules));
	if (unknown !== undefined) throw new Error(`There is no setting "${unknown}"`);
	Object.assign(rules, change);
}

interface Shared {
	clock: MockClock;
	key: string;
	certificate: string;
	ca: string | undefined;
	mockServers: Record<ProviderName, MockServer>;
	server?: AuthorizationServer;
	/** Where a person finds the private key of the client. */
	keyFile?: string;
}

function unavailable(retryAfter?: string): Refusal {
	return new Refusal(
		503,
		'SERVICE_UNAVAILABLE',
		'The service is temporarily unavailable',
		undefined,
		retryAfter ? { 'retry-after': retryAfter } : {},
	);
}

/** Starts the sandbox, for `sandbox/main`. */
export async function startEBoxSandbox(options: MockServerSettings = {}): Promise<EBoxSandbox> {
	return await EBoxSandbox.start(options);
}
