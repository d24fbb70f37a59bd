import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import type { INode } from 'n8n-workflow';

import type * as Errors from '../../../../lib/errors/guichet-error';
import type * as Execute from '../../../../lib/node/execute';
import { formOf } from '../../../../lib/node/form';
import {
	assertN8nIsNewEnough,
	failureForm,
	oldestOf,
	type Version,
} from '../../../../lib/node/n8n-version';
import type { Operation, OperationTable } from '../../../../lib/node/operation';
import { fakeExecution } from '../../fakes/execution';

const LIB = '../../../../lib';

let folder: string;
beforeEach(() => (folder = mkdtempSync(join(tmpdir(), 'guichet-versions-'))));
afterEach(() => rmSync(folder, { recursive: true, force: true }));

/** A copy of n8n-workflow of this version; returns its main file. */
function copyOf(version: unknown, place = 'program'): string {
	const copy = join(folder, place, 'node_modules/n8n-workflow');
	mkdirSync(join(copy, 'dist/cjs'), { recursive: true });
	// As published: the inner package.json says only which modules the folder holds.
	writeFileSync(join(copy, 'dist/cjs/package.json'), JSON.stringify({ type: 'commonjs' }));
	const manifest = { name: 'n8n-workflow', version, main: 'dist/cjs/index.js' };
	writeFileSync(join(copy, 'package.json'), JSON.stringify(manifest));
	const entry = join(copy, 'dist/cjs/index.js');
	writeFileSync(entry, '');
	return entry;
}

describe('what n8n takes for a failed item', () => {
	it.each<[Version, string]>([
		[[1, 121, 0], 'message'],
		[[2, 30, 2], 'message'],
		[[2, 33, 2], 'message'],
		[[2, 34, 2], 'message'],
		[[2, 34, 3], 'details'],
		[[2, 35, 0], 'message'],
		[[2, 35, 1], 'details'],
		[[2, 36, 0], 'details'],
		[[2, 41, 0], 'details'],
		[[3, 0, 0], 'details'],
	])('with n8n-workflow %j is "%s"', (version, form) => {
		expect(failureForm(version)).toBe(form);
	});
});

describe('the version', () => {
	it('is that of the oldest copy, because a newer one may lie beside n8n’s own', () => {
		expect(oldestOf([copyOf('2.41.0', 'ours'), copyOf('2.30.2', 'n8n')])).toEqual([2, 30, 2]);
	});

	it.each([undefined, 'next', 7])('cannot be told where a copy says %j', (version) => {
		expect(oldestOf([copyOf('2.41.0', 'ours'), copyOf(version, 'n8n')])).toBeUndefined();
	});

	it('cannot be told without a copy', () => {
		expect(oldestOf([])).toBeUndefined();
		expect(oldestOf([join(folder, 'index.js')])).toBeUndefined();
	});
});

it.each<Version>([
	[1, 123, 0],
	[2, 29, 3],
])('refuses n8n-workflow %i.%i.%i in one sentence', (...version) => {
	expect(() => assertN8nIsNewEnough(version)).toThrow(
		`n8n-nodes-guichet needs n8n 2.30 or newer, and this is n8n ${version[0]}.${version[1]}`,
	);
});

it('lets the oldest that it promises through', () => {
	expect(() => assertN8nIsNewEnough([2, 30, 0])).not.toThrow();
});

describe('a failed item', () => {
	const program = process.argv[1];
	afterEach(() => {
		process.argv[1] = program as string;
	});

	/** What a node hands on in a program whose own n8n-workflow has this version. */
	async function itemOn(version: unknown, onError: INode['onError'] = 'continueErrorOutput') {
		copyOf(version);
		process.argv[1] = join(folder, 'program/n8n.js');
		writeFileSync(process.argv[1], '');
		jest.resetModules();
		const { GuichetError } = jest.requireActual<typeof Errors>(`${LIB}/errors/guichet-error`);
		const { executeTable } = jest.requireActual<typeof Execute>(`${LIB}/node/execute`);
		const failure = new GuichetError('timeout', 'No answer', { outcome: 'unknown' });
		const table = tableOf(async () => await Promise.reject(failure));
		const { execution } = fakeExecution({
			properties: formOf(table),
			parameters: { resource: 'thing', operation: 'do' },
			continueOnFail: true,
			node: { onError },
		});
		const [items = []] = await executeTable(execution, table);
		return items[0];
	}

	const facts = { code: 'timeout', outcome: 'unknown' };

	it('has `error` and `message` alone on n8n 2.30', async () => {
		const item = await itemOn('2.30.2');
		expect(Object.keys(item?.json ?? {})).toEqual(['error', 'message']);
		expect(item).toMatchObject({ json: { error: 'No answer', message: facts } });
	});

	it('has its `details` where there is no error output, whatever the version', async () => {
		const item = await itemOn('2.30.2', 'continueRegularOutput');
		expect(item?.json).toMatchObject({ error: 'No answer', details: facts });
	});

	it('has its `details` on a new n8n', async () => {
		const item = await itemOn('2.41.0');
		expect(Object.keys(item?.json ?? {})).toEqual(['error', 'details']);
		expect(item).not.toHaveProperty('error');
	});

	it('has an `error` beside its data where the version cannot be told', async () => {
		const item = await itemOn('next');
		expect(item?.error).toMatchObject({ message: 'No answer' });
	});

	it('is none where n8n is too old: the node refuses to run', async () => {
		await expect(itemOn('2.29.3')).rejects.toThrow('needs n8n 2.30 or newer, and this is n8n 2.29');
	});
});

function tableOf(run: Operation<string>['run']): OperationTable<string> {
	const operation = { name: 'Do', value: 'do', action: 'Do', description: 'Do', fields: [], run };
	return {
		service: 'Test',
		resources: [{ name: 'Thing', value: 'thing', operations: [operation] }],
		connect: async () => await Promise.resolve('the service'),
	};
}
