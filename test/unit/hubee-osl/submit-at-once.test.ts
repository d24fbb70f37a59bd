import { randomUUID } from 'node:crypto';

import fc from 'fast-check';
import type { IDataObject } from 'n8n-workflow';

import { isObject } from '../../../lib/answers/json';
import type * as errorsModule from '../../../lib/errors/guichet-error';
import type * as submitModule from '../../../nodes/HubEe/procedures/submit-folder';
import { SharedList, VirtualTime } from '../fakes/shared-list';

/**
 * The folders of the hub. It completes and deletes in one step, and never the same folder: what was
 * completed is not deleted, and what was deleted is gone.
 */
class Hub {
	readonly folders = new Map<string, string>();

	constructor(
		private readonly time: VirtualTime,
		private readonly delay: () => number,
	) {}

	/** The folders that a recipient sees. */
	get completed(): string[] {
		return [...this.folders].filter(([, status]) => status !== 'HUBEE_RECEIVED').map(([id]) => id);
	}

	async call<Result>(act: () => Result): Promise<Result> {
		await this.time.wait(this.delay());
		const result = act();
		await this.time.wait(this.delay());
		return result;
	}

	/** The hub as a client of one process sees it; nothing of it goes on when that has ended. */
	client(process: { isEnded: boolean }, Failure: (typeof errorsModule)['GuichetError']) {
		const call = async <Result>(act: () => Result): Promise<Result> => {
			if (process.isEnded) await new Promise(() => undefined);
			const result = await this.call(act);
			if (process.isEnded) await new Promise(() => undefined);
			return result;
		};
		const wait = async (milliseconds: number) => {
			await this.time.wait(milliseconds);
			if (process.isEnded) await new Promise(() => undefined);
		};
		const statusOf = (id: string): string => {
			const status = this.folders.get(id);
			if (status === undefined) throw new Failure('not_found', 'No such folder');
			return status;
		};
		const shown = (id: string) => ({
			id,
			externalId: 'folder',
			globalStatus: statusOf(id),
			cases: [],
			attachments: [],
		});
		return {
			http: { baseUrl: 'https://hub', wait },
			createFolder: async () =>
				await call(() => {
					const id = randomUUID();
					this.folders.set(id, 'HUBEE_RECEIVED');
					return shown(id);
				}),
			getFolder: async (id: string) => await call(() => shown(id)),
			completeFolder: async (id: string) =>
				await call(() => {
					statusOf(id);
					this.folders.set(id, 'HUBEE_NOTIFIED');
				}),
			deleteFolder: async (id: string) =>
				await call(() => {
					if (statusOf(id) !== 'HUBEE_RECEIVED') throw new Failure('refused', 'It is completed');
					this.folders.delete(id);
				}),
		};
	}
}

type Process = Pick<typeof submitModule, 'submitFolder'> & typeof errorsModule;

/** Folder: Submit in an n8n process of its own, with modules of its own. */
function newProcess(): Process {
	let made: Process | undefined;
	jest.isolateModules(() => {
		const load = <Module extends object>(path: string) =>
			jest.requireActual<Module>(`../../../${path}`);
		made = {
			...load<typeof submitModule>('nodes/HubEe/procedures/submit-folder'),
			...load<typeof errorsModule>('lib/errors/guichet-error'),
		};
	});
	if (!made) throw new Error('The modules were not loaded');
	return made;
}

const PROCESSES = Array.from({ length: 4 }, newProcess);

jest.mock('../../../nodes/HubEe/procedures/new-folder', () => ({
	folderHead: () => ({ externalId: 'folder', cases: [] }),
	folderFiles: async () => await Promise.resolve([]),
	declaredFiles: () => [],
}));

async function submitIn(
	{ submitFolder, GuichetError }: Process,
	list: SharedList,
	hub: Hub,
	state = { isEnded: false },
): Promise<IDataObject> {
	const client = hub.client(state, GuichetError);
	const none = () => undefined;
	const context = {
		execution: { helpers: list },
		api: { client, cleanUpClient: client, clientId: 'osl' },
		optionalText: () => 'folder',
		group: () => ({ optionalText: none, optionalNumber: none, boolean: () => false }),
		warn: none,
	};
	return await submitFolder(context as never);
}

/** Of a GuichetError; that of another process is of another class. */
function outcomeOf(error: unknown): unknown {
	if (error instanceof Error && 'details' in error)
		return (error.details as { outcome: unknown }).outcome;
	throw error;
}

beforeEach(() => {
	jest.replaceProperty(process, 'env', { ...process.env, EXECUTIONS_MODE: 'queue' });
});

const delaysOf = (max: number, length: number) =>
	fc.array(fc.integer({ min: 1, max }), { minLength: length, maxLength: 2 * length });

it.each([
	['2 or 3 processes', false],
	['2 or 3 processes of which one is ended in the middle', true],
])('completes one folder when %s submit the same external ID at once', async (_, ends) => {
	let [runs, ended] = [0, 0];
	await fc.assert(
		fc.asyncProperty(
			delaysOf(80, 40),
			delaysOf(3_000, 20),
			fc.integer({ min: 2, max: 3 }),
			fc.array(fc.integer({ min: 0, max: 4_000 }), { minLength: 4, maxLength: 4 }),
			fc.integer({ min: 0, max: 30_000 }),
			async (delays, hubDelays, processes, starts, endsAt) => {
				const time = new VirtualTime();
				jest.spyOn(performance, 'now').mockImplementation(() => time.now());
				let [calls, hubCalls] = [0, 0];
				const list = new SharedList(time, () => delays[calls++ % delays.length]);
				const hub = new Hub(time, () => hubDelays[hubCalls++ % hubDelays.length]);
				const killed = { isEnded: false };
				const run = async (who: number): Promise<unknown> => {
					await time.wait(starts[who]);
					const isKilled = ends && who === 0;
					const submitted = isKilled
						? submitIn(newProcess(), list, hub, killed)
						: submitIn(PROCESSES[who], list, hub);
					return await submitted.catch(outcomeOf);
				};
				const kill = async () => {
					await time.wait(endsAt);
					killed.isEnded = true;
				};
				const all = Array.from({ length: processes }, async (__, who) => await run(who));
				const ending = ends ? kill() : Promise.resolve();
				const results = await time.run(Promise.all(ends ? all.slice(1) : all));
				await time.run(ending);
				await time.drain();
				const sent = hub.completed;
				expect(sent.length).toBeLessThanOrEqual(1);
				ended += sent.length;
				runs += 1;
				for (const result of results.filter(isObject)) expect(result.folderId).toBe(sent[0]);
				// Whoever comes later is told of it, or that it cannot be told; whatever was left behind.
				const later = await time.run(submitIn(PROCESSES[3], list, hub).catch(outcomeOf));
				if (isObject(later)) expect(later.folderId).toBe(hub.completed[0]);
				else expect(later).toBe('unknown');
				expect(hub.completed.length).toBeLessThanOrEqual(1);
				expect(hub.completed).toEqual(expect.arrayContaining(sent));
				await time.drain();
			},
		),
		// A failure leaves its processes in the middle, which the next run would inherit.
		{ numRuns: Number(process.env.CLAIM_RUNS ?? 25), endOnFailure: true },
	);
	// Seldom nobody can tell what became of the folder of another, and nothing is sent.
	expect(ended / runs).toBeGreaterThan(0.9);
});
