import { createHash } from 'node:crypto';

import * as fc from 'fast-check';
import type { IDataObject, INodeExecutionData } from 'n8n-workflow';

import { closeAllConnections } from '../../../lib/http/agents';
import { HttpClient } from '../../../lib/http/client';
import { executeTable } from '../../../lib/node/execute';
import { formOf } from '../../../lib/node/form';
import { forgetReferenceData } from '../../../nodes/EBoxEnterprise/api/reference-names';
import { EBoxEnterpriseTrigger } from '../../../nodes/EBoxEnterprise/EBoxEnterpriseTrigger.node';
import { eBoxTable } from '../../../nodes/EBoxEnterprise/table';
import { triggerForm } from '../../../nodes/EBoxEnterprise/trigger/form';
import { forgetRunningTriggers } from '../../../nodes/EBoxEnterprise/trigger/poll';
import { EBoxSandbox, ENTERPRISE } from '../../../sandbox/ebox';
import type { StoredMessage } from '../../../sandbox/ebox/stored-message';
import { credentialFor } from '../../unit/ebox/federation';
import { BinaryStore } from '../../unit/fakes/binary-store';
import { fakeExecution } from '../../unit/fakes/execution';
import { fakePolling, newWorkflowId, type StartedExecution } from '../../unit/fakes/polling';
import { step, type StepKind, testTruth } from '../runner';

const MINUTE = 60_000;
const HOUR = 60 * MINUTE;
const DAY = 24 * HOUR;

/** One speaks version 2, the other version 3. */
const NAMES = ['regional', 'documents'] as const;
type Name = (typeof NAMES)[number];

const V3: Name = 'documents';
const RECIPIENTS = ['0206731645', '0406798006', '0212148896', '0474028805'];
const EXPIRING_DAYS = 15;

/** What a workflow was told in a fault is a sentence and no accident of the program. */
const ACCIDENT = /is not a function|Cannot read|undefined|\[object Object\]|call stack/;

const trigger = new EBoxEnterpriseTrigger();
const properties = formOf(eBoxTable);

let sandbox: EBoxSandbox;
let credential: IDataObject;

/**
 * The true time is ahead of the real one by this much, and this machine's clock by that much more.
 */
let elapsed = 0;
let drift = 0;

beforeAll(async () => {
	sandbox = await EBoxSandbox.start({ slowness: 0 });
	sandbox.tokens.tokenLifetime = 1_000_000_000;
	for (const server of Object.values(sandbox.mockServers)) server.gzip = false;
	credential = {
		...credentialFor(sandbox),
		trustedProviderHosts: sandbox.trustedHosts.join(','),
	} as IDataObject;
	// The token is asked for while the clock is right, and lasts for all histories.
	await operate('provider:getAll', {});
	jest.spyOn(HttpClient.prototype, 'wait').mockResolvedValue();
	const [now, steady] = [Date.now.bind(Date), performance.now.bind(performance)];
	jest.spyOn(Date, 'now').mockImplementation(() => now() + elapsed + drift);
	jest.spyOn(performance, 'now').mockImplementation(() => steady() + elapsed);
});

afterAll(async () => {
	jest.restoreAllMocks();
	await sandbox.close();
	closeAllConnections();
});

function moveMachineClock(milliseconds: number): void {
	drift += milliseconds;
	sandbox.clock.advance(-milliseconds);
}

interface Failure {
	message: string;
	outcome?: string;
}

interface Ran {
	items: IDataObject[];
	binary: Array<INodeExecutionData['binary']>;
	store: BinaryStore;
	failure?: Failure;
}

/** What n8n's de-duplication keeps, also over a kill. */
const database = new Set<string>();

/** An operation of the node, as n8n runs it. */
async function operate(
	operation: string,
	parameters: IDataObject,
	more: { context?: object; executionId?: string; items?: INodeExecutionData[] } = {},
): Promise<Ran> {
	const [resource, name] = operation.split(':');
	const { execution, store } = fakeExecution({
		properties,
		parameters: { resource, operation: name, ...parameters },
		credentials: { socialSecurityCertificateOAuth2Api: credential },
		processed: database,
		...more,
	});
	try {
		const [items = []] = await executeTable(execution, eBoxTable);
		const json = items.map((item) => item.json);
		return { items: json, binary: items.map(({ binary }) => binary), store };
	} catch (error) {
		const { message, context } = error as Error & { context?: { data?: Failure } };
		if (ACCIDENT.test(message)) throw new Error(`failed by accident: ${message}`);
		const failure = { message, outcome: context?.data?.outcome };
		return { items: [], binary: [], store, failure };
	}
}

const FAULTS = [
	'none',
	'none',
	'lost before',
	'lost after',
	'all lost after',
	'gateway',
	'gateway after',
	'refused',
	'no answer to read',
] as const;
type Fault = (typeof FAULTS)[number];

const faults = fc.constantFrom<Fault[]>(...FAULTS);

/** What goes wrong with the calls that change something. */
function plan(name: Name, method: string, fault: Fault): void {
	const server = sandbox.mockServers[name];
	if (fault === 'lost before') server.failNext({ method, how: { kind: 'cutBefore' } });
	if (fault === 'lost after') server.failNext({ method, how: { kind: 'cutAfter' } });
	if (fault === 'all lost after') server.failNext({ method, times: 9, how: { kind: 'cutAfter' } });
	if (fault === 'gateway')
		server.failNext({ method, times: 9, how: { kind: 'status', status: 502, body: '' } });
	if (fault === 'gateway after') {
		server.failNext({ method, how: { kind: 'cutAfter' } });
		server.failNext({ method, times: 9, how: { kind: 'status', status: 502, body: '' } });
	}
	if (fault === 'refused')
		server.failNext({ method, how: { kind: 'status', status: 403, body: '{}' } });
	if (fault === 'no answer to read') server.failNext({ method, how: { kind: 'html' } });
}

type Kind = 'publish' | 'reply' | 'link' | 'executeAction';

/** Something of ours that creates or changes, and the execution that does it. */
interface Act {
	kind: Kind;
	name: Name;
	operation: string;
	parameters: IDataObject;
	subject: string;
	/** A key that a person gave; it stands for one publication for ever. */
	key?: string;
	executionId: string;
	context: object;
	/** What this execution has made at the provider. */
	made: number;
	/** n8n was killed in it: what it remembers of a run is gone. */
	isStartedAgain: boolean;
	/** The last run failed, so that n8n may run the node again. */
	hasFailed: boolean;
}

/** A workflow with a trigger, as n8n keeps it. */
class Workflow {
	private workflowId = newWorkflowId();

	private nodeName = 'Trigger';

	private live = { node: {} as IDataObject, global: {} as IDataObject };

	private saved = '{"node":{},"global":{}}';

	/** Deliveries by message and event. */
	readonly delivered = new Map<string, number>();

	/** Those with which an execution has ended well, and whether n8n was killed since. */
	readonly acknowledged = new Map<string, { killed: boolean }>();

	running: StartedExecution[] = [];

	/** Where the polls put the executions that they start, also those that wait for their turn. */
	private beginning: StartedExecution[][] = [];

	isActive = false;

	private wasActivated = false;

	constructor(readonly setting: Setting) {}

	/** The first time n8n polls once and saves what the trigger remembers. */
	async activate(): Promise<void> {
		if (this.wasActivated) return;
		this.wasActivated = true;
		await this.poll();
		this.saved = JSON.stringify(this.live);
	}

	async poll(): Promise<void> {
		const { deliverAgain, events, existing } = this.setting;
		const started: StartedExecution[] = [];
		this.beginning.push(started);
		const { polling } = fakePolling({
			properties: triggerForm,
			parameters: {
				events,
				days: EXPIRING_DAYS,
				options: { deliverAgain, existing, addNames: false, maxPerPoll: this.setting.room },
			},
			credentials: { socialSecurityCertificateOAuth2Api: credential },
			staticData: this.live.node,
			globalStaticData: this.live.global,
			workflowId: this.workflowId,
			node: { name: this.nodeName },
			started,
		});
		let outputs: INodeExecutionData[][] | null = null;
		try {
			outputs = await trigger.poll.call(polling);
			this.isActive = true;
		} catch (error) {
			const { message } = error as Error;
			if (ACCIDENT.test(message)) throw new Error(`a poll fails by accident: ${message}`);
		}
		const hasBegun = await this.takeBegun();
		if (outputs || hasBegun) this.saved = JSON.stringify(this.live);
		for (const { json } of outputs?.[0] ?? []) this.check(json);
	}

	/** Executions beyond those that run at once are begun in later turns, when others have ended. */
	private async takeBegun(): Promise<boolean> {
		await new Promise<void>((resolve) => setImmediate(resolve));
		const begun = this.beginning.flatMap((list) => list.splice(0));
		this.running.push(...begun);
		for (const { json } of begun.flatMap(({ items }) => items[0] ?? [])) this.check(json);
		return begun.length > 0;
	}

	private check(json: IDataObject): void {
		const { providerId, messageId, event } = json;
		const message = sandbox.boxes[providerId as Name].find(String(messageId));
		const text = JSON.stringify(json);
		if (!message) throw new Error(`delivered, and the provider has none such: ${text}`);
		if (json.registeredMail !== message.registeredMail || json.readStatus !== message.readStatus)
			throw new Error(`delivered with other properties than it has: ${text}`);
		const isExpiring = event === 'messageExpiring';
		if (isExpiring && message.expiresAt > Date.now() + EXPIRING_DAYS * DAY)
			throw new Error(`told to expire soon, and does not: ${text}`);
		if (event === 'newRegisteredMail' && !message.registeredMail)
			throw new Error(`told to be registered mail, and is not: ${text}`);
		const key = deliveryOf(json);
		const count = this.delivered.get(key) ?? 0;
		if (count > 0 && json.redelivered !== true)
			throw new Error(`delivered twice without a word: ${text}`);
		if (this.acknowledged.get(key)?.killed === false)
			throw new Error(`acknowledged, and delivered again: ${text}`);
		this.delivered.set(key, count + 1);
	}

	async end(n: number, status: 'success' | 'error'): Promise<void> {
		const [one] = this.running.splice(n % Math.max(1, this.running.length), 1);
		const json = one?.items[0]?.[0]?.json;
		if (!one || !json) return;
		await one.end(status);
		if (status === 'success') this.acknowledged.set(deliveryOf(json), { killed: false });
		await this.takeBegun();
	}

	kill(): void {
		forgetRunningTriggers();
		this.live = JSON.parse(this.saved) as typeof this.live;
		this.running = [];
		this.beginning = [];
		for (const one of this.acknowledged.values()) one.killed = true;
	}

	rename(): void {
		this.nodeName = `${this.nodeName}'`;
		this.live.node = {};
		this.saved = JSON.stringify({ ...(JSON.parse(this.saved) as object), node: {} });
	}

	/** Whether a message has reached the workflow as it has to. */
	hasGot(name: Name, { messageId, registeredMail }: StoredMessage): boolean {
		const { events, deliverAgain } = this.setting;
		if (!events.includes('newMessage') && !registeredMail) return true;
		const key = JSON.stringify([name, messageId, false]);
		return deliverAgain ? this.acknowledged.has(key) : this.delivered.has(key);
	}
}

const deliveryOf = ({ providerId, messageId, event }: IDataObject): string =>
	JSON.stringify([providerId, messageId, event === 'messageExpiring']);

interface Setting {
	deliverAgain: boolean;
	events: string[];
	existing: boolean;
	room: number;
	/** Who is down when the workflow is activated. */
	downAtFirst: Name[];
}

interface World {
	workflow: Workflow;
	last?: Act;
	acts: number;
	down: Set<Name>;
	/** Mail that came when the trigger was active, by provider. */
	arrived: Array<{ name: Name; message: StoredMessage }>;
	serial: number;
}

/** Takes what goes wrong with single calls away; who is down stays down. */
function settle(world: World): void {
	for (const name of NAMES) {
		const server = sandbox.mockServers[name];
		server.clearFailures();
		if (world.down.has(name))
			server.failNext({ times: 1_000_000, how: { kind: 'status', status: 503, body: '{}' } });
	}
}

const publishedBy = ({ name, subject }: Act): StoredMessage[] =>
	sandbox.boxes[name].published.filter((one) => one.subject.fr === subject);

/** Runs an act and compares what is said with what the provider holds. */
async function run(world: World, act: Act, fault: Fault): Promise<void> {
	world.last = act;
	const before = publishedBy(act).length;
	plan(act.name, act.kind === 'executeAction' ? 'PATCH' : 'POST', fault);
	const { items, failure } = await operate(act.operation, act.parameters, {
		context: act.context,
		executionId: act.executionId,
	});
	settle(world);
	act.hasFailed = failure !== undefined;
	const made = publishedBy(act).length - before;
	act.made += made;
	const [item] = items;
	const text = JSON.stringify(item ?? failure);
	if (act.kind === 'executeAction') {
		const done = sandbox.boxes[act.name].find(String(act.parameters.messageId))?.action;
		if (item?.executed === true && done !== 'executed') throw new Error(`not executed: ${text}`);
		return;
	}
	if (act.kind === 'link') return;
	const isProtected = act.name === V3 || !act.isStartedAgain;
	if (act.made > 1 && isProtected) throw new Error(`published ${act.made} times: ${text}`);
	if (act.key !== undefined && act.name === V3 && publishedBy(act).length > 1)
		throw new Error(`published again under one key: ${text}`);
	if (item?.published === true) {
		const found = publishedBy(act).map(({ messageId }) => messageId);
		if (found.length === 0) throw new Error(`told to be published, and is not: ${text}`);
		if (item.messageId !== null && !found.includes(String(item.messageId)))
			throw new Error(`another message is told to be the one: ${text}`);
	}
	// Of a key that a person gave, the provider alone knows what it stands for; that is said.
	const isTold = act.key !== undefined && /has been used before/.test(failure?.message ?? '');
	if (failure?.outcome === 'not_done' && act.made > 0 && isProtected && !isTold)
		throw new Error(`told to be not done, and it is: ${text}`);
}

const publication = (world: World, name: Name, key: string | undefined): Act => {
	const subject = key ?? `subject ${++world.serial}`;
	return {
		kind: 'publish',
		name,
		operation: 'publication:publish',
		subject,
		key,
		parameters: {
			providerId: name,
			recipientId: '0206731645',
			messageTypeId: 'information-request',
			senderOrganizationId: ENTERPRISE,
			senderApplicationId: 'urn:app:documents',
			subject,
			mainContent: 'body',
			body: 'Bonjour',
			additionalFields: key === undefined ? {} : { idempotencyKey: key },
		},
		...newExecution(world),
	};
};

const newExecution = (world: World) => ({
	executionId: `execution ${++world.acts}`,
	context: {},
	made: 0,
	isStartedAgain: false,
	hasFailed: false,
});

const names = fc.constantFrom<Name[]>(...NAMES);

function pick(name: Name, n: number): StoredMessage | undefined {
	const box = sandbox.boxes[name];
	box.expire(sandbox.clock.milliseconds());
	return box.messages[n % Math.max(1, box.messages.length)];
}

const digestOf = (bytes: Buffer) => createHash('sha256').update(bytes).digest('base64url');

async function checkArchive(name: Name, message: StoredMessage): Promise<void> {
	const { messageId } = message;
	const { items, binary, store } = await operate('message:archive', {
		providerId: name,
		messageId,
	});
	const [item] = items;
	if (!item) return;
	const files = (item.attachments ?? []) as Array<{ fileName: string; binaryField: string }>;
	const wanted = message.files.map(({ fileName, bytes }) => [fileName, digestOf(bytes)]);
	const got = files
		.filter(({ binaryField }) => /^file_\d+$/.test(binaryField))
		.slice(0, message.files.length)
		.map(({ fileName, binaryField }) => [
			fileName,
			digestOf(store.contentOf(binary[0]?.[binaryField])),
		]);
	if (JSON.stringify(got) !== JSON.stringify(wanted))
		throw new Error(`archived with other files: ${JSON.stringify(item)}`);
	if (message.files.some(({ mainContent }) => mainContent) && !message.readStatus)
		throw new Error('archived, and its main content was not fetched');
}

/** A list is all that there is, or names who is missing. */
async function checkList(world: World): Promise<void> {
	const { items, failure } = await operate('message:getAll', {
		returnAll: true,
		options: { addNames: false },
	});
	if (failure) return;
	const failed = items
		.filter(({ error }) => error)
		.map(({ details }) => (details as IDataObject).providerId);
	for (const name of NAMES) {
		const listed = items
			.filter((one) => one.providerId === name)
			.map(({ messageId, readStatus, visible }) => [messageId, readStatus, visible]);
		if (failed.includes(name)) {
			if (listed.length > 0) throw new Error(`${name} failed and gave a list`);
			continue;
		}
		if (world.down.has(name)) throw new Error(`${name} is down and looks like an empty e-Box`);
		const held = sandbox.boxes[name].messages.map(({ messageId, readStatus, visible }) => [
			messageId,
			readStatus,
			visible,
		]);
		if (JSON.stringify(listed.sort()) !== JSON.stringify(held.sort()))
			throw new Error(`${name}: listed ${JSON.stringify(listed)}, holds ${JSON.stringify(held)}`);
	}
}

async function checkStatistics(world: World): Promise<void> {
	const { items } = await operate('summary:getStatistics', { output: 'perProvider', days: 15 });
	for (const item of items) {
		if (item.error) continue;
		const name = item.providerId as Name;
		const { messages } = sandbox.boxes[name];
		const unread = messages.filter(({ readStatus }) => !readStatus).length;
		if (world.down.has(name)) throw new Error(`${name} is down and is counted`);
		if (item.total !== messages.length || item.unread !== unread)
			throw new Error(`counted otherwise than held: ${JSON.stringify(item)}`);
		const asks = messages.filter(({ action }) => action === 'requested').length;
		if (item.awaitingAction !== undefined && item.awaitingAction !== asks)
			throw new Error(`other actions than there are: ${JSON.stringify(item)}`);
	}
}

const kinds: Array<StepKind<World>> = [
	step(
		'mail arrives',
		7,
		fc.record({
			name: names,
			late: fc.constantFrom(0, 0, 10 * MINUTE, 90 * MINUTE),
			registeredMail: fc.boolean(),
			days: fc.constantFrom(2, 20, 180),
			asks: fc.boolean(),
		}),
		async (world, { name, late, registeredMail, days, asks }) => {
			await world.workflow.activate();
			const now = sandbox.timeAt(name);
			const [message] = sandbox.deliver(name, {
				messageId: `m${++world.serial}`,
				receivedAt: now - late,
				expiresAt: now + days * DAY,
				registeredMail,
				replyAuthorized: true,
				...(asks && name === V3 ? { action: 'requested' as const } : {}),
			});
			if (message && world.workflow.isActive) world.arrived.push({ name, message });
		},
	),
	step('the trigger polls', 6, fc.constant(undefined), async (world) => {
		await world.workflow.activate();
		await world.workflow.poll();
	}),
	step(
		'an execution ends',
		3,
		fc.record({ n: fc.nat(4), well: fc.boolean() }),
		async (world, { n, well }) => await world.workflow.end(n, well ? 'success' : 'error'),
	),
	step(
		'Publish',
		5,
		fc.record({
			name: names,
			key: fc.option(fc.constantFrom('a', 'b'), { nil: undefined }),
			fault: faults,
		}),
		async (world, { name, key, fault }) =>
			await run(world, publication(world, name, key && `invoice ${key}`), fault),
	),
	step('Reply', 3, fc.record({ n: fc.nat(4), fault: faults }), async (world, { n, fault }) => {
		const original = pick(V3, n);
		if (!original) return;
		const act = publication(world, V3, undefined);
		const parameters = { ...act.parameters, messageId: original.messageId };
		await run(world, { ...act, kind: 'reply', operation: 'message:reply', parameters }, fault);
	}),
	step(
		'Execute Action',
		2,
		fc.record({ n: fc.nat(4), fault: faults }),
		async (world, { n, fault }) => {
			const messageId = pick(V3, n)?.messageId;
			if (messageId === undefined) return;
			const act = publication(world, V3, undefined);
			const parameters = { providerId: V3, messageId };
			const operation = 'message:executeAction';
			await run(world, { ...act, kind: 'executeAction', operation, parameters }, fault);
		},
	),
	step('n8n runs the node again', 5, faults, async (world, fault) => {
		if (world.last?.hasFailed) await run(world, world.last, fault);
	}),
	step('the execution is started again after a kill', 2, faults, async (world, fault) => {
		if (!world.last) return;
		world.last.context = {};
		world.last.isStartedAgain = true;
		await run(world, world.last, fault);
	}),
	step('the same in another execution', 2, faults, async (world, fault) => {
		if (world.last) await run(world, { ...world.last, ...newExecution(world) }, fault);
	}),
	step(
		'Archive',
		2,
		fc.record({ name: names, n: fc.nat(4), fault: faults }),
		async (world, { name, n, fault }) => {
			const message = pick(name, n);
			if (!message) return;
			plan(name, 'GET', fault);
			await checkArchive(name, message);
			settle(world);
		},
	),
	step(
		'Hide or Show',
		2,
		fc.record({ name: names, n: fc.nat(4), hide: fc.boolean(), fault: faults }),
		async (world, { name, n, hide, fault }) => {
			const message = pick(name, n);
			if (!message) return;
			plan(name, 'PATCH', fault);
			const { messageId } = message;
			const parameters = { providerId: name, messageId };
			const { items } = await operate(`message:${hide ? 'hide' : 'show'}`, parameters);
			settle(world);
			if (items[0]?.updated === true && message.visible === hide)
				throw new Error(`told to be ${hide ? 'hidden' : 'shown'}, and is not`);
		},
	),
	step('Get Many', 2, faults, async (world, fault) => {
		plan('regional', 'GET', fault);
		await checkList(world);
		settle(world);
	}),
	step('Get Statistics', 1, faults, async (world, fault) => {
		plan(V3, 'GET', fault);
		await checkStatistics(world);
		settle(world);
	}),
	step('Get Preferences', 1, fc.subarray(RECIPIENTS, { minLength: 1 }), async (_, asked) => {
		const enterpriseNumbers = asked.join(',');
		const { items } = await operate('recipient:getPreferences', { enterpriseNumbers });
		for (const item of items) {
			const held = sandbox.preferences.get(String(item.enterpriseNumber));
			if (item.hasEBox !== (held !== undefined) || item.paperNeeded !== !held?.exclusivelyEbox)
				throw new Error(`other preferences than held: ${JSON.stringify(item)}`);
		}
	}),
	step('Search Status', 1, fc.nat(4), async (world, n) => {
		const { published } = sandbox.boxes[world.last?.name ?? V3];
		const sent = published[n % Math.max(1, published.length)];
		if (!sent || !world.last) return;
		const { items } = await operate('publication:searchStatus', {
			providerId: world.last.name,
			messageId: sent.messageId,
			recipientId: '0206731645',
		});
		if (items[0] && items[0].readStatus !== sent.readStatus)
			throw new Error(`told ${JSON.stringify(items[0])}, is read: ${sent.readStatus}`);
	}),
	step(
		'a colleague reads or hides',
		2,
		fc.record({ name: names, n: fc.nat(4), hides: fc.boolean() }),
		(_, { name, n, hides }) => {
			const message = pick(name, n);
			if (!message) return;
			if (hides) message.visible = false;
			else message.readStatus = true;
		},
	),
	step('a recipient reads', 1, fc.record({ name: names, n: fc.nat(4) }), (_, { name, n }) => {
		const { published } = sandbox.boxes[name];
		const sent = published[n % Math.max(1, published.length)];
		if (sent) sent.readStatus = true;
	}),
	step(
		'a recipient chooses',
		1,
		fc.record({ number: fc.constantFrom(...RECIPIENTS), exclusivelyEbox: fc.boolean() }),
		(_, { number, exclusivelyEbox }) => void sandbox.preferences.set(number, { exclusivelyEbox }),
	),
	step('a provider goes down or comes back', 3, names, (world, name) => {
		if (!world.down.delete(name)) world.down.add(name);
		settle(world);
	}),
	step('time passes (h)', 4, fc.constantFrom(0.3, 2, 26, 80), (_, hours) => {
		elapsed += hours * HOUR;
	}),
	step(
		'the clock of a provider is moved (min)',
		1,
		fc.record({ name: names, minutes: fc.constantFrom(-60, 0, 60) }),
		(_, { name, minutes }) => {
			sandbox.clockSkew[name] = minutes * MINUTE;
		},
	),
	step(
		'the clock of this machine is moved (h)',
		1,
		fc.constantFrom(-5, -1, 1),
		async (world, h) => {
			moveMachineClock(h * HOUR);
			await world.workflow.activate();
			await world.workflow.poll();
		},
	),
	step('n8n is killed', 3, fc.constant(undefined), (world) => {
		world.workflow.kill();
		forgetReferenceData();
		world.last = undefined;
	}),
	step('the trigger node is renamed', 2, fc.constant(undefined), (world) => {
		world.workflow.rename();
	}),
];

/**
 * Everything that arrived and is still there has reached the workflow when all providers are up.
 */
async function finish(world: World): Promise<void> {
	const { workflow } = world;
	if (!workflow.isActive) return;
	world.down.clear();
	settle(world);
	const present = () =>
		world.arrived.filter(({ name, message }) => {
			sandbox.boxes[name].expire(sandbox.timeAt(name));
			return sandbox.boxes[name].find(message.messageId) !== undefined;
		});
	const missing = () => present().filter(({ name, message }) => !workflow.hasGot(name, message));
	for (let round = 0; round < 8 && missing().length > 0; round++) {
		await workflow.poll();
		while (workflow.running.length > 0) await workflow.end(0, 'success');
		elapsed += workflow.setting.deliverAgain ? 10 * HOUR : HOUR;
	}
	const ids = missing().map(({ name, message }) => `${name} ${message.messageId}`);
	if (ids.length > 0) throw new Error(`lost: ${ids.join(', ')}`);
}

testTruth<World, Setting>({
	service: 'ebox',
	histories: 500,
	steps: 7,
	settings: fc.record({
		deliverAgain: fc.boolean(),
		events: fc.constantFrom(
			['newMessage'],
			['newMessage', 'messageExpiring'],
			['newMessage', 'newRegisteredMail'],
			['newRegisteredMail', 'messageExpiring'],
		),
		existing: fc.boolean(),
		room: fc.constantFrom(1, 2, 200),
		downAtFirst: fc.constantFrom<Name[][]>([], [], [], ['regional'], ['documents']),
	}),
	kinds,
	open: (setting) => {
		database.clear();
		moveMachineClock(-drift);
		elapsed = 0;
		forgetRunningTriggers();
		for (const name of NAMES) {
			sandbox.boxes[name].clear();
			sandbox.mockServers[name].calls.clear();
			sandbox.deliver(name, { messageId: `old ${name}`, receivedAt: sandbox.timeAt(name) - DAY });
		}
		sandbox.mockServers.nsso.calls.clear();
		sandbox.listed = [...NAMES];
		sandbox.clockSkew = {};
		const world: World = {
			workflow: new Workflow(setting),
			acts: 0,
			down: new Set(setting.downAtFirst),
			arrived: [],
			serial: 0,
		};
		settle(world);
		return world;
	},
	check: () => {
		if (sandbox.faults.length > 0) throw new Error(`the sandbox failed: ${String(sandbox.faults)}`);
	},
	finish,
});
