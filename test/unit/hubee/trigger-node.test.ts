import type { IDataObject, INodeExecutionData } from 'n8n-workflow';

import { HubEeTrigger } from '../../../nodes/HubEe/HubEeTrigger.node';
import { type HubEeSandbox, SI_ORGANIZATIONS, startHubEeSandbox } from '../../../sandbox/hubee';
import { fakePolling, newWorkflowId } from '../fakes/polling';
import { Caller } from '../sandbox/hubee-caller';

const trigger = new HubEeTrigger();

/** A workflow with our trigger, as n8n keeps it between polls. */
class Workflow {
	/** As n8n keeps it: by the name of the node, and of the workflow as a whole. */
	readonly staticData: IDataObject = {};

	globalData: IDataObject = {};

	node = { id: 'node-1', name: 'HubEE Trigger' };

	readonly warnings: string[] = [];

	private id = newWorkflowId();

	constructor(
		private readonly sandbox: HubEeSandbox,
		public parameters: IDataObject = {},
		private readonly credential: IDataObject = {},
	) {}

	async poll(
		more: { mode?: 'manual'; budget?: number } = {},
	): Promise<INodeExecutionData[][] | null> {
		const { polling, warnings } = fakePolling({
			properties: trigger.description.properties,
			parameters: this.parameters,
			credentials: {
				hubEeOAuth2Api: {
					environment: 'custom',
					baseUrl: this.sandbox.url,
					tokenUrl: this.sandbox.tokenUrl,
					clientId: 'si-paris',
					clientSecret: 'si-paris-secret',
					scope: 'SI',
					editorName: 'Ville de Paris',
					applicationName: 'n8n',
					softwareVersion: '1.0',
					...this.credential,
				},
			},
			staticData: this.staticData,
			globalStaticData: this.globalData,
			node: this.node,
			workflowId: this.id,
			...more,
		});
		const result = await trigger.poll.call(polling);
		this.warnings.push(...warnings);
		return result;
	}

	async ids(): Promise<unknown[]> {
		return ((await this.poll())?.[0] ?? []).map(({ json }) => json.notificationId);
	}

	async failure(): Promise<Error & { description?: string }> {
		return await this.poll().then(
			() => Promise.reject(new Error('the poll did not fail')),
			(error: Error) => error,
		);
	}

	/** n8n begins anew with what its database holds. */
	restart(): void {
		this.id = newWorkflowId();
	}

	/** What the trigger remembers. */
	get memory(): IDataObject {
		return (Object.values(this.globalData)[0] ?? {}) as IDataObject;
	}

	get knownIds(): string[] {
		return Object.keys((this.memory.queue as { known: object }).known);
	}

	/** Deliveries so long ago that they are due again. */
	age(minutes: number): void {
		const { known } = this.memory.queue as { known: Record<string, [number, number]> };
		for (const entry of Object.values(known)) entry[0] -= minutes * 60_000;
		this.restart();
	}
}

describe('HubEE Trigger on the sandbox', () => {
	let sandbox: HubEeSandbox;
	let si: Caller;
	let osl: Caller;

	beforeEach(async () => {
		sandbox = await startHubEeSandbox();
		si = new Caller(sandbox, 'si-paris', 'SI');
		osl = new Caller(sandbox, 'osl', 'OSL');
	});
	afterEach(async () => {
		jest.restoreAllMocks();
		await sandbox.close();
	});

	const realNow = Date.now.bind(Date);
	let offset = 0;
	/** Time goes by. */
	const later = (milliseconds: number) => {
		offset += milliseconds;
		jest.spyOn(Date, 'now').mockImplementation(() => realNow() + offset);
	};
	beforeEach(() => {
		offset = 0;
	});

	const depositMany = async (cases: number, processCode = 'CERTDC') =>
		await sandbox.depositMany({ cases, files: 1, size: 10, processCode });
	const deposit = async (processCode = 'CERTDC') => (await depositMany(1, processCode))[0].cases[0];
	const remove = async (id: unknown) => await si.folder('DELETE', `/notifications/${String(id)}`);
	const listed = () => sandbox.mockServer.calls.list({ method: 'GET', path: '/notifications$' });

	it('delivers a new case with everything a workflow needs', async () => {
		const { id, notificationId } = await deposit();
		const [items, givenUp] = (await new Workflow(sandbox).poll()) ?? [];
		expect(givenUp).toEqual([]);
		expect(items).toEqual([
			{
				json: {
					notificationId,
					caseId: id,
					eventId: null,
					kind: 'case',
					processCode: 'CERTDC',
					deliveryCount: 1,
					dateTime: expect.stringMatching(/^\d{4}-\d\d-\d\dT/) as string,
					transmitter: expect.objectContaining({ type: 'OSL' }) as object,
					recipient: SI_ORGANIZATIONS.paris,
					eventActionType: null,
					eventStatus: null,
				},
			},
		]);
	});

	it('says of an event what it is', async () => {
		const { id, notificationId } = await deposit();
		await remove(notificationId);
		const event = await sandbox.incomingEvent({
			caseId: id,
			actionType: 'SENDING_MESSAGE',
			message: 'Bonjour',
		});
		const [items] = (await new Workflow(sandbox).poll()) ?? [];
		expect(items.map(({ json }) => json)).toMatchObject([
			{
				kind: 'event',
				notificationId: event.notificationId,
				caseId: id,
				eventId: event.eventId,
				eventActionType: 'SENDING_MESSAGE',
				eventStatus: 'SENT',
			},
		]);
	});

	it('says so too where the server does not know event details', async () => {
		sandbox.configure({ eventDetails: false });
		const { id } = await deposit();
		await sandbox.incomingEvent({ caseId: id, actionType: 'SENDING_MESSAGE', message: 'Bonjour' });
		const workflow = new Workflow(sandbox, { kinds: ['SENDING_MESSAGE'] });
		const [items] = (await workflow.poll()) ?? [];
		expect(items.map(({ json }) => json)).toMatchObject([
			{ eventActionType: 'SENDING_MESSAGE', eventStatus: 'SENT' },
		]);
	});

	it('delivers nothing twice until it is due, across a restart, and counts', async () => {
		await deposit();
		const workflow = new Workflow(sandbox, { redeliverAfter: 30 });
		expect(await workflow.ids()).toHaveLength(1);
		expect(await workflow.poll()).toBeNull();
		workflow.restart();
		expect(await workflow.poll()).toBeNull();
		workflow.age(30);
		expect((await workflow.poll())?.[0]).toMatchObject([{ json: { deliveryCount: 2 } }]);
	});

	it('sees past those in flight and forgets those that were acknowledged', async () => {
		await depositMany(5);
		const workflow = new Workflow(sandbox, { batchSize: 2 });
		const delivered = [
			...(await workflow.ids()),
			...(await workflow.ids()),
			...(await workflow.ids()),
		];
		expect(new Set(delivered).size).toBe(5);
		for (const id of delivered) await remove(id);
		for (let minutes = 0; minutes < 6; minutes++) {
			expect(workflow.knownIds).toHaveLength(5);
			later(60_000);
			expect(await workflow.poll()).toBeNull();
		}
		expect(workflow.knownIds).toEqual([]);
	});

	it('lives with a server that cuts the batch down to 25', async () => {
		sandbox.configure({ largestBatch: 25 });
		await depositMany(60);
		const workflow = new Workflow(sandbox, { batchSize: 25 });
		const delivered: unknown[] = [];
		for (let polls = 0; polls < 12; polls++) delivered.push(...(await workflow.ids()));
		expect(delivered.length).toBeGreaterThan(50);
		expect(new Set(delivered).size).toBe(delivered.length);
	});

	it('gives up after Maximum Deliveries, on the second output, with what to do', async () => {
		const { id } = await deposit();
		const workflow = new Workflow(sandbox, { maximumDeliveries: 1 });
		await workflow.ids();
		workflow.age(60);
		const other = await deposit();
		const [items, givenUp] = (await workflow.poll()) ?? [];
		expect(items).toMatchObject([{ json: { caseId: other.id } }]);
		expect(givenUp).toMatchObject([
			{
				json: {
					caseId: id,
					deliveryCount: 1,
					error: expect.stringContaining('was delivered once and never acknowledged') as string,
					hint: expect.stringContaining('Maximum Deliveries') as string,
				},
			},
		]);
		expect(await workflow.poll()).toBeNull();
	});

	it('leaves other processes in the queue', async () => {
		await deposit('EtatCivil');
		const mine = await deposit('CERTDC');
		const workflow = new Workflow(sandbox, { processCodes: 'CERTDC' });
		expect(await workflow.ids()).toEqual([mine.notificationId]);
		expect(sandbox.listNotifications()).toHaveLength(2);
	});

	it('finds what is wanted behind a batch of what is not', async () => {
		const cases = (await depositMany(30)).map(({ cases: [one] }) => one);
		const event = await sandbox.incomingEvent({
			caseId: cases[0].id,
			actionType: 'SENDING_MESSAGE',
			message: 'Bonjour',
		});
		const workflow = new Workflow(sandbox, { kinds: ['SENDING_MESSAGE'], batchSize: 5 });
		expect(await workflow.ids()).toEqual([event.notificationId]);
		expect(sandbox.listNotifications()).toHaveLength(31);
	});

	describe('an event that cannot be read', () => {
		const unreadable = (times = 1_000) =>
			sandbox.mockServer.failNext({
				path: '/events/',
				times,
				how: { kind: 'status', status: 403, body: '{"errors":[{"code":403,"message":"no"}]}' },
			});

		it('never starts a workflow for new cases', async () => {
			sandbox.configure({ eventDetails: false });
			const { id, notificationId } = await deposit();
			await sandbox.incomingEvent({ caseId: id, actionType: 'STATUS_UPDATE' });
			unreadable();
			const workflow = new Workflow(sandbox, { kinds: ['case'] });
			expect(await workflow.ids()).toEqual([notificationId]);
			expect(await workflow.poll()).toBeNull();
			expect(sandbox.mockServer.calls.list({ operation: 'getEventById' })).toEqual([]);
		});

		it('waits and goes to "Given Up" with the reason', async () => {
			sandbox.configure({ eventDetails: false });
			const { id, notificationId } = await deposit();
			await remove(notificationId);
			const event = await sandbox.incomingEvent({ caseId: id, actionType: 'COM_ADD' });
			unreadable();
			const workflow = new Workflow(sandbox);
			for (let minutes = 0; minutes < 10; minutes++) {
				expect(await workflow.poll()).toBeNull();
				later(60_000);
			}
			const [items, givenUp] = (await workflow.poll()) ?? [];
			expect(items).toEqual([]);
			expect(givenUp).toMatchObject([
				{
					json: {
						kind: 'event',
						notificationId: event.notificationId,
						deliveryCount: 0,
						error: expect.stringContaining('HubEE does not allow this') as string,
						hint: expect.stringContaining('looked at again at each poll') as string,
					},
				},
			]);
			sandbox.mockServer.injectedFaults.clear();
			expect(await workflow.ids()).toEqual([event.notificationId]);
		});
	});

	describe('the acknowledgement of an own event', () => {
		const acknowledged = async () => {
			const { id, notificationId } = await deposit();
			await remove(notificationId);
			const { eventId } = await sandbox.incomingEvent({
				caseId: id,
				side: 'SI',
				actionType: 'STATUS_UPDATE',
				caseNewStatus: 'IN_PROGRESS',
			});
			await osl.folder('PATCH', `/cases/${id}/events/${eventId}`, {
				body: { status: 'RECEIVED' },
			});
		};
		const atParis = () =>
			sandbox.listNotifications().filter(({ recipient }) => recipient.type === 'SI');

		it('is deleted', async () => {
			await acknowledged();
			expect(atParis()).toHaveLength(1);
			expect(await new Workflow(sandbox).poll()).toBeNull();
			expect(atParis()).toHaveLength(0);
		});

		it.each([
			[{ kinds: ['case'] }, 1],
			[{ kinds: ['SENDING_MESSAGE'] }, 1],
			[{ processCodes: 'EtatCivil' }, 1],
			[{ kinds: ['STATUS_UPDATE'] }, 0],
			[{ kinds: ['RECEIVED'] }, 0],
		])('stays where the filters leave it out: %j leaves %d', async (parameters, left) => {
			await acknowledged();
			expect(await new Workflow(sandbox, parameters).poll()).toBeNull();
			expect(atParis()).toHaveLength(left);
		});

		it('is not taken for one where somebody else marked an event of the other side', async () => {
			const { id, notificationId } = await deposit();
			await remove(notificationId);
			const event = await sandbox.incomingEvent({ caseId: id, actionType: 'SENDING_MESSAGE' });
			// An agent, in the portal.
			await si.folder('PATCH', `/cases/${id}/events/${event.eventId}`, {
				body: { status: 'RECEIVED' },
			});
			expect(await new Workflow(sandbox).ids()).toEqual([event.notificationId]);
			expect(atParis()).toHaveLength(1);
		});

		it('is delivered where the option is off', async () => {
			await acknowledged();
			const workflow = new Workflow(sandbox, {
				additionalFields: { clearAcknowledgements: false },
			});
			expect((await workflow.poll())?.[0]).toMatchObject([
				{ json: { kind: 'event', eventStatus: 'RECEIVED' } },
			]);
			expect(atParis()).toHaveLength(1);
		});

		it('stays for the next poll when it cannot be deleted, and what else there is comes', async () => {
			await acknowledged();
			const other = await deposit();
			sandbox.mockServer.injectedFaults.add({
				method: 'DELETE',
				how: { kind: 'status', status: 403 },
			});
			const workflow = new Workflow(sandbox);
			expect(await workflow.ids()).toEqual([other.notificationId]);
			expect(workflow.warnings).toEqual([expect.stringContaining('could not be deleted')]);
			expect(await workflow.poll()).toBeNull();
			expect(atParis()).toHaveLength(1);
		});
	});

	it('keeps its memory when its node is renamed, and says when it has none', async () => {
		await depositMany(2);
		const workflow = new Workflow(sandbox);
		expect(await workflow.ids()).toHaveLength(2);
		workflow.node = { id: 'node-1', name: 'Renamed' };
		workflow.restart();
		expect(await workflow.poll()).toBeNull();
		const lost = () =>
			workflow.warnings.filter((one) => one.includes('no memory of earlier polls'));
		expect(lost()).toEqual([]);
		workflow.node = { id: 'node-2', name: 'Another' };
		workflow.restart();
		expect(await workflow.ids()).toHaveLength(2);
		expect(lost()).toHaveLength(1);
	});

	it('adopts the memory that an earlier version kept under the name of the node', async () => {
		await depositMany(2);
		const workflow = new Workflow(sandbox);
		await workflow.ids();
		Object.assign(workflow.staticData, workflow.memory);
		workflow.globalData = {};
		workflow.restart();
		expect(await workflow.poll()).toBeNull();
	});

	it('warns of another trigger that watches the same queue for the same notifications', async () => {
		const one = new Workflow(sandbox, { kinds: ['case'] });
		const other = new Workflow(sandbox, { kinds: ['COM_ADD'] });
		await one.poll();
		await other.poll();
		expect([...one.warnings, ...other.warnings]).toEqual([]);
		const third = new Workflow(sandbox);
		await third.poll();
		await third.poll();
		expect(third.warnings).toHaveLength(2);
		expect(third.warnings[0]).toContain('watch the same queue');
		const elsewhere = new Workflow(
			sandbox,
			{},
			{ clientId: 'si-nice', clientSecret: 'si-nice-secret' },
		);
		await elsewhere.poll();
		expect(elsewhere.warnings).toEqual([]);
	});

	it.each([1, -1])(
		'does not warn of a trigger that has not polled for long, nor after the clock was changed: %s',
		async (direction) => {
			await new Workflow(sandbox).poll();
			later(direction * 2 * 60 * 60_000);
			const other = new Workflow(sandbox);
			await other.poll();
			expect(other.warnings).toEqual([]);
		},
	);

	it('says on the second output when an account has failed for a day', async () => {
		const accountSecrets = JSON.stringify([
			{ name: 'Nice', clientId: 'si-nice', clientSecret: 'si-nice-secret' },
			{ name: 'Melun', clientId: 'si-melun', clientSecret: 'changed since' },
		]);
		const workflow = new Workflow(
			sandbox,
			{ additionalFields: { account: '*' } },
			{ accountSecrets },
		);
		expect(await workflow.poll()).toBeNull();
		later(23 * 60 * 60_000);
		expect(await workflow.poll()).toBeNull();
		later(60 * 60_000);
		const [items, reports] = (await workflow.poll()) ?? [];
		expect(items).toEqual([]);
		expect(reports).toMatchObject([
			{
				json: {
					kind: 'account',
					account: 'Melun',
					error: expect.stringContaining('account "Melun" could not be read since') as string,
				},
			},
		]);
		expect(JSON.stringify(reports)).not.toContain('changed since');
		later(60 * 60_000);
		expect(await workflow.poll()).toBeNull();
		later(23 * 60 * 60_000);
		expect((await workflow.poll())?.[1]).toHaveLength(1);
	});

	it('changes nothing in a manual test, and shows one item', async () => {
		await depositMany(3);
		const workflow = new Workflow(sandbox);
		const [items] = (await workflow.poll({ mode: 'manual' })) ?? [];
		expect(items).toHaveLength(1);
		expect([workflow.staticData, workflow.globalData]).toEqual([{}, {}]);
		expect(sandbox.listNotifications()).toHaveLength(3);
		expect(sandbox.mockServer.calls.list({ method: 'DELETE' })).toHaveLength(0);
		expect(await workflow.ids()).toHaveLength(3);
	});

	it('delivers again, and loses nothing, when n8n comes back with an old state', async () => {
		await depositMany(2);
		const workflow = new Workflow(sandbox);
		const before = structuredClone(workflow.globalData);
		const first = await workflow.ids();
		workflow.globalData = before;
		// The process still knows.
		expect(await workflow.poll()).toBeNull();
		workflow.globalData = {};
		workflow.restart();
		expect((await workflow.ids()).sort()).toEqual(first.sort());
	});

	it('fails a poll with a text that helps, and keeps what it knew', async () => {
		await depositMany(2);
		const workflow = new Workflow(sandbox, { batchSize: 1 });
		await workflow.ids();
		const before = structuredClone(workflow.globalData);
		sandbox.mockServer.injectedFaults.add({
			path: '/notifications',
			how: { kind: 'status', status: 403 },
		});
		const error = await workflow.failure();
		expect(error.message).toContain('HubEE');
		expect(error.description).toContain('has no right to this object');
		expect(workflow.globalData).toEqual(before);
		expect(await workflow.ids()).toHaveLength(1);
	});

	it('names the field that is wrong, before anything is sent', async () => {
		const error = await new Workflow(sandbox, { batchSize: 0 }).failure();
		expect(error.message).toBe('Batch Size must be a whole number at least 1 and at most 1000');
		expect(listed()).toHaveLength(0);
	});

	it('ends in the time that n8n allows', async () => {
		sandbox.mockServer.injectedFaults.add({ path: '/notifications', how: { kind: 'hang' } });
		const workflow = new Workflow(sandbox);
		const error = await workflow.poll({ budget: 200 }).then(
			() => undefined,
			(failure: Error) => failure,
		);
		expect(error?.message).toContain('did not answer within');
		await deposit();
		expect(await workflow.ids()).toHaveLength(1);
	});

	it('shows no secret in the error of a refused token', async () => {
		const planted = { clientSecret: 'planted-secret-of-the-account' };
		const error = await new Workflow(sandbox, {}, planted).failure();
		expect(error.message).toContain('HubEE');
		expect(JSON.stringify(error)).not.toContain('planted-secret');
	});

	it('does not poll twice at the same time', async () => {
		await depositMany(3);
		const workflow = new Workflow(sandbox);
		const [first, second] = await Promise.all([workflow.ids(), workflow.ids()]);
		expect(first).toHaveLength(3);
		expect(second).toHaveLength(0);
		expect(listed()).toHaveLength(1);
	});
});
