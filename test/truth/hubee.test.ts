import { createHash } from 'node:crypto';

import * as fc from 'fast-check';
import type { IDataObject, INodeExecutionData } from 'n8n-workflow';

import { closeAllConnections } from '../../lib/http/agents';
import { HttpClient } from '../../lib/http/client';
import { executeTable } from '../../lib/node/execute';
import { formOf } from '../../lib/node/form';
import { forgetAllTokens } from '../../lib/oauth/token-source';
import { HubEeTrigger } from '../../nodes/HubEe/HubEeTrigger.node';
import { hubEeTable } from '../../nodes/HubEe/table';
import { type CaseOverview, type HubEeSandbox, startHubEeSandbox } from '../../sandbox/hubee';
import { BinaryStore } from '../unit/fakes/binary-store';
import { fakeExecution } from '../unit/fakes/execution';
import { fakePolling, newWorkflowId } from '../unit/fakes/polling';
import { folderForm } from '../unit/hubee-osl/office';
import { step, testTruth } from './runner';

const MINUTE = 60_000;
const HOUR = 60 * MINUTE;

type Side = 'SI' | 'OSL';
const CLIENTS: Record<Side, string> = { SI: 'si-paris', OSL: 'osl' };

/** What the documents leave open. */
interface HubSetting {
	eventDetails: boolean;
	notificationOrder: 'shuffled' | 'stable' | 'created';
	notificationAfterReceived: 'kept' | 'consumed';
	depositStatusAppliesAt: 'creation' | 'sent';
	statusByEvent: boolean;
	digestHeader: boolean;
	uniqueExternalIds: boolean;
}

const trigger = new HubEeTrigger();
const properties = formOf(hubEeTable);

const digestOf = (content: string): string => createHash('sha256').update(content).digest('hex');

/** What a workflow was told in a fault is a sentence and no accident of the program. */
const ACCIDENT = /is not a function|Cannot read|undefined|\[object Object\]|call stack/;

/** n8n ends at its n-th call of the hub, before or after the hub treats it. Nothing comes after. */
interface Kill {
	callsLeft: number;
	when: 'before' | 'after';
	isDead: boolean;
}

class Killed extends Error {}

let kill: Kill | undefined;

async function unlessKilled<Result>(call: () => Promise<Result>): Promise<Result> {
	if (!kill) return await call();
	const isIt = kill.callsLeft-- === 0;
	kill.isDead ||= isIt && kill.when === 'before';
	if (kill.isDead) throw new Killed('n8n is dead');
	const result = await call();
	kill.isDead ||= isIt;
	if (kill.isDead) throw new Killed('n8n is dead');
	return result;
}

/** Every call of the HTTP client goes by {@link unlessKilled}. */
function killable(): void {
	const { json, confirm, stream } = HttpClient.prototype;
	const spyOn = (name: 'json' | 'confirm' | 'stream', original: unknown) => {
		const call = original as (this: HttpClient, ...given: unknown[]) => Promise<never>;
		jest.spyOn(HttpClient.prototype, name).mockImplementation(async function (
			this: HttpClient,
			...given: unknown[]
		) {
			return await unlessKilled(async () => await call.apply(this, given));
		});
	};
	spyOn('json', json);
	spyOn('confirm', confirm);
	spyOn('stream', stream);
}

/** A workflow with a trigger on one queue, as n8n keeps it. */
class Workflow {
	readonly inHand: IDataObject[] = [];

	/** When each notification was delivered. */
	readonly deliveredAt = new Map<string, number>();

	private id = newWorkflowId();

	private globalData: IDataObject = {};

	private saved = '{}';

	constructor(
		private readonly world: World,
		readonly side: Side,
		private readonly parameters: IDataObject,
	) {}

	async poll(): Promise<void> {
		const { polling } = fakePolling({
			properties: trigger.description.properties,
			parameters: this.parameters,
			credentials: { hubEeOAuth2Api: this.world.credential(this.side) },
			globalStaticData: this.globalData,
			workflowId: this.id,
		});
		const queue = new Map(this.world.queueOf(this.side).map((one) => [one.id, one]));
		const outputs = await this.world.attempt(async () => await trigger.poll.call(polling));
		const [items = [], reports = []] = outputs ?? [];
		if (outputs) this.saved = JSON.stringify(this.globalData);
		for (const { json } of [...items, ...reports]) this.checkItem(json, queue);
		for (const { json } of items) this.checkDelivery(json);
		this.inHand.push(...items.map(({ json }) => json));
	}

	/** n8n is killed; what workflows had in hand is gone with it. */
	kill(): void {
		this.id = newWorkflowId();
		this.globalData = JSON.parse(this.saved) as IDataObject;
		this.inHand.length = 0;
	}

	/** The n-th item in hand, which is not in hand any more. */
	take(n: number): IDataObject | undefined {
		return this.inHand.splice(n % Math.max(1, this.inHand.length), 1)[0];
	}

	private checkItem(json: IDataObject, queue: Map<string, { eventId: string | null }>): void {
		const id = String(json.notificationId);
		const truth = queue.get(id);
		if (!truth) throw new Error(`${id} was delivered and is not in the queue`);
		if ((json.kind === 'case') !== (truth.eventId === null))
			throw new Error(`${id} is told to be a ${String(json.kind)} and is none`);
	}

	private checkDelivery(json: IDataObject): void {
		const id = String(json.notificationId);
		const before = this.deliveredAt.get(id);
		if (before !== undefined && Date.now() - before < HOUR)
			throw new Error(`${id} was delivered while it was in flight`);
		this.deliveredAt.set(id, Date.now());
		if (json.eventId === null) return;
		const event = this.world.event(String(json.caseId), String(json.eventId));
		if (json.eventActionType !== event.actionType)
			throw new Error(`${id}: told ${String(json.eventActionType)}, is ${event.actionType}`);
	}
}

let servers: { withDetails: HubEeSandbox; without: HubEeSandbox };

/** Both sides at their counters, the agents in the portal, and the clock. */
class World {
	readonly workflows: Workflow[];

	/** Notifications that a workflow has acknowledged. */
	readonly acknowledged = new Set<string>();

	/** Every notification that was ever in a queue. */
	private readonly seen = new Map<string, { caseId: string; eventId: string | null; side: Side }>();

	/** What n8n's database remembers of the folders that were begun. */
	private readonly processed = new Set<string>();

	private offset = 0;

	private serial = 0;

	constructor(
		readonly sandbox: HubEeSandbox,
		readonly setting: HubSetting,
	) {
		this.workflows = [
			new Workflow(this, 'SI', { batchSize: 10 }),
			new Workflow(this, 'SI', { batchSize: 10, kinds: ['case', 'SENDING_MESSAGE'] }),
			new Workflow(this, 'OSL', { batchSize: 10 }),
		];
		const realNow = performance.timeOrigin + performance.now();
		const started = performance.now();
		jest
			.spyOn(Date, 'now')
			.mockImplementation(() => Math.floor(realNow + performance.now() - started + this.offset));
	}

	later(milliseconds: number): void {
		this.offset += milliseconds;
	}

	credential(side: Side): IDataObject {
		const { clientId, clientSecret } = this.sandbox.credential(CLIENTS[side]);
		return {
			environment: 'custom',
			baseUrl: this.sandbox.url,
			tokenUrl: this.sandbox.tokenUrl,
			clientId,
			clientSecret,
			scope: side,
			editorName: 'Ville de Test',
			applicationName: 'n8n',
			softwareVersion: '1.0',
		};
	}

	queueOf(side: Side) {
		return this.sandbox.listNotifications().filter(({ recipient }) => recipient.type === side);
	}

	get cases(): CaseOverview[] {
		return this.sandbox.listCases();
	}

	case(n: number): CaseOverview | undefined {
		const { cases } = this;
		return cases[n % Math.max(1, cases.length)];
	}

	caseNow(caseId: string): CaseOverview {
		const found = this.cases.find(({ id }) => id === caseId);
		if (!found) throw new Error(`There is no case ${caseId}`);
		return found;
	}

	event(caseId: string, eventId: string) {
		const found = this.caseNow(caseId).events.find(({ id }) => id === eventId);
		if (!found) throw new Error(`There is no event ${eventId}`);
		return found;
	}

	/** What comes of it; nothing where it fails, in words. */
	async attempt<Result>(act: () => Promise<Result>): Promise<Result | undefined> {
		const result = await act().catch((error: unknown) => {
			const { message } = error as Error;
			if (ACCIDENT.test(message)) throw new Error(`failed by accident: ${message}`);
			return undefined;
		});
		if (!kill?.isDead) return result;
		// Nobody was told anything, and n8n begins again.
		kill = undefined;
		for (const workflow of this.workflows) workflow.kill();
		return undefined;
	}

	/** What n8n's database remembers, until n8n ends. */
	private get deduplication() {
		const { processed } = this;
		return {
			checkProcessedAndRecord: async (keys: unknown[]) =>
				await unlessKilled(async () => {
					const seen = keys.map(String).filter((key) => processed.has(key));
					for (const key of keys) processed.add(String(key));
					return await Promise.resolve({ new: [], processed: seen });
				}),
			removeProcessed: async (keys: unknown[]) =>
				await unlessKilled(async () => {
					for (const key of keys) processed.delete(String(key));
					await Promise.resolve();
				}),
		};
	}

	/** An operation of the node. */
	async run(
		side: Side,
		operation: string,
		parameters: IDataObject,
		setup: { items?: INodeExecutionData[]; store?: BinaryStore; continueOnFail?: boolean } = {},
	): Promise<IDataObject | undefined> {
		const [resource, name] = operation.split(':');
		const { execution } = fakeExecution({
			properties,
			parameters: { resource, operation: name, ...parameters },
			credentials: { hubEeOAuth2Api: this.credential(side) },
			deduplication: this.deduplication,
			...setup,
		});
		const outputs = await this.attempt(async () => await executeTable(execution, hubEeTable));
		return outputs?.[0]?.[0]?.json;
	}

	/** The reception of what the trigger has delivered, step by step as in the template. */
	async treat(workflow: Workflow, item: IDataObject, status: string | undefined): Promise<void> {
		const { side } = workflow;
		const [caseId, eventId] = [String(item.caseId), item.eventId as string | null];
		if (eventId === null) {
			const received = await this.run(side, 'case:receive', { caseId });
			if (!received) return;
			this.checkFiles(received, this.caseNow(caseId).attachments);
			if (status !== undefined && !(await this.setStatus(side, caseId, status))) return;
		} else {
			const received = await this.run(side, 'event:receive', { caseId, eventId });
			if (!received) return;
			this.checkFiles(received, this.event(caseId, eventId).attachments);
		}
		const { notificationId } = item;
		const claim = await this.run(side, 'notification:acknowledge', {
			notificationId,
			caseId,
			eventId: eventId ?? '',
		});
		const isGone = !this.sandbox.listNotifications().some(({ id }) => id === notificationId);
		// Also where n8n was killed after it, or its answer was lost.
		if (isGone) this.acknowledged.add(String(notificationId));
		if (!claim) return;
		if (!isGone)
			throw new Error(`${String(notificationId)} is acknowledged and still in the queue`);
		if (eventId !== null && this.event(caseId, eventId).status !== 'RECEIVED')
			throw new Error(`${eventId} is acknowledged and its author was not told`);
	}

	/** @returns whether the operation came to its end */
	async setStatus(side: Side, caseId: string, status: string): Promise<boolean> {
		const before = this.caseNow(caseId);
		const wasLeft = before.status !== status && before.history.some((one) => one.status === status);
		const additionalFields = { onlyForward: true };
		const claim = await this.run(side, 'case:updateStatus', { caseId, status, additionalFields });
		const after = this.caseNow(caseId);
		if (wasLeft && after.status === status)
			throw new Error(`${caseId} was taken back to ${status} from ${before.status}`);
		if (!claim) return false;
		if (claim.status !== after.status)
			throw new Error(`told status ${String(claim.status)}, is ${after.status}`);
		return true;
	}

	/** A file of the workflow. */
	private file(content: string): { store: BinaryStore; items: INodeExecutionData[] } {
		const store = new BinaryStore();
		const binary = { data: store.put(content, 'acte.pdf', 'application/pdf') };
		return { store, items: [{ json: {}, binary }] };
	}

	/** Files from one side; the claim is that the hub has exactly these bytes, sent. */
	async sendFiles(
		side: Side,
		caseId: string,
		content: string,
		operation = 'event:sendFiles',
		more: IDataObject = {},
	): Promise<void> {
		const parameters = { caseId, attachmentType: 'documents', ...more };
		const claim = await this.run(side, operation, parameters, this.file(content));
		if (!claim) return;
		const sent = this.caseNow(caseId).events.find(({ id }) => id === claim.eventId);
		if (!sent || sent.side !== side || sent.status === 'IN_PROGRESS')
			throw new Error(`the event that is told to be sent is ${sent?.status ?? 'not there'}`);
		if (sent.attachments.some(({ sha256 }) => sha256 !== digestOf(content)))
			throw new Error('the hub has other bytes than those that are told to be sent');
		this.checkStatus(claim, caseId);
	}

	/** The answer to a request for complements; nothing is told of a status that does not hold. */
	async answer(caseId: string, content: string | undefined): Promise<void> {
		if (content !== undefined)
			return await this.sendFiles('OSL', caseId, content, 'case:answerRequest');
		const additionalFields = { message: 'Voici la réponse' };
		const parameters = { caseId, withFiles: false, additionalFields };
		const claim = await this.run('OSL', 'case:answerRequest', parameters);
		if (claim) this.checkStatus(claim, caseId);
	}

	async reopen(caseId: string, content: string): Promise<void> {
		const { folderId } = this.caseNow(caseId);
		await this.sendFiles('OSL', caseId, content, 'case:reopen', { folderId });
	}

	async closeCase(caseId: string): Promise<void> {
		const { folderId } = this.caseNow(caseId);
		const additionalFields = { onlyForward: true };
		const claim = await this.run('OSL', 'case:close', { caseId, folderId, additionalFields });
		if (!claim) return;
		this.checkStatus(claim, caseId);
		const folder = this.folder(folderId);
		if (claim.folderClosed === true && folder.globalStatus !== 'CLOSED')
			throw new Error(`the folder is told to be closed and is ${folder.globalStatus}`);
	}

	private checkStatus({ status }: IDataObject, caseId: string): void {
		const now = this.caseNow(caseId).status;
		if (status !== undefined && status !== now)
			throw new Error(`told status ${String(status)}, is ${now}`);
	}

	private folder(folderId: string) {
		const found = this.sandbox.listFolders().find(({ id }) => id === folderId);
		if (!found) throw new Error(`There is no folder ${folderId}`);
		return found;
	}

	private completed(externalId: string) {
		return this.sandbox
			.listFolders()
			.filter((one) => one.externalId === externalId && one.globalStatus !== 'HUBEE_RECEIVED');
	}

	/** A folder under a number of our own, perhaps once more, perhaps with another content. */
	async submit(number: number, content: string): Promise<void> {
		const externalId = `DGS-EtatCivil-${String(number).padStart(13, '0')}`;
		const before = this.completed(externalId).length;
		const result = await this.run('OSL', 'folder:submit', folderForm({ externalId }), {
			...this.file(content),
			continueOnFail: true,
		});
		const completed = this.completed(externalId);
		if (completed.length > 1) throw new Error(`${externalId} was completed twice`);
		if (!result) return;
		const details = (result.details ?? result.error) as IDataObject | undefined;
		if (details) {
			const isDone = completed.length > before;
			if (details.outcome === 'not_done' && isDone)
				throw new Error(`${externalId} is told not to be done, and was completed`);
			return;
		}
		const { globalStatus, attachments } = this.folder(String(result.folderId));
		if (globalStatus !== result.globalStatus)
			throw new Error(`the folder is told ${String(result.globalStatus)}, is ${globalStatus}`);
		if (attachments.some(({ sha256 }) => sha256 !== null && sha256 !== digestOf(content)))
			throw new Error('the folder has other bytes than those that are told to be sent');
		if ((result.submittedBefore === true) !== (before === 1))
			throw new Error(`submittedBefore is told ${String(result.submittedBefore)}`);
	}

	private checkFiles(
		received: IDataObject,
		held: Array<{ sha256: string | null; status: string }>,
	): void {
		const files = (received.files ?? []) as Array<{ sha256: string }>;
		const got = files.map(({ sha256 }) => Buffer.from(sha256, 'base64').toString('hex')).sort();
		if (received.complete !== true && received.complete !== undefined) return;
		const wanted = held.map(({ sha256 }) => sha256 ?? 'none').sort();
		if (JSON.stringify(got) !== JSON.stringify(wanted))
			throw new Error(`told complete with ${got.length} files, the hub has ${wanted.length}`);
	}

	/** Nothing has left a queue but by an acknowledgement. */
	check(): void {
		const now = this.sandbox.listNotifications();
		for (const { id, caseId, eventId, recipient } of now)
			this.seen.set(id, { caseId, eventId, side: recipient.type as Side });
		const present = new Set(now.map(({ id }) => id));
		for (const [id, { caseId, eventId, side }] of this.seen) {
			if (present.has(id) || this.acknowledged.has(id)) continue;
			this.checkGone(id, caseId, eventId, side);
			this.seen.delete(id);
		}
	}

	private checkGone(id: string, caseId: string, eventId: string | null, side: Side): void {
		if (eventId === null) throw new Error(`the new case ${id} is lost`);
		const event = this.event(caseId, eventId);
		if (event.status !== 'RECEIVED') throw new Error(`the event ${id} is lost`);
		const isOwn = event.side === side;
		// A hub that consumes the notification with the status takes it out itself.
		if (!isOwn && this.setting.notificationAfterReceived === 'kept')
			throw new Error(`${id} of the other side was cleared like one of our own`);
	}

	/** Everybody works to the end. */
	async finish(): Promise<void> {
		kill = undefined;
		this.sandbox.mockServer.injectedFaults.clear();
		for (let rounds = 0; rounds < 12; rounds++) {
			this.later(2 * HOUR);
			for (const workflow of this.workflows) {
				if (this.queueOf(workflow.side).length === 0) continue;
				await workflow.poll();
				for (const item of workflow.inHand.splice(0)) await this.treat(workflow, item, undefined);
			}
			this.check();
			// Each acknowledgement tells the other side, which clears it at its next poll.
			if (this.left.length === 0) return;
		}
		throw new Error(`${this.left.length} notifications were never delivered`);
	}

	/** What a workflow could still treat. */
	private get left() {
		return this.sandbox.listNotifications().filter(({ caseId, eventId, recipient }) => {
			const event = eventId === null ? undefined : this.event(caseId, eventId);
			const { attachments } = event ?? this.caseNow(caseId);
			const isPurged = attachments.some(({ status }) => status !== 'RECEIVED');
			return CLIENTS[recipient.type as Side] !== undefined && !isPurged;
		});
	}

	next(): number {
		this.serial += 1;
		return this.serial;
	}
}

beforeAll(async () => {
	servers = {
		withDetails: await startHubEeSandbox({ behaviour: { gzip: false } }),
		without: await startHubEeSandbox({ behaviour: { gzip: false, eventDetails: false } }),
	};
});

afterAll(async () => {
	jest.restoreAllMocks();
	await servers.withDetails.close();
	await servers.without.close();
	closeAllConnections();
});

const EVENTS = ['SENDING_MESSAGE', 'COM_ADD', 'STATUS_UPDATE', 'ATTACH_DEPOSIT'] as const;
const STATUSES = ['SI_RECEIVED', 'IN_PROGRESS', 'ADD_AWAITING', 'DONE', 'REFUSED'] as const;
const FAULTS = [
	{ kind: 'cutBefore' },
	{ kind: 'cutAfter' },
	{ kind: 'status', status: 500 },
	{ kind: 'status', status: 200, body: '[]' },
	{ kind: 'status', status: 200, body: '{}' },
	{ kind: 'status', status: 403, body: '{"errors":[{"code":403,"message":"no"}]}' },
	{ kind: 'truncate' },
	{ kind: 'corrupt' },
] as const;

/** One more than the HTTP client tries, so that the call fails for good. */
const TIMES = [1, 8];

testTruth<World, HubSetting>({
	service: 'hubee',
	histories: 500,
	steps: 10,
	settings: fc.record({
		eventDetails: fc.boolean(),
		notificationOrder: fc.constantFrom('shuffled', 'stable', 'created'),
		notificationAfterReceived: fc.constantFrom('kept', 'consumed'),
		depositStatusAppliesAt: fc.constantFrom('creation', 'sent'),
		statusByEvent: fc.boolean(),
		digestHeader: fc.boolean(),
		uniqueExternalIds: fc.boolean(),
	}),
	kinds: [
		step('a télédossier arrives', 4, fc.integer({ min: 1, max: 2 }), async (world, files) => {
			await world.sandbox.deposit({
				processCode: 'EtatCivil',
				files: Array.from({ length: files }, (_one, index) => ({
					fileName: 'demande.xml',
					content: { text: `file ${index} of ${world.next()}` },
				})),
			});
		}),
		step(
			'the other side makes an event',
			3,
			fc.tuple(fc.nat(9), fc.constantFrom(...EVENTS), fc.constantFrom<Side>('OSL', 'SI')),
			async (world, [n, actionType, side]) => {
				const item = world.case(n);
				if (!item) return;
				const files = [{ fileName: 'suite.pdf', content: { text: `more ${world.next()}` } }];
				await world.sandbox.incomingEvent({
					caseId: item.id,
					side,
					actionType,
					...(actionType === 'ATTACH_DEPOSIT' ? { files } : {}),
					...(actionType === 'STATUS_UPDATE'
						? { caseNewStatus: side === 'OSL' ? 'CLOSED' : 'IN_PROGRESS' }
						: {}),
				});
			},
		),
		step(
			'an agent sets a status in the portal',
			2,
			fc.tuple(fc.nat(9), fc.constantFrom(...STATUSES)),
			async (world, [n, caseNewStatus]) => {
				const item = world.case(n);
				if (!item) return;
				const event = { caseId: item.id, side: 'SI' as const, caseNewStatus };
				await world.sandbox.incomingEvent({ ...event, actionType: 'STATUS_UPDATE' });
			},
		),
		step('an agent marks an event as received', 2, fc.nat(9), async (world, n) => {
			const waiting = world
				.queueOf('SI')
				.filter(({ caseId, eventId }) => eventId && world.event(caseId, eventId).status === 'SENT');
			const one = waiting[n % Math.max(1, waiting.length)];
			if (!one?.eventId) return;
			const { caseId, eventId } = one;
			const parameters = { caseId, eventId, eventStatus: 'RECEIVED' };
			await world.run('SI', 'event:updateStatus', parameters);
		}),
		step('a workflow polls', 8, fc.nat(2), async (world, n) => await world.workflows[n].poll()),
		step(
			'a workflow treats an item',
			8,
			fc.tuple(fc.nat(2), fc.nat(9), fc.option(fc.constantFrom(...STATUSES))),
			async (world, [which, n, status]) => {
				const workflow = world.workflows[which];
				const item = workflow.take(n);
				if (item) await world.treat(workflow, item, status ?? undefined);
			},
		),
		step('a workflow fails', 2, fc.tuple(fc.nat(2), fc.nat(9)), (world, [which, n]) => {
			world.workflows[which].take(n);
		}),
		step(
			'files are sent',
			2,
			fc.tuple(fc.nat(9), fc.constantFrom<Side>('SI', 'OSL'), fc.constantFrom('one', 'two')),
			async (world, [n, side, content]) => {
				const item = world.case(n);
				if (item) await world.sendFiles(side, item.id, content);
			},
		),
		step(
			'a request for complements is answered',
			2,
			fc.tuple(fc.nat(9), fc.option(fc.constantFrom('answer', 'two'))),
			async (world, [n, content]) => {
				const item = world.case(n);
				if (item) await world.answer(item.id, content ?? undefined);
			},
		),
		step(
			'a case is reopened',
			1,
			fc.tuple(fc.nat(9), fc.constantFrom('again', 'two')),
			async (world, [n, content]) => {
				const item = world.case(n);
				if (item) await world.reopen(item.id, content);
			},
		),
		step('a case is closed', 1, fc.nat(9), async (world, n) => {
			const item = world.case(n);
			if (item) await world.closeCase(item.id);
		}),
		step(
			'a folder is submitted',
			3,
			fc.tuple(fc.nat(1), fc.constantFrom('one', 'two')),
			async (world, [number, content]) => await world.submit(number, content),
		),
		step(
			'n8n is going to be killed in the middle',
			2,
			fc.record({
				callsLeft: fc.nat(12),
				when: fc.constantFrom('before' as const, 'after' as const),
			}),
			(_world, when) => {
				kill = { ...when, isDead: false };
			},
		),
		step('n8n is killed', 1, fc.nat(2), (world, n) => world.workflows[n].kill()),
		step('minutes go by', 3, fc.integer({ min: 1, max: 59 }), (world, minutes) =>
			world.later(minutes * MINUTE),
		),
		step('hours go by', 2, fc.integer({ min: 1, max: 30 }), (world, hours) =>
			world.later(hours * HOUR),
		),
		step(
			'calls go wrong',
			3,
			fc.record({
				skip: fc.nat(3),
				times: fc.constantFrom(...TIMES),
				how: fc.constantFrom(...FAULTS),
			}),
			(world, { how, ...when }) => {
				// Without a digest nothing tells a changed byte, which TLS keeps from happening.
				if (how.kind === 'corrupt' && !world.setting.digestHeader) return;
				// An answer that a change could not have is not put in its place.
				const method = how.kind === 'status' && how.status === 200 ? 'GET' : undefined;
				world.sandbox.mockServer.failNext({ path: '/teledossiers/', method, ...when, how });
			},
		),
		step(
			'the hub purges the files of a case, those of its events too or not',
			1,
			fc.tuple(fc.nat(9), fc.boolean()),
			(world, [n, withEvents]) => {
				const item = world.case(n);
				const ofEvents = item?.events.flatMap(({ attachments }) => attachments) ?? [];
				for (const { id } of [...(item?.attachments ?? []), ...(withEvents ? ofEvents : [])])
					world.sandbox.setAttachmentStatus(id, 'DELETED');
			},
		),
	],
	open: async (setting) => {
		jest.restoreAllMocks();
		jest.spyOn(HttpClient.prototype, 'wait').mockImplementation(async () => {
			await new Promise((resolve) => setImmediate(resolve));
		});
		killable();
		kill = undefined;
		forgetAllTokens();
		const sandbox = setting.eventDetails ? servers.withDetails : servers.without;
		await sandbox.reset();
		sandbox.configure(setting);
		return new World(sandbox, setting);
	},
	check: (world) => {
		world.check();
		if (world.sandbox.mockServer.faults.length > 0)
			throw new Error(`the sandbox failed: ${String(world.sandbox.mockServer.faults[0])}`);
	},
	finish: async (world) => await world.finish(),
});
