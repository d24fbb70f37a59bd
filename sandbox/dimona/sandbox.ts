import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { AuthorizationServer } from '../social-security';
import {
	type AdminRoutes,
	MockServer,
	MockClock,
	type MockServerSettings,
	TestAuthority,
} from '../mock-server';
import { DEFAULT_SETTINGS, type DimonaSettings, type ScriptedOutcome } from './model';
import { AnswerSerializer } from './serializer';
import { Registry } from './registry';
import { EMPLOYERS, PEOPLE } from './seed';
import { BASE_PATH, CONSULT, DECLARE, DimonaService } from './service';

export interface DimonaSandboxOptions extends MockServerSettings {
	/** Behaviour that differs from the default. */
	behaviour?: Partial<DimonaSettings>;
}

/** A client that the sandbox was started with, and what a person needs to sign in as it. */
export interface SandboxClient {
	clientId: string;
	/** PEM. */
	privateKey: string;
	certificate: string;
	/** NSSO numbers that it may declare for. */
	employers: number[];
	scopes: string[];
}

/**
 * The stand-in of Dimona: the authorization server of the social security and `/REST/dimona/v2`,
 * and what steers them.
 */
export class DimonaSandbox {
	readonly registry: Registry;
	readonly settings: DimonaSettings;
	private running: { mockServer: MockServer; authorizationServer: AuthorizationServer } | undefined;
	private folder = '';

	private constructor(
		private readonly options: DimonaSandboxOptions,
		readonly clients: SandboxClient[],
		private readonly clock: MockClock,
	) {
		this.settings = { ...DEFAULT_SETTINGS, ...options.behaviour };
		this.registry = new Registry(clock, this.settings);
		this.seed();
	}

	static async start(options: DimonaSandboxOptions = {}): Promise<DimonaSandbox> {
		const sandbox = new DimonaSandbox(options, await makeClients(), new MockClock());
		await sandbox.open();
		return sandbox;
	}

	private async open(): Promise<void> {
		const baseUrl = () => `${this.url}${BASE_PATH}`;
		const service = new DimonaService(
			this.registry,
			new AnswerSerializer(this.settings, baseUrl),
			this.settings,
			(clientId) => this.clients.find((one) => one.clientId === clientId)?.employers ?? [],
			() => this.authorizationServer,
			baseUrl,
		);
		const mockServer = await MockServer.start({
			name: 'Dimona sandbox',
			handle: async (call) => await service.handle(call),
			overview: () => this.overview(),
			reset: () => this.reset(),
			adminRoutes: this.routes(),
			dispose: async () => await this.dispose(),
			clock: this.clock,
			settings: this.options,
		});
		const authorizationServer = await AuthorizationServer.start({
			publicUrl: mockServer.url,
			clients: this.clients,
			scopes: [DECLARE, CONSULT],
			clock: this.clock,
		});
		this.running = { mockServer, authorizationServer };
		this.folder = await mkdtemp(join(tmpdir(), 'dimona-sandbox-'));
		for (const client of this.clients)
			await writeFile(this.keyFile(client), client.privateKey, { mode: 0o600 });
	}

	get mockServer(): MockServer {
		if (!this.running) throw new Error('The sandbox has not been started');
		return this.running.mockServer;
	}

	get authorizationServer(): AuthorizationServer {
		if (!this.running) throw new Error('The sandbox has not been started');
		return this.running.authorizationServer;
	}

	/** Origin, without a trailing slash; the "Services URL" of a credential is this with `/REST`. */
	get url(): string {
		return this.mockServer.url;
	}

	get servicesUrl(): string {
		return `${this.url}/REST`;
	}

	get tokenUrl(): string {
		return this.authorizationServer.tokenUrl;
	}

	get adminUrl(): string {
		return this.mockServer.adminUrl;
	}

	/** Rows for a person: how to sign in, and for whom. */
	get credentials(): object[] {
		return this.clients.map((client) => ({
			clientId: client.clientId,
			privateKeyFile: this.keyFile(client),
			employers: client.employers.join(', '),
			servicesUrl: this.servicesUrl,
		}));
	}

	/** The data of a `socialSecurityCertificateOAuth2Api` credential for a client of this sandbox. */
	credential(client = this.clients[0]): Record<string, unknown> {
		if (!client) throw new Error('The sandbox begins with a client');
		return {
			environment: 'custom',
			tokenUrl: this.tokenUrl,
			servicesUrl: this.servicesUrl,
			clientId: client.clientId,
			privateKey: client.privateKey,
			...(this.mockServer.ca ? { extraCa: this.mockServer.ca } : {}),
		};
	}

	/** Makes the next declaration end in a given way. */
	scriptOutcome(outcome: ScriptedOutcome): void {
		this.registry.scriptOutcome(outcome);
	}

	async close(): Promise<void> {
		await this.mockServer.close();
	}

	private keyFile({ clientId }: SandboxClient): string {
		return join(this.folder, `${clientId}.pem`);
	}

	private async dispose(): Promise<void> {
		await this.running?.authorizationServer.close();
		await rm(this.folder, { recursive: true, force: true });
	}

	private reset(): void {
		this.registry.reset();
		this.seed();
		Object.assign(this.settings, DEFAULT_SETTINGS, this.options.behaviour);
		delete this.settings.nextOrigin;
		this.running?.authorizationServer.reset();
	}

	private seed(): void {
		this.registry.employers = EMPLOYERS.map((employer) => ({ ...employer }));
		this.registry.people = PEOPLE.map((person) => ({ ...person }));
	}

	private routes(): AdminRoutes {
		return {
			'GET /settings': () => this.settings,
			'PUT /settings': ({ body }) => {
				Object.assign(this.settings, body);
			},
			'POST /outcomes': ({ body }) => this.scriptOutcome(body as ScriptedOutcome),
			'GET /declarations': () => {
				this.registry.settle();
				return this.registry.declarations;
			},
			'GET /periods': () => {
				this.registry.settle();
				return this.registry.periods;
			},
			'PUT /token-lifetime': ({ body }) => {
				this.authorizationServer.tokenLifetime = (body as { seconds: number }).seconds;
			},
			'POST /revoke-tokens': () => this.authorizationServer.revokeAll(),
			'GET /credential': () => this.credential(),
		};
	}

	private overview() {
		this.registry.settle();
		return [
			{
				title: 'Declarations',
				rows: this.registry.declarations.map(({ id, kind, verdict }) => ({
					id,
					kind,
					result: verdict?.result ?? '…',
					anomalies: verdict?.anomalies.join(' '),
					period: verdict?.periodId,
				})),
			},
			{
				title: 'Periods',
				rows: this.registry.periods.map((period) => ({
					id: period.id,
					type: period.workerType,
					from: `${period.startDate} ${period.startHour ?? ''}`,
					to: `${period.endDate ?? ''} ${period.endHour ?? ''}`,
					cancelled: period.cancelled,
				})),
			},
			{
				title: 'Workers who exist here',
				rows: this.registry.people.map(({ familyName, givenName, flexiAllowed, studentHours }) => ({
					familyName,
					givenName,
					flexiJob: flexiAllowed === false ? 'not allowed' : 'allowed',
					studentHours,
				})),
			},
		];
	}
}

async function makeClients(): Promise<SandboxClient[]> {
	const authority = await TestAuthority.create('Sandbox authority of employers');
	const [horeca, builder] = EMPLOYERS.map(({ employerId }) => employerId);
	if (horeca === undefined || builder === undefined) throw new Error('Two employers are needed');
	const wanted = [
		{
			clientId: 'self_service_chaman_100001_sandbox001',
			employers: [horeca, builder],
			scopes: [DECLARE, CONSULT],
		},
		{
			clientId: 'self_service_chaman_100002_sandbox002',
			employers: [builder],
			scopes: [DECLARE, CONSULT],
		},
		{ clientId: 'self_service_chaman_100003_readonly01', employers: [horeca], scopes: [CONSULT] },
	];
	return await Promise.all(
		wanted.map(async ({ clientId, employers, scopes }) => {
			const { key, certificate } = await authority.issueClient({ commonName: clientId });
			return { clientId, privateKey: key, certificate, employers, scopes };
		}),
	);
}

/** Starts the sandbox, for `sandbox/main`. */
export async function startDimonaSandbox(options: MockServerSettings = {}): Promise<DimonaSandbox> {
	return await DimonaSandbox.start(options);
}
