import type { IDataObject, INodeExecutionData } from 'n8n-workflow';

import { EBoxEnterpriseTrigger } from '../../../nodes/EBoxEnterprise/EBoxEnterpriseTrigger.node';
import { triggerForm } from '../../../nodes/EBoxEnterprise/trigger/form';
import { forgetRunningTriggers } from '../../../nodes/EBoxEnterprise/trigger/poll';
import { BinaryStore } from '../fakes/binary-store';
import { fakePolling, newWorkflowId, type StartedExecution } from '../fakes/polling';
import { credentialFor, federation } from './federation';

const around = federation();

const DAY = 86_400_000;

/** A trigger in a workflow: its static data as n8n keeps it, in memory and in the database. */
class Installed {
	private live = { node: {} as IDataObject, global: {} as IDataObject };

	/** As the person calls the node. */
	name = 'Trigger';

	private saved = '{"node":{},"global":{}}';

	private readonly workflowId = newWorkflowId();

	readonly store = new BinaryStore();

	warnings: string[] = [];

	failures: INodeExecutionData[] = [];

	/** Executions that the trigger has started by itself. */
	readonly started: StartedExecution[] = [];

	constructor(readonly parameters: IDataObject = {}) {}

	nodeId = 'node-1';

	/** The items of the first output, or nothing. n8n saves the state when there are some. */
	async poll(mode: 'trigger' | 'manual' = 'trigger'): Promise<IDataObject[] | null> {
		const { sandbox } = around;
		const { apiProfile, ...others } = this.parameters;
		const { polling, warnings } = fakePolling({
			properties: triggerForm,
			parameters: {
				apiProfile: {
					trustedHosts: sandbox.trustedHosts.join(','),
					...(apiProfile as IDataObject | undefined),
				},
				...others,
			},
			credentials: {
				socialSecurityCertificateOAuth2Api: credentialFor(sandbox) as IDataObject,
			},
			mode,
			workflowId: this.workflowId,
			staticData: this.live.node,
			globalStaticData: this.live.global,
			node: { id: this.nodeId, name: this.name },
			store: this.store,
			started: this.started,
		});
		this.warnings = warnings;
		const before = this.started.length;
		const outputs = await new EBoxEnterpriseTrigger().poll.call(polling);
		if (outputs || this.started.length > before) this.save();
		this.failures = outputs?.[1] ?? [];
		return outputs && outputs[0].map(({ json }) => json);
	}

	async ids(): Promise<unknown[] | null> {
		return (await this.poll())?.map(({ messageId }) => messageId) ?? null;
	}

	/** n8n activates the workflow: one poll, and the state is saved. */
	async activate(): Promise<IDataObject[] | null> {
		const items = await this.poll();
		this.save();
		return items;
	}

	/** The process ends; another begins with what the database has. */
	restart(): void {
		forgetRunningTriggers();
		this.live = JSON.parse(this.saved) as typeof this.live;
	}

	/** The person renames the node and saves: n8n then keeps nothing under the new name. */
	rename(name: string): void {
		this.name = name;
		this.live.node = {};
		const saved = JSON.parse(this.saved) as typeof this.live;
		this.saved = JSON.stringify({ ...saved, node: {} });
	}

	/** As earlier versions kept it. */
	keepUnderName(): void {
		const [state] = Object.values(this.live.global);
		this.live = { node: state as IDataObject, global: {} };
	}

	private save(): void {
		this.saved = JSON.stringify(this.live);
	}
}

const readFlags = () =>
	Object.values(around.sandbox.boxes)
		.flatMap(({ messages }) => messages)
		.filter(({ readStatus }) => readStatus)
		.map(({ messageId }) => messageId);

describe('the e-Box trigger', () => {
	it('begins with what comes, delivers it once, oldest first, and marks nothing as read', async () => {
		const { sandbox } = around;
		const trigger = new Installed();
		expect(await trigger.activate()).toBeNull();
		expect(await trigger.poll()).toBeNull();
		const now = Date.now();
		sandbox.deliver('nsso', { messageId: 'second', receivedAt: now });
		sandbox.deliver('nsso', { messageId: 'first', receivedAt: now - 1000, registeredMail: true });
		sandbox.deliver('documents', { messageId: 'third' });
		const before = readFlags();
		const items = await trigger.poll();
		expect(
			items?.map(({ messageId, providerId, event }) => [messageId, providerId, event]),
		).toEqual([
			['first', 'nsso', 'newMessage'],
			['second', 'nsso', 'newMessage'],
			['third', 'documents', 'newMessage'],
		]);
		expect(items?.[0]).toMatchObject({ senderName: 'ONSS', providerName: 'Fournisseur nsso' });
		expect(await trigger.poll()).toBeNull();
		expect(readFlags()).toEqual(before);
	});

	it('delivers what is already there where that is wanted, in batches', async () => {
		const trigger = new Installed({ options: { existing: true, maxPerPoll: 4 } });
		const first = await trigger.activate();
		const second = await trigger.ids();
		expect(first).toHaveLength(4);
		expect(second).toHaveLength(2);
		expect(await trigger.poll()).toBeNull();
		const all = [...(first?.map(({ messageId }) => messageId) ?? []), ...(second ?? [])];
		expect(new Set(all).size).toBe(6);
	});

	it('misses nothing of a provider that is down for a day, and delivers the others meanwhile', async () => {
		const { sandbox } = around;
		const trigger = new Installed();
		await trigger.activate();
		const down = { kind: 'status' as const, status: 503, body: '{}' };
		sandbox.mockServers.regional.failNext({ times: 1000, how: down });
		sandbox.deliver('regional', { messageId: 'late', receivedAt: Date.now() + 60_000 });
		sandbox.deliver('nsso', { messageId: 'punctual' });
		expect(await trigger.ids()).toEqual(['punctual']);
		await expect(trigger.poll()).rejects.toThrow(
			/1 of 3 e-Box providers could not be read \(regional\)/,
		);
		// Told once for the outage, and then once a day.
		expect(await trigger.poll()).toBeNull();
		sandbox.deliver('nsso', { messageId: 'another' });
		expect(await trigger.ids()).toEqual(['another']);
		sandbox.mockServers.regional.injectedFaults.clear();
		expect(await trigger.ids()).toEqual(['late']);
	});

	it('gives failures on its second output where that is wanted', async () => {
		const { sandbox } = around;
		sandbox.listed = ['nsso', 'maintenance'];
		const trigger = new Installed({ options: { onProviderFailure: 'item' } });
		await trigger.activate();
		expect(trigger.failures.map(({ json }) => json)).toMatchObject([
			{ event: 'providerFailed', providerId: 'maintenance', details: { status: 503 } },
		]);
		await trigger.poll();
		expect(trigger.failures).toEqual([]);
	});

	it('refuses to begin when nothing can be read, but goes on after a restart', async () => {
		const { sandbox } = around;
		const trigger = new Installed();
		sandbox.listed = ['maintenance'];
		await expect(trigger.activate()).rejects.toThrow(/maintenance/);
		sandbox.listed = ['nsso', 'maintenance'];
		await trigger.activate();
		sandbox.mockServers.nsso.failNext({
			path: 'messageProviders',
			times: 9,
			how: { kind: 'status', status: 400 },
		});
		trigger.restart();
		expect(await trigger.poll()).toBeNull();
		expect(trigger.warnings.join()).toMatch(/refused the request/);
		await expect(trigger.poll()).rejects.toThrow(/refused the request/);
	});

	it('delivers the last batch again after a restart, once, and says so', async () => {
		const { sandbox } = around;
		const trigger = new Installed();
		await trigger.activate();
		sandbox.deliver('nsso', { messageId: 'new' });
		expect(await trigger.poll()).toMatchObject([{ messageId: 'new' }]);
		trigger.restart();
		expect(await trigger.poll()).toMatchObject([{ messageId: 'new', redelivered: true }]);
		trigger.restart();
		expect(await trigger.poll()).toBeNull();
	});

	it('delivers registered mail under its own name, or nothing else', async () => {
		const { sandbox } = around;
		const both = new Installed({ events: ['newMessage', 'newRegisteredMail'] });
		const only = new Installed({ events: ['newRegisteredMail'] });
		await both.activate();
		await only.activate();
		sandbox.deliver(
			'nsso',
			{ messageId: 'registered', registeredMail: true },
			{ messageId: 'plain' },
		);
		expect((await both.poll())?.map(({ event }) => event).sort()).toEqual([
			'newMessage',
			'newRegisteredMail',
		]);
		expect(await only.ids()).toEqual(['registered']);
	});

	it('tells once of each message that expires soon, those that were there included', async () => {
		const { sandbox } = around;
		const trigger = new Installed({ events: ['messageExpiring'], days: 10 });
		const at = (days: number) => Date.now() + days * DAY;
		sandbox.deliver('nsso', { messageId: 'soon', expiresAt: at(9.5) });
		sandbox.deliver('nsso', { messageId: 'later', expiresAt: at(10.5) });
		expect((await trigger.activate())?.map(({ messageId, event }) => [messageId, event])).toEqual([
			['nsso-0003', 'messageExpiring'],
			['soon', 'messageExpiring'],
		]);
		expect(await trigger.poll()).toBeNull();
	});

	it('downloads only where told to, and delivers the message also when a file is damaged', async () => {
		const { sandbox } = around;
		const trigger = new Installed({ options: { download: true } });
		await trigger.activate();
		sandbox.deliver('nsso', { messageId: 'good' });
		const [bad] = sandbox.deliver('nsso', { messageId: 'bad' });
		bad.files[0].digest = 'A'.repeat(43);
		const items = await trigger.poll();
		const of = (id: string) => items?.find(({ messageId }) => messageId === id);
		expect(of('good')).toMatchObject({
			attachments: [{ digest: 'verified', binaryField: 'file_0' }],
		});
		expect(of('bad')).toMatchObject({
			attachments: [],
			downloadFailures: [{ details: { code: 'digest_mismatch' } }],
		});
		expect(readFlags()).toEqual(expect.arrayContaining(['good', 'bad']));
	});

	it('refuses a download together with a filter on unread messages, which could hide what was interrupted', async () => {
		const trigger = new Installed({
			options: { download: true },
			filters: { readStatus: 'false' },
		});
		await expect(trigger.poll()).rejects.toThrow(/cannot be combined/);
	});

	it('shows a sample in the editor, without a trace', async () => {
		const { sandbox } = around;
		const trigger = new Installed({ options: { download: true } });
		expect(await trigger.poll('manual')).toMatchObject([{ messageId: 'nsso-0001' }]);
		expect(readFlags()).not.toContain('nsso-0001');
		await trigger.activate();
		sandbox.deliver('nsso', { messageId: 'new' });
		expect(await trigger.ids()).toEqual(['new']);
	});

	it('delivers what came while two polls overlapped only once', async () => {
		const { sandbox } = around;
		const trigger = new Installed();
		await trigger.activate();
		sandbox.deliver('nsso', { messageId: 'new' });
		const both = await Promise.all([trigger.ids(), trigger.ids()]);
		expect(both.filter((ids) => ids !== null)).toEqual([['new']]);
	});

	describe('until it is acknowledged', () => {
		const MINUTE = 60_000;

		afterEach(() => {
			jest.restoreAllMocks();
		});

		/** Time goes on, for this machine and the federation. */
		function later(milliseconds: number): void {
			const now = jest.spyOn(Date, 'now');
			now.mockRestore();
			const real = Date.now.bind(Date);
			elapsed += milliseconds;
			const total = elapsed;
			jest.spyOn(Date, 'now').mockImplementation(() => real() + total);
			jest.spyOn(performance, 'now').mockImplementation(() => realPerformance() + total);
		}
		const realPerformance = performance.now.bind(performance);
		let elapsed = 0;
		beforeEach(() => {
			elapsed = 0;
			// The authorization server keeps the true time.
			around.sandbox.tokens.tokenLifetime = 1_000_000_000;
		});

		const waiting = async (options: IDataObject = {}, more: IDataObject = {}) => {
			const trigger = new Installed({ ...more, options: { deliverAgain: true, ...options } });
			await trigger.activate();
			return trigger;
		};

		/** What the next poll starts: message, count of the delivery, whether it says so. */
		const next = async (trigger: Installed) => {
			const before = trigger.started.length;
			expect(await trigger.poll()).toBeNull();
			return trigger.started.slice(before).map(({ items }) => {
				expect(items.map((output) => output.length)).toEqual([1, 0]);
				const { messageId, deliveries, redelivered } = items[0]?.[0]?.json ?? {};
				return [messageId, deliveries, redelivered];
			});
		};

		it('starts an execution for each message, and brings again only that whose execution failed', async () => {
			const { sandbox } = around;
			const trigger = await waiting();
			sandbox.deliver('nsso', { messageId: 'good' });
			sandbox.deliver('documents', { messageId: 'bad' });
			expect(await next(trigger)).toEqual([
				['good', 1, undefined],
				['bad', 1, undefined],
			]);
			await trigger.started[0]?.end('success');
			await trigger.started[1]?.end('error');
			later(14 * MINUTE);
			expect(await next(trigger)).toEqual([]);
			later(2 * MINUTE);
			expect(await next(trigger)).toEqual([['bad', 2, true]]);
			await trigger.started[2]?.fail(new Error('no worker'));
			expect(trigger.warnings.join()).toMatch(/delivered again: no worker/);
			later(29 * MINUTE);
			expect(await next(trigger)).toEqual([]);
			later(2 * MINUTE);
			expect(await next(trigger)).toEqual([['bad', 3, true]]);
			await trigger.started[3]?.end('success');
			later(48 * 60 * MINUTE);
			expect(await next(trigger)).toEqual([]);
		});

		it('does not start a second execution while the first one runs', async () => {
			const trigger = await waiting();
			around.sandbox.deliver('nsso', { messageId: 'long' });
			expect(await next(trigger)).toHaveLength(1);
			later(3 * 60 * MINUTE);
			expect(await next(trigger)).toEqual([]);
			await trigger.started[0]?.end('error');
			expect(await next(trigger)).toEqual([['long', 2, true]]);
		});

		it('tells that a message expires soon only when no execution has the message in hand', async () => {
			const events = ['newMessage', 'messageExpiring'];
			const trigger = await waiting({}, { events, days: 10 });
			for (const { end } of trigger.started) await end('success');
			const expiresAt = Date.now() + 3 * DAY;
			around.sandbox.deliver('nsso', { messageId: 'both', expiresAt });
			expect(await next(trigger)).toEqual([['both', 1, undefined]]);
			expect(await next(trigger)).toEqual([]);
			await trigger.started.at(-1)?.end('error');
			later(16 * MINUTE);
			expect(await next(trigger)).toEqual([['both', 2, true]]);
			await trigger.started.at(-1)?.end('success');
			expect(await next(trigger)).toEqual([['both', 1, undefined]]);
			await trigger.started.at(-1)?.end('success');
			expect(await next(trigger)).toEqual([]);
		});

		it('brings a message again whose execution a restart swallowed, at its time, and not what was acknowledged', async () => {
			const { sandbox } = around;
			const trigger = await waiting();
			sandbox.deliver('nsso', { messageId: 'done' }, { messageId: 'lost' });
			await next(trigger);
			const [done] = trigger.started.filter(
				({ items }) => items[0]?.[0]?.json.messageId === 'done',
			);
			await done?.end('success');
			sandbox.deliver('nsso', { messageId: 'later' });
			expect(await next(trigger)).toEqual([['later', 1, undefined]]);
			trigger.restart();
			expect(await next(trigger)).toEqual([]);
			later(16 * MINUTE);
			expect((await next(trigger)).sort()).toEqual([
				['later', 2, true],
				['lost', 2, true],
			]);
		});

		it('brings a message as often as it fails, until the e-Box no longer has it', async () => {
			const trigger = await waiting({}, { events: ['messageExpiring'], days: 10 });
			const [seeded] = trigger.started;
			await seeded?.end('success');
			const expiresAt = Date.now() + 3 * DAY;
			around.sandbox.deliver('nsso', { messageId: 'soon', expiresAt });
			let deliveries = 0;
			while (Date.now() < expiresAt + DAY) {
				deliveries += (await next(trigger)).length;
				await trigger.started.at(-1)?.end('error');
				later(5 * 60 * MINUTE);
			}
			// Doubling from 15 minutes to a day, looked for every five hours.
			expect(deliveries).toBe(8);
			expect(await next(trigger)).toEqual([]);
		});

		it('keeps a message that cannot be read just now', async () => {
			const { sandbox } = around;
			const trigger = await waiting();
			sandbox.deliver('nsso', { messageId: 'kept' });
			await next(trigger);
			await trigger.started[0]?.end('error');
			later(20 * MINUTE);
			sandbox.mockServers.nsso.failNext({
				path: '/messages/kept$',
				times: 9,
				how: { kind: 'status', status: 503 },
			});
			expect(await next(trigger)).toEqual([]);
			sandbox.mockServers.nsso.injectedFaults.clear();
			expect(await next(trigger)).toEqual([['kept', 2, true]]);
		});

		it('brings what is left once more when the option is taken away', async () => {
			const trigger = await waiting();
			around.sandbox.deliver('nsso', { messageId: 'left' });
			await next(trigger);
			await trigger.started[0]?.end('error');
			trigger.parameters.options = {};
			expect(await trigger.poll()).toMatchObject([{ messageId: 'left', redelivered: true }]);
			expect(await trigger.poll()).toBeNull();
		});
	});

	it.each([true, false])(
		'loses nothing when its node is renamed (process goes on: %s)',
		async (goesOn) => {
			const { sandbox } = around;
			const trigger = new Installed();
			await trigger.activate();
			sandbox.deliver('nsso', { messageId: 'first' });
			expect(await trigger.ids()).toEqual(['first']);
			expect(await trigger.ids()).toBeNull();
			sandbox.deliver('nsso', { messageId: 'meanwhile' });
			trigger.rename('Official mail');
			if (!goesOn) trigger.restart();
			expect(await trigger.ids()).toEqual(goesOn ? ['meanwhile'] : ['first', 'meanwhile']);
		},
	);

	it('goes on with what an earlier version kept under the name of the node', async () => {
		const { sandbox } = around;
		const trigger = new Installed();
		await trigger.activate();
		trigger.keepUnderName();
		sandbox.deliver('nsso', { messageId: 'new' });
		expect(await trigger.ids()).toEqual(['new']);
	});

	it('says that it begins where the workflow had such a trigger before', async () => {
		const trigger = new Installed();
		await trigger.activate();
		expect(trigger.warnings.join()).not.toMatch(/remembers nothing/);
		trigger.nodeId = 'node-2';
		await trigger.poll();
		expect(trigger.warnings.join()).toMatch(/remembers nothing/);
	});

	describe('with clocks that differ', () => {
		const HOUR = 3_600_000;

		afterEach(() => {
			jest.restoreAllMocks();
		});

		/** This machine's clock from now on; the sandbox keeps the true time. */
		function setOurClock(aheadMs: number): void {
			const trueNow = performance.timeOrigin + performance.now();
			const now = jest.spyOn(Date, 'now');
			now.mockRestore();
			const real = Date.now.bind(Date);
			jest.spyOn(Date, 'now').mockImplementation(() => real() + aheadMs);
			around.sandbox.clock.advance(
				-aheadMs - (around.sandbox.clock.milliseconds() - aheadMs - trueNow),
			);
		}

		it.each([
			['an hour behind', -HOUR],
			['an hour ahead', HOUR],
			['two days behind', -48 * HOUR],
		])('delivers the mail of a provider %s that was down at the beginning', async (_, skew) => {
			const { sandbox } = around;
			sandbox.clockSkew = { documents: skew };
			const trigger = new Installed();
			sandbox.mockServers.documents.failNext({ times: 99, how: { kind: 'status', status: 503 } });
			await trigger.activate();
			sandbox.deliver('documents', { messageId: 'new' });
			sandbox.mockServers.documents.injectedFaults.clear();
			expect(await trigger.ids()).toContain('new');
			expect(await trigger.ids()).toBeNull();
		});

		it.each([
			['five hours', -5 * HOUR],
			['ten days', -240 * HOUR],
		])('loses nothing when this machine’s clock goes back by %s', async (_, later) => {
			const { sandbox } = around;
			sandbox.mockServers.documents.failNext({ times: 99, how: { kind: 'status', status: 503 } });
			const trigger = new Installed();
			await trigger.activate();
			setOurClock(later);
			sandbox.deliver('nsso', { messageId: 'from nsso' });
			expect(await trigger.ids()).toEqual(['from nsso']);
			sandbox.deliver('documents', { messageId: 'from documents' });
			sandbox.mockServers.documents.injectedFaults.clear();
			expect(await trigger.ids()).toContain('from documents');
			expect(await trigger.ids()).toBeNull();
		});
	});

	it('never sends the token to a provider that nobody confirmed, and says that it did not', async () => {
		const { sandbox } = around;
		sandbox.listed = ['nsso', 'foreign'];
		const trigger = new Installed();
		await trigger.activate();
		await expect(trigger.poll()).rejects.toThrow(/has not been confirmed/);
		expect(sandbox.mockServers.foreign.calls.list()).toEqual([]);
	});
});
