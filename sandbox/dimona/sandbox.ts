import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { AuthorizationServer } from '../social-security';
import {
	type AdminRoutes,
	type N8nCredential,
	MockServer,
	MockClock,
	type MockServerSettings,
	TestAuthority,
} from '../mock-server';
import { CERTIFICATE_LABELS, dimonaControls } from './controls';
import { DEFAULT_SETTINGS, type DimonaSettings, type ScriptedOutcome } from './model';
import { AnswerSerializer } from './serializer';
import { Registry } from './registry';
import { EMPLOYERS, PEOPLE, testSsin } from './seed';
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
			controls: dimonaControls(
				{
					scriptOutcome: (outcome) => this.scriptOutcome(outcome),
					hire: (worker) => this.hire(worker),
					revokeTokens: () => this.authorizationServer.revokeAll(),
				},
				testSsin(10),
				() => this.day(),
			),
			credentials: () => this.n8nCredentials(),
			choices: {
				current: () => this.settings,
				change: (change) => this.configure(change),
			},
			dispose: async () => await this.dispose(),
			clock: this.clock,
			settings: this.options,
		});
		const authorizationServer = await AuthorizationServer.start({
			publicUrl: mockServer.url,
			clients: this.clients,
			scopes: [DECLARE, CONSULT],
			clock: this.clock,
			rules: this.settings,
		});
		this.running = { mockServer, authorizationServer };
		this.folder = await mkdtemp(join(tmpdir(), 'dimona-sandbox-'));
		for (const client of this.clients)
			await writeFile(this.keyFile(client), client.privateKey, { mode: 0o600 });
		this.letThingsWait();
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
	credential(client = this.clients[0]): Record<string, string> {
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

	private n8nCredentials(): N8nCredential[] {
		return this.clients.map((client) => ({
			name: `Dimona sandbox: ${client.clientId} (${client.employers.join(', ')})`,
			type: 'socialSecurityCertificateOAuth2Api',
			data: this.credential(client),
			labels: {
				...CERTIFICATE_LABELS,
				...(this.mockServer.ca ? { extraCa: 'Extra CA Certificates' } : {}),
			},
		}));
	}

	/** Refuses names that do not exist, which a typing error would produce. */
	private configure(change: object): void {
		const unknown = Object.keys(change).find((name) => !(name in DEFAULT_SETTINGS));
		if (unknown !== undefined && unknown !== 'nextOrigin')
			throw new Error(`There is no setting "${unknown}"`);
		Object.assign(this.settings, change);
	}

	/** An IN that somebody typed in the portal. */
	private hire({ ssin, startDate }: { ssin: string; startDate: string }): {
		declarationId: number;
	} {
		const [client] = this.clients;
		const [employer] = this.registry.employers;
		if (!client || !employer) throw new Error('The sandbox begins with a client and an employer');
		const { id } = this.registry.enter(client.clientId, {
			employer: { employerId: employer.employerId },
			worker: { ssin },
			dimonaIn: { startDate, features: { workerType: 'OTH', jointCommissionNumber: 'XXX' } },
		});
		this.registry.settle();
		return { declarationId: id };
	}

	/** A day by the clock of the sandbox. */
	private day(offset = 0): string {
		const moment = this.clock.milliseconds() + offset * 86_400_000;
		return new Date(moment).toISOString().slice(0, 10);
	}

	private letThingsWait(): void {
		if (this.options.withThingsWaiting !== true) return;
		for (const [index, { ssin }] of PEOPLE.slice(0, 3).entries())
			this.hire({ ssin, startDate: this.day(-30 * (index + 1)) });
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
		this.letThingsWait();
	}

	private seed(): void {
		this.registry.employers = EMPLOYERS.map((employer) => ({ ...employer }));
		this.registry.people = PEOPLE.map((person) => ({ ...person }));
	}

	private routes(): AdminRoutes {
		return {
			'PUT /settings': ({ body }) => this.configure(body as object),
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
					employer: period.employer.name,
					worker: period.worker.ssin ?? period.worker.familyName,
					type: period.workerType,
					from: `${period.startDate} ${period.startHour ?? ''}`,
					to: `${period.endDate ?? ''} ${period.endHour ?? ''}`,
					cancelled: period.cancelled,
				})),
			},
			{ title: 'Employers', rows: this.registry.employers.map((employer) => ({ ...employer })) },
			{
				title: 'Workers who exist here',
				rows: this.registry.people.map(
					({ ssin, familyName, givenName, flexiAllowed, studentHours }) => ({
						ssin,
						familyName,
						givenName,
						flexiJob: flexiAllowed === false ? 'not allowed' : 'allowed',
						studentHours,
					}),
				),
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
