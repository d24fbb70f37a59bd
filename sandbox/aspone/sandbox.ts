import { type Answer, type Call, empty, MockServer, MockClock } from '../mock-server';
import type { PageSection, MockServerSettings } from '../mock-server';
import { aspOneControls, aspOneCredentials } from './controls';
import { errorXml, successXml } from './answers';
import { SCHEMA_XML, wsdlXml } from './description';
import { BusinessError, Fault, faultXml, xmlAnswer } from './faults';
import { MALFORMED_RESPONSES, type MalformedResponseName } from './malformed-responses';
import {
	type Account,
	type AspOneBehaviour,
	DEFAULT_BEHAVIOUR,
	seedAccounts,
	seedUsers,
	SERVICE_NAMESPACE,
	type User,
} from './model';
import { applyModification } from './modification';
import { TokenCheck, WSSE } from './security';
import { type LoginRecord, Users } from './users';
import { type Element, onlyChild, parse } from './xml';

const SOAP = 'http://schemas.xmlsoap.org/soap/envelope/';
const PATH = '/ws/alert';
const SCHEMA_PATH = '/schema/common/AlertWS.xsd';

export interface AspOneSandboxOptions extends MockServerSettings {
	behaviour?: Partial<AspOneBehaviour>;
}

/**
 * The stand-in of ASPOne's WS Alert: WS-Security, user login with its throttle, configurations,
 * answers in the known shapes.
 */
export class AspOneSandbox {
	readonly behaviour: AspOneBehaviour;
	private readonly clock = new MockClock();
	private readonly tokens = new TokenCheck(this.clock, () => this.behaviour);
	private readonly logins: Users;
	private accounts = seedAccounts();
	private userList = seedUsers();
	/** Texts of business refusals that the next calls get, after both logins were accepted. */
	private refusals: string[] = [];
	/** Answers the next call with a fault that holds the whole request, as careless servers do. */
	private echo = false;
	private running: MockServer | undefined;

	private constructor(private readonly options: AspOneSandboxOptions) {
		this.behaviour = structuredClone({ ...DEFAULT_BEHAVIOUR, ...options.behaviour });
		this.logins = new Users(() => this.userList, this.clock, this.behaviour);
	}

	static async start(options: AspOneSandboxOptions = {}): Promise<AspOneSandbox> {
		const sandbox = new AspOneSandbox(options);
		sandbox.running = await MockServer.start({
			name: 'ASPOne WS Alert sandbox',
			handle: async (call) => await sandbox.handle(call),
			overview: () => sandbox.overview(),
			reset: () => sandbox.forget(),
			adminRoutes: {
				'GET /configurations': () => sandbox.configurations(),
				'PUT /configurations': ({ body }) => void (sandbox.accounts = body as Account[]),
				'GET /logins': () => sandbox.loginRecords(),
				'PUT /behaviour': ({ body }) => sandbox.configure(body as object),
				'POST /answer-next': ({ body }) =>
					sandbox.answerNext((body as { answer: MalformedResponseName }).answer),
			},
			controls: aspOneControls(
				sandbox,
				sandbox.users.map(({ login }) => login),
			),
			credentials: () => aspOneCredentials(sandbox.users, sandbox.behaviour, sandbox),
			choices: {
				current: () => sandbox.behaviour,
				change: (change) => sandbox.configure(change),
			},
			produced: ['text/xml'],
			clock: sandbox.clock,
			settings: options,
		});
		return sandbox;
	}

	get mockServer(): MockServer {
		if (this.running === undefined) throw new Error('The sandbox has not been started');
		return this.running;
	}

	/** Base URL; the service is below it. */
	get url(): string {
		return this.mockServer.url;
	}

	get endpoint(): string {
		return `${this.mockServer.url}${PATH}`;
	}

	get adminUrl(): string {
		return this.mockServer.adminUrl;
	}

	get ca(): string | undefined {
		return this.mockServer.ca;
	}

	get users(): readonly User[] {
		return this.userList;
	}

	/** Test credentials as a table shows them. */
	get credentials(): readonly object[] {
		const { whiteLabel, sharedKey } = this.behaviour;
		return this.userList.map(({ login, password, administrator }) => ({
			endpoint: this.endpoint,
			whiteLabel: whiteLabel.login,
			whiteLabelPassword: whiteLabel.password,
			login,
			password,
			ssoSharedKey: administrator ? '' : sharedKey,
		}));
	}

	configurations(): Account[] {
		return structuredClone(this.accounts);
	}

	configuration(accountName: string): Account {
		return structuredClone(this.account(accountName));
	}

	loginRecords(): LoginRecord[] {
		return this.logins.list();
	}

	/** Answers the next calls with one of the wrong answers. */
	answerNext(name: MalformedResponseName, times = 1): void {
		if (!Object.hasOwn(MALFORMED_RESPONSES, name))
			throw new Error(`Known answers: ${Object.keys(MALFORMED_RESPONSES).join(', ')}`);
		this.mockServer.failNext({ method: 'POST', how: MALFORMED_RESPONSES[name], times });
	}

	/** Refuses the next calls of accepted logins in these words. */
	refuseNext(...texts: string[]): void {
		this.refusals.push(...texts);
	}

	/** Changes the password of a user, as its owner may do at any time. */
	setPassword(login: string, password: string): void {
		this.userList = this.userList.map((user) =>
			user.login === login ? { ...user, password } : user,
		);
	}

	/** Changes what is stored of an account, as other people and other systems do. */
	store(accountName: string, change: Partial<Account>): void {
		const changed = { ...this.account(accountName), ...structuredClone(change) };
		this.accounts = this.accounts.map((one) => (one.accountName === accountName ? changed : one));
	}

	/** Opens a further account, with the alerts of none of its procedures switched on. */
	open(accountName: string): void {
		const [like] = seedAccounts();
		if (like) this.accounts = [...this.accounts, { ...like, accountName }];
	}

	echoNext(): void {
		this.echo = true;
	}

	async close(): Promise<void> {
		await this.mockServer.close();
	}

	/** Refuses names that do not exist, which a typing error would produce. */
	private configure(change: object): void {
		const unknown = Object.keys(change).find((name) => !(name in DEFAULT_BEHAVIOUR));
		if (unknown !== undefined) throw new Error(`There is no setting "${unknown}"`);
		Object.assign(this.behaviour, change);
	}

	private forget(): void {
		this.accounts = seedAccounts();
		this.userList = seedUsers();
		this.refusals = [];
		this.tokens.forget();
		this.logins.forget();
		this.echo = false;
		Object.assign(
			this.behaviour,
			structuredClone({ ...DEFAULT_BEHAVIOUR, ...this.options.behaviour }),
		);
	}

	private async handle(call: Call): Promise<Answer> {
		if (call.method === 'GET') return this.description(call);
		if (call.path !== PATH) return empty(404);
		if (call.method !== 'POST') return empty(405);
		if (call.contentType !== 'text/xml') return empty(415);
		const text = await call.text();
		if (this.echo) {
			this.echo = false;
			return xmlAnswer(500, faultXml(new Fault('soap:Server', `Could not process ${text}`, text)));
		}
		try {
			return xmlAnswer(200, await this.reply(call, text));
		} catch (error) {
			if (error instanceof Fault) {
				call.refusedBecause(error.reason ?? error.message);
				return xmlAnswer(500, faultXml(error));
			}
			if (error instanceof BusinessError) call.refusedBecause(error.message);
			if (error instanceof BusinessError)
				return xmlAnswer(200, errorXml(this.behaviour.shape, error.message));
			throw error;
		}
	}

	private description(call: Call): Answer {
		if (call.path === PATH && call.query.has('wsdl')) {
			call.recognisedAs('wsdl');
			const called = new URL(this.endpoint);
			// Under the name by which it was called, so that a client in a container finds it again.
			called.host = call.header('host') ?? called.host;
			return xmlAnswer(200, wsdlXml(called.href, `..${SCHEMA_PATH}`));
		}
		if (call.path === SCHEMA_PATH) {
			call.recognisedAs('schema');
			return xmlAnswer(200, SCHEMA_XML);
		}
		return empty(404);
	}

	private async reply(call: Call, text: string): Promise<string> {
		if (call.header('soapaction') !== '""')
			throw new Fault('soap:Client', 'SOAPAction is expected to be an empty quoted text');
		const envelope = await parse(text).catch(() => {
			throw new Fault('soap:Client', 'The request is not well-formed');
		});
		const header = onlyChild(envelope, 'Header', SOAP);
		const body = onlyChild(envelope, 'Body', SOAP);
		if (envelope.name !== 'Envelope' || !header || !body || envelope.children.length !== 2)
			throw new Fault('soap:VersionMismatch', 'Not a SOAP 1.1 envelope');
		this.tokens.verify(onlyChild(header, 'Security', WSSE), this.behaviour.whiteLabel);
		this.checkHeader(header);
		const [request] = body.children;
		if (!request || body.children.length !== 1 || request.namespace !== SERVICE_NAMESPACE)
			throw new Fault('soap:Client', 'Exactly one element is expected in the body');
		return this.perform(call, request);
	}

	private checkHeader(header: Element): void {
		const version = onlyChild(header, 'serviceVersion', SERVICE_NAMESPACE);
		const context = onlyChild(header, 'context', SERVICE_NAMESPACE);
		const user = onlyChild(context, 'user', SERVICE_NAMESPACE);
		const login = onlyChild(user, 'login', SERVICE_NAMESPACE);
		const password = onlyChild(user, 'password', SERVICE_NAMESPACE);
		if (version?.text !== this.behaviour.serviceVersion)
			throw new Fault('soap:Client', 'Unknown serviceVersion');
		if (!login || !password || user?.children.length !== 2 || header.children.length !== 3)
			throw new Fault(
				'soap:Client',
				'Header blocks serviceVersion, context, Security are expected',
			);
		this.logins.verify(login.text, password.text);
	}

	private perform(call: Call, request: Element): string {
		call.recognisedAs(request.name);
		const refusal = this.refusals.shift();
		if (refusal !== undefined) throw new BusinessError(refusal);
		const { shape } = this.behaviour;
		if (request.name === 'accountName' && request.children.length === 0)
			return successXml(shape, 'GetConfigurationAlert', this.shown(this.account(request.text)));
		if (request.name !== 'configurationAlertModification')
			throw new Fault('soap:Client', `Unknown request ${request.name}`);
		const name = onlyChild(request, 'accountName', SERVICE_NAMESPACE)?.text ?? '';
		const account = applyModification(this.account(name), request, this.behaviour);
		this.accounts = this.accounts.map((one) => (one.accountName === name ? account : one));
		return successXml(shape, 'ModifyConfigurationAlert', this.shown(account));
	}

	/** An account as an answer shows it. */
	private shown(account: Account): Account {
		if (this.behaviour.order === 'stored') return account;
		const procedures = Object.entries(account.procedures)
			.reverse()
			.map(([code, alerts]) => [code, [...alerts].reverse()] as const);
		return {
			...account,
			mails: [...account.mails].reverse(),
			procedures: Object.fromEntries(procedures),
		};
	}

	private account(accountName: string): Account {
		const account = this.accounts.find((one) => one.accountName === accountName);
		if (!account) throw new BusinessError(`Compte inconnu : ${accountName}`);
		return account;
	}

	private overview(): PageSection[] {
		return [
			{
				title: 'Configurations',
				rows: this.accounts.map(({ procedures, mails, ...flags }) => ({
					...flags,
					mails: mails.join(', '),
					procedures: Object.entries(procedures)
						.map(([code, alerts]) => `${code} (${alerts.length})`)
						.join(', '),
				})),
			},
			{ title: 'Logins', rows: this.loginRecords().map((record) => ({ ...record })) },
		];
	}
}

export async function startAspOneSandbox(
	options: AspOneSandboxOptions = {},
): Promise<AspOneSandbox> {
	return await AspOneSandbox.start(options);
}
