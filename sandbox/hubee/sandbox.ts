import { MockServer, MockClock } from '../mock-server';
import type { PageSection, MockServerSettings } from '../mock-server';

import { Deposits } from './administration/deposits';
import { caseOverview, folderOverview } from './administration/overviews';
import { administrationRoutes } from './administration/routes';
import type {
	CaseOverview,
	CreatedEvent,
	NewDeposit,
	Deposited,
	ManyDeposits,
	FolderOverview,
	IncomingEvent,
} from './administration/types';
import { hubEeControls, hubEeCredentials } from './controls';
import { Gateway, TOKEN_PATH } from './gateway/gateway';
import { TokenEndpoint } from './gateway/token';
import type { ScanRule } from './hub/antivirus';
import { Hub } from './hub/hub';
import { organizationId } from './model';
import type { AttachmentStatus, Client, Notification, OrganizationIdentifier } from './model';
import { WAITING } from './samples';
import { seedClients, seedOrganizations, seedProcesses, SI_ORGANIZATIONS } from './seed';
import { SUITE_PROCESSES, SUITE_RECIPIENT } from './test-suite';
import { changeSettings, DEFAULT_SETTINGS } from './settings';
import type { HubEeSettings } from './settings';

export interface HubEeSandboxOptions extends MockServerSettings {
	/** Behaviour that differs from the default. */
	behaviour?: Partial<HubEeSettings>;
	/** With the senders and processes of HubEE's public test suite. */
	withSuite?: boolean;
}

/**
 * The sandbox of HubEE: token endpoint, `/teledossiers/v1` and `/referential/v1`, and what steers
 * them.
 */
export class HubEeSandbox {
	readonly hub: Hub;
	private readonly settings: HubEeSettings;
	private readonly tokens: TokenEndpoint;
	private readonly deposits: Deposits;
	private clients: Client[] = [];
	private running: MockServer | undefined;

	private constructor(private readonly options: HubEeSandboxOptions) {
		const clock = new MockClock();
		this.settings = { ...DEFAULT_SETTINGS };
		changeSettings(this.settings, options.behaviour ?? {});
		this.hub = new Hub(clock, this.settings);
		this.tokens = new TokenEndpoint(() => this.clients, clock, this.settings);
		this.deposits = new Deposits(this.hub);
		this.seed();
	}

	static async start(options: HubEeSandboxOptions = {}): Promise<HubEeSandbox> {
		const sandbox = new HubEeSandbox(options);
		const gateway = new Gateway(sandbox.hub, sandbox.tokens);
		sandbox.running = await MockServer.start({
			name: 'HubEE sandbox',
			handle: async (call) => await gateway.handle(call),
			overview: () => sandbox.overview(),
			reset: async () => await sandbox.resetHub(),
			adminRoutes: administrationRoutes(sandbox),
			controls: hubEeControls({
				deposit: async (deposit) => await sandbox.deposit(deposit),
				incomingEvent: async (event) => await sandbox.incomingEvent(event),
				scanNext: (rule) => sandbox.scanNext(rule),
				expireTokens: () => sandbox.expireTokens(),
				lastCase: () => [...sandbox.hub.cases.keys()].at(-1),
			}),
			credentials: () => hubEeCredentials(sandbox.clients, sandbox),
			choices: {
				current: () => sandbox.currentSettings(),
				change: (change) => sandbox.configure(change),
			},
			dispose: async () => await sandbox.hub.files.clear(),
			clock: sandbox.hub.clock,
			settings: options,
		});
		sandbox.running.gzip = sandbox.settings.gzip;
		await sandbox.letThingsWait();
		return sandbox;
	}

	/** Server, log, clock, injected faults. */
	get mockServer(): MockServer {
		if (this.running === undefined) throw new Error('The sandbox has not been started');
		return this.running;
	}

	/** API base, without a trailing slash. */
	get url(): string {
		return this.mockServer.url;
	}

	get tokenUrl(): string {
		return `${this.mockServer.url}${TOKEN_PATH}`;
	}

	get adminUrl(): string {
		return this.mockServer.adminUrl;
	}

	/** Certificate of the authority (PEM) when TLS is on. */
	get ca(): string | undefined {
		return this.mockServer.ca;
	}

	/** Every client of the token endpoint. */
	get credentials(): readonly Client[] {
		return this.clients;
	}

	/** A client by its id, for tests. */
	credential(clientId: string): Client {
		const client = this.clients.find((candidate) => candidate.clientId === clientId);
		if (client === undefined) throw new Error(`There is no client ${clientId}`);
		return client;
	}

	async deposit(deposit: NewDeposit): Promise<Deposited> {
		return await this.deposits.deposit(deposit);
	}

	async depositMany(many: ManyDeposits): Promise<Deposited[]> {
		return await this.deposits.depositMany(many);
	}

	async incomingEvent(event: IncomingEvent): Promise<CreatedEvent> {
		return await this.deposits.incomingEvent(event);
	}

	listCases(): CaseOverview[] {
		this.hub.settle();
		return [...this.hub.cases.values()].map((item) => caseOverview(this.hub, item));
	}

	listFolders(): FolderOverview[] {
		this.hub.settle();
		return [...this.hub.folders.values()].map((folder) => folderOverview(this.hub, folder));
	}

	/** Everything in every queue, oldest first. */
	listNotifications(): Notification[] {
		this.hub.settle();
		return [...this.hub.notifications.values()];
	}

	/** Makes every token invalid now. */
	expireTokens(): void {
		this.tokens.expireAll();
	}

	/** Decides what the antivirus will say of coming uploads. */
	scanNext(rule: ScanRule): void {
		this.hub.antivirus.addRule(rule);
	}

	/** Sets the status of a file the hub holds, a deposited one included. */
	setAttachmentStatus(attachmentId: string, status: AttachmentStatus): void {
		const attachments = [
			...[...this.hub.folders.values()].flatMap((folder) => folder.attachments),
			...[...this.hub.cases.values()].flatMap(({ events }) =>
				events.flatMap((event) => event.attachments),
			),
		];
		const attachment = attachments.find(({ id }) => id === attachmentId);
		if (attachment === undefined) throw new Error(`There is no attachment ${attachmentId}`);
		attachment.status = status;
		attachment.scan = null;
	}

	currentSettings(): HubEeSettings {
		return { ...this.settings };
	}

	configure(change: Partial<HubEeSettings>): void {
		changeSettings(this.settings, change);
		this.mockServer.gzip = this.settings.gzip;
	}

	/**
	 * Adds an SI with an active subscription to every process (or those given) and a client of its
	 * own.
	 */
	addSubscriber(
		organization: OrganizationIdentifier,
		options: { name?: string; clientId?: string; processCodes?: string[] } = {},
	): Client {
		const id = organizationId(organization);
		this.hub.organizations.put({
			...organization,
			name: options.name ?? `Commune ${organization.branchCode}`,
			postalCode: organization.branchCode,
			territory: 'SANDBOX',
			email: 'contact@sandbox.example.fr',
			status: 'Actif',
		});
		for (const code of options.processCodes ?? this.processCodes()) {
			this.subscribe(organization, code);
		}
		const clientId = options.clientId ?? `client-${id}`;
		const client: Client = {
			clientId,
			clientSecret: `${clientId}-secret`,
			scopes: ['SI'],
			organization,
			processCodes: options.processCodes,
		};
		this.clients = [...this.clients.filter((other) => other.clientId !== clientId), client];
		return client;
	}

	/**
	 * Everything as after the start: télédossiers, referential, clients, settings, tokens, log,
	 * clock, injected faults.
	 */
	async reset(): Promise<void> {
		await this.mockServer.reset();
	}

	async close(): Promise<void> {
		await this.mockServer.close();
	}

	private async resetHub(): Promise<void> {
		await this.hub.clear();
		this.tokens.expireAll();
		this.deposits.reset();
		this.configure({ ...DEFAULT_SETTINGS, ...this.options.behaviour });
		this.seed();
		await this.letThingsWait();
	}

	private async letThingsWait(): Promise<void> {
		if (this.options.withThingsWaiting !== true) return;
		for (const deposit of WAITING) await this.deposit(deposit);
	}

	private seed(): void {
		const { organizations, processes, subscriptions } = this.hub;
		const { withSuite = false } = this.options;
		organizations.clear();
		processes.clear();
		subscriptions.clear();
		this.clients = seedClients(withSuite);
		for (const organization of seedOrganizations(withSuite)) organizations.put(organization);
		for (const process of seedProcesses(withSuite)) processes.put(process);
		for (const organization of Object.values(SI_ORGANIZATIONS)) {
			for (const code of this.processCodes()) this.subscribe(organization, code);
		}
		if (!withSuite) return;
		for (const { code } of SUITE_PROCESSES) this.subscribe(SUITE_RECIPIENT, code);
	}

	private processCodes(): string[] {
		return this.hub.processes.all().map(({ code }) => code);
	}

	private subscribe(organization: OrganizationIdentifier, processCode: string): void {
		const { subscriptions } = this.hub;
		if (subscriptions.of(organization, processCode) !== undefined) return;
		subscriptions.create({
			datapassId: 10_000 + subscriptions.all().length,
			processCode,
			subscriber: organization,
			notificationFrequency: 'unitaire',
			localAdministrator: {
				email: 'admin@sandbox.example.fr',
				firstName: 'Adeline',
				lastName: 'Test',
			},
			accessMode: 'API',
			status: 'Actif',
			email: 'contact@sandbox.example.fr',
			activateDateTime: this.hub.clock.now().toISOString(),
		});
	}

	private overview(): PageSection[] {
		const folders = this.listFolders().map((folder) => ({
			externalId: folder.externalId,
			process: folder.processCode,
			status: folder.globalStatus,
			cases: folder.caseIds.length,
			files: folder.attachments
				.map(({ fileName, size, status }) => `${fileName} (${size} bytes, ${status})`)
				.join(', '),
		}));
		const cases = this.listCases().map((item) => ({
			id: item.id,
			externalId: item.externalId,
			process: item.processCode,
			recipient: organizationId(item.recipient),
			status: item.status,
			files: item.attachments.map(({ fileName, status }) => `${fileName} (${status})`).join(', '),
			events: item.events.map(({ actionType, status }) => `${actionType} ${status}`).join(', '),
		}));
		const notifications = this.listNotifications().map((notification) => ({
			...notification,
			recipient: organizationId(notification.recipient),
			transmitter: organizationId(notification.transmitter),
		}));
		const subscriptions = this.hub.subscriptions.all().map((subscription) => ({
			id: subscription.id,
			process: subscription.processCode,
			subscriber: organizationId(subscription.subscriber),
			status: subscription.status,
		}));
		return [
			{ title: 'Notifications in the queues', rows: notifications },
			{ title: 'Cases', rows: cases },
			{ title: 'Folders', rows: folders },
			{ title: 'Subscriptions', rows: subscriptions },
		];
	}
}

/** Starts the sandbox of HubEE on loopback, on free ports unless told otherwise. */
export async function startHubEeSandbox(options: HubEeSandboxOptions = {}): Promise<HubEeSandbox> {
	return await HubEeSandbox.start(options);
}
