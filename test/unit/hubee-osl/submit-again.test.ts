import type { IDataObject } from 'n8n-workflow';

import { HttpClient } from '../../../lib/http/client';
import { NodeMemory } from '../../../lib/node/node-memory';
import type { RunSetup } from '../hubee/desk';
import { folderForm, NICE, Office, OSL_ACCOUNT } from './office';

let office: Office;
beforeEach(async () => {
	office = await Office.open(OSL_ACCOUNT);
});
afterEach(async () => await office.close());

const EXTERNAL_ID = 'DGS-EtatCivil-0000000000001';

const form = (additionalFields: IDataObject = {}, more: IDataObject = {}) =>
	folderForm({ externalId: EXTERNAL_ID, additionalFields, ...more });

const file = (content = 'content') => [office.item({ data: ['acte.pdf', content] })];

const submit = async (setup: RunSetup, content?: string, more?: IDataObject) =>
	await office.one('folder:submit', form({}, more), { items: file(content), ...setup });

const completed = () =>
	office.sandbox.listFolders().filter(({ globalStatus }) => globalStatus !== 'HUBEE_RECEIVED');

describe('a folder whose external ID was submitted before', () => {
	let processed: Set<string>;
	beforeEach(() => {
		processed = new Set();
	});

	it('is reported as it is, and nothing is sent', async () => {
		const first = await submit({ processed });
		expect(first.submittedBefore).toBe(false);
		office.sandbox.mockServer.calls.clear();
		const second = await submit({ processed });
		expect(second).toEqual({ ...first, submittedBefore: true });
		expect(office.operations()).toEqual(['getFolderById']);
	});

	it('is reported with the status that it has by now', async () => {
		const { folderId } = await submit({ processed });
		await office.one('folder:close', { folderId });
		expect(await submit({ processed })).toMatchObject({ folderId, globalStatus: 'CLOSED' });
	});

	it('is refused where that is wanted', async () => {
		const { folderId } = await submit({ processed });
		const again = form({ ifSubmittedBefore: 'fail' });
		const failure = await office.failure('folder:submit', again, { items: file(), processed });
		expect(failure.message).toBe(
			`It was submitted before with the external ID ${EXTERNAL_ID}: folder ${String(folderId)}, HUBEE_NOTIFIED`,
		);
		expect(failure.facts).toMatchObject({ outcome: 'not_done', folderId, sameContent: true });
		expect(office.sandbox.listFolders()).toHaveLength(1);
	});

	it('is submitted again where that is wanted', async () => {
		await submit({ processed });
		const again = form({ ifSubmittedBefore: 'submitAgain' });
		await office.one('folder:submit', again, { items: file(), processed });
		expect(completed()).toHaveLength(2);
	});

	it.each([
		['another file of the same size', 'CONTENT', {}],
		['another recipient', 'content', { recipients: { recipient: [NICE] } }],
		['another applicant', 'content', { lastName: 'Autre' }],
	])('and has %s is refused', async (_, content, more) => {
		await submit({ processed });
		const failure = await office.failure('folder:submit', form({}, more), {
			items: file(content),
			processed,
		});
		expect(failure.message).toMatch(/^A folder with another content was submitted before/);
		expect(failure.facts).toMatchObject({ outcome: 'not_done', sameContent: false });
		expect(completed()).toHaveLength(1);
	});

	it('and is gone at the hub is not taken for a new one', async () => {
		const { folderId } = await submit({ processed });
		await office.sandbox.reset();
		const failure = await office.failure('folder:submit', form(), { items: file(), processed });
		expect(failure.message).toBe(
			`The folder ${String(folderId)} of this external ID was sent before, and HubEE does not have it any more`,
		);
		expect(office.sandbox.listFolders()).toEqual([]);
	});

	it('and cannot be looked at is not sent', async () => {
		await submit({ processed });
		office.sandbox.mockServer.failNext({
			method: 'GET',
			path: '/folders/',
			times: 50,
			how: { kind: 'status', status: 503 },
		});
		await office.failure('folder:submit', form(), { items: file(), processed });
		expect(office.sandbox.listFolders()).toHaveLength(1);
	});

	it('by another item of the same run, or under way in another execution, is sent once', async () => {
		const items = [...file(), ...file()];
		const [run, other] = await Promise.all([
			office.run('folder:submit', form(), { items, processed }),
			submit({ processed }),
		]);
		const results = [...run.items.map(({ json }) => json), other];
		expect(new Set(results.map(({ folderId }) => folderId)).size).toBe(1);
		expect(results.filter(({ submittedBefore }) => submittedBefore === false)).toHaveLength(1);
		expect(office.sandbox.listFolders()).toHaveLength(1);
	});

	it('by another client is another folder', async () => {
		office.sandbox.configure({ uniqueExternalIds: false });
		await submit({ processed });
		const account = { clientId: 'osl', clientSecret: 'osl-secret', scope: 'OSL' };
		const accountSecrets = JSON.stringify([{ name: 'other', ...account, clientId: 'admin' }]);
		const failure = await office.failure(
			'folder:submit',
			{ ...form(), options: { account: 'other' } },
			{ items: file(), processed, credential: { accountSecrets } },
		);
		// It was not taken for one of before: it was tried.
		expect(failure.facts).not.toHaveProperty('folderId');
	});

	it('and failed is sent anew, also when it could not be deleted', async () => {
		office.sandbox.scanNext({ outcome: 'CORRUPTED', times: 1 });
		office.sandbox.mockServer.failNext({
			method: 'DELETE',
			times: 8,
			how: { kind: 'status', status: 503 },
		});
		await office.failure('folder:submit', form(), { items: file(), processed });
		expect(office.sandbox.listFolders()).toHaveLength(1);
		office.sandbox.mockServer.injectedFaults.clear();
		await submit({ processed });
		expect(office.sandbox.listFolders()).toMatchObject([{ globalStatus: 'HUBEE_NOTIFIED' }]);
	});

	it('is sent where the external ID is built, as nobody can come back to it', async () => {
		const built = { externalId: '' };
		await submit({ processed }, 'content', built);
		await submit({ processed }, 'content', built);
		expect(completed()).toHaveLength(2);
		expect(processed.size).toBe(0);
	});
});

/**
 * n8n ends at its n-th step: a call of the hub, or a write of what it remembers. Nothing that comes
 * after has any effect.
 */
class Kill {
	isDead = false;

	private steps = 0;

	constructor(
		private readonly at: number,
		private readonly when: 'before' | 'after',
	) {}

	async step<Result>(act: () => Promise<Result>): Promise<Result> {
		const isIt = this.steps++ === this.at;
		this.isDead ||= isIt && this.when === 'before';
		if (this.isDead) throw new Error('n8n is dead');
		const result = await act();
		this.isDead ||= isIt;
		if (this.isDead) throw new Error('n8n is dead');
		return result;
	}
}

/** What n8n's database remembers, until n8n ends. */
function remembered(processed: Set<string>, kill: Kill): RunSetup['deduplication'] {
	return {
		checkProcessedAndRecord: async (keys) =>
			await kill.step(async () => {
				const seen = keys.filter((key) => processed.has(String(key)));
				for (const key of keys) processed.add(String(key));
				return await Promise.resolve({
					new: keys.filter((key) => !seen.includes(key)),
					processed: seen,
				});
			}),
		removeProcessed: async (keys) =>
			await kill.step(async () => {
				for (const key of keys) processed.delete(String(key));
				await Promise.resolve();
			}),
	};
}

describe.each(['before', 'after'] as const)('n8n that ends %s any of its steps', (when) => {
	it.each([
		['its first run', 0],
		['the run after a kill that left a folder', 4],
		['the run after a kill that left a complete folder', 14],
	])('in %s completes one folder in the end', async (_, earlierKill) => {
		let ends = 0;
		for (let at = 0; ; at++) {
			await office.sandbox.reset();
			const processed = new Set<string>();
			if (earlierKill > 0) await killed(processed, new Kill(earlierKill, 'after'));
			const kill = new Kill(at, when);
			await killed(processed, kill);
			if (!kill.isDead) break;
			ends += 1;
			const end = await office
				.run('folder:submit', form(), { items: file(), processed, continueOnFail: true })
				.then(({ items }) => items[0].json);
			expect(completed().length).toBeLessThanOrEqual(1);
			// Ended while it asked for the id, it does not know which folder it was, and says so.
			if (end.error !== undefined) expect(end).toMatchObject({ details: { outcome: 'unknown' } });
			else expect(completed()).toMatchObject([{ id: end.folderId }]);
			if (end.error === undefined && when === 'before') expect(completed()).toHaveLength(1);
		}
		expect(ends).toBeGreaterThan(earlierKill === 14 ? 3 : 8);
	});
});

async function killed(processed: Set<string>, kill: Kill): Promise<void> {
	const prototype = HttpClient.prototype;
	const [json, confirm] = [prototype.json, prototype.confirm];
	const spies = [
		jest.spyOn(prototype, 'json').mockImplementation(async function (
			this: HttpClient,
			...call: Parameters<HttpClient['json']>
		) {
			return await kill.step(async () => await json.apply(this, call));
		}),
		jest.spyOn(prototype, 'confirm').mockImplementation(async function (this: HttpClient, call) {
			return await kill.step(async () => await confirm.call(this, call));
		}),
	];
	await office
		.run('folder:submit', form(), {
			items: file(),
			deduplication: remembered(processed, kill),
		})
		.catch(() => undefined);
	for (const spy of spies) spy.mockRestore();
}

describe('what is remembered', () => {
	it('is the newest 500 folders, and asking pushes none of them out', async () => {
		const processed: string[] = [];
		const memory = new NodeMemory(
			{
				checkProcessedAndRecord: async (keys, _scope, { maxEntries = 0 }) => {
					const seen = keys.filter((key) => processed.includes(String(key)));
					for (const key of keys) if (!seen.includes(key)) processed.push(String(key));
					processed.splice(0, processed.length - maxEntries);
					return await Promise.resolve({ new: [], processed: seen });
				},
				removeProcessed: async (keys) => {
					for (const key of keys) processed.splice(processed.indexOf(String(key)), 1);
					await Promise.resolve();
				},
			},
			3,
		);
		await memory.record(['a', 'b', 'c']);
		expect(await memory.known(['x', 'y', 'a'])).toEqual(new Set(['a']));
		expect(processed).toEqual(['a', 'b', 'c']);
		await memory.record(['d']);
		expect(processed).toEqual(['b', 'c', 'd']);
	});
});

describe("n8n's Retry On Fail", () => {
	const tries = async (additionalFields: IDataObject, setup: RunSetup = {}) => {
		const context = {};
		const results: IDataObject[] = [];
		for (let n = 0; n < 3; n++) {
			const { items } = await office.run('folder:submit', folderForm({ additionalFields }), {
				items: file(),
				context,
				continueOnFail: true,
				...setup,
			});
			results.push(items[0].json);
			// n8n runs the node again only after a failure.
			if (!('error' in items[0].json)) break;
		}
		return results;
	};

	it('makes one folder of three tries, when the answer to the creation is lost', async () => {
		office.sandbox.mockServer.failNext({
			method: 'POST',
			path: '/folders$',
			how: { kind: 'cutAfter' },
		});
		const results = await tries({});
		expect(results.map(({ details }) => (details as IDataObject).outcome)).toEqual(
			Array.from({ length: 3 }, () => 'unknown'),
		);
		expect(office.sandbox.listFolders()).toHaveLength(1);
	});

	it('sends anew what was deleted again', async () => {
		office.sandbox.scanNext({ outcome: 'CORRUPTED', times: 1 });
		const results = await tries({});
		expect(results).toMatchObject([
			{ details: { outcome: 'not_done' } },
			{ submittedBefore: false },
		]);
		expect(completed()).toHaveLength(1);
	});

	it('finds the folder whose completion could not be seen', async () => {
		const { mockServer } = office.sandbox;
		mockServer.failNext({ method: 'PATCH', how: { kind: 'cutAfter' } });
		mockServer.failNext({
			method: 'GET',
			path: '/folders/',
			skip: 1,
			times: 8,
			how: { kind: 'status', status: 503 },
		});
		const results = await tries({});
		expect(results[0]).toMatchObject({ details: { outcome: 'unknown' } });
		expect(results[1]).toMatchObject({ globalStatus: 'HUBEE_NOTIFIED' });
		expect(completed()).toHaveLength(1);
	});

	it('deletes and sends anew the folder that could not be deleted', async () => {
		office.sandbox.scanNext({ outcome: 'CORRUPTED', times: 1 });
		office.sandbox.mockServer.failNext({
			method: 'DELETE',
			times: 8,
			how: { kind: 'status', status: 503 },
		});
		const results = await tries({});
		expect(results[1]).toMatchObject({ globalStatus: 'HUBEE_NOTIFIED' });
		expect(office.sandbox.listFolders()).toHaveLength(1);
	});

	it('for another account looks with that account', async () => {
		const accountSecrets = JSON.stringify([
			{ name: 'second', clientId: 'osl', clientSecret: 'osl-secret', scope: 'OSL' },
		]);
		const { mockServer } = office.sandbox;
		mockServer.failNext({ method: 'PATCH', how: { kind: 'cutAfter' } });
		mockServer.failNext({
			method: 'GET',
			path: '/folders/',
			skip: 1,
			times: 8,
			how: { kind: 'status', status: 503 },
		});
		const context = {};
		const run = async () =>
			await office.run(
				'folder:submit',
				{ ...folderForm(), options: { account: 'second' } },
				{
					items: file(),
					context,
					continueOnFail: true,
					credential: { clientId: 'si-paris', clientSecret: 'si-paris-secret', accountSecrets },
				},
			);
		await run();
		const { items } = await run();
		expect(items[0].json).toMatchObject({ account: 'second', globalStatus: 'HUBEE_NOTIFIED' });
		expect(completed()).toHaveLength(1);
	});
});
