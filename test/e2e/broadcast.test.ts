import { createHash } from 'node:crypto';
import { readdirSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import type { INodeParameters } from 'n8n-workflow';
import type { Manifest } from '../../nodes/EBoxBroadcast/batch/files/manifest';
import {
	errorOf,
	itemsOf,
	N8nInstance,
	type Execution,
	type WorkflowJson,
} from '../../scripts/n8n/instance';
import { packedTarball } from '../../scripts/n8n/pack';
import { DOCUMENT, numbers } from '../unit/broadcast/support';

const RECIPIENTS = 650_000;
/**
 * The French list has 400,000 people, the Dutch one 300,000, of whom 50,000 are on the French list
 * too.
 */
const FRENCH = [...numbers(400_000)];
const DUTCH = [...numbers(300_000, 350_000)];
const WRONG = '71022722580';

/**
 * A list as an institution exports it: with names, a wrong number, a repetition and Excel's line
 * ends.
 */
function exported(list: string[], separator: string): Buffer {
	const rows = list.map((niss, i) => `Personne ${i}${separator}${niss}`);
	rows.splice(1000, 0, `Faux${separator}${WRONG}`, `Double${separator}${list[0]}`);
	return Buffer.from([`Nom${separator}NISS`, ...rows, ''].join('\r\n'), 'latin1');
}

const FILES = {
	document_fr: { name: 'information_fr.pdf', content: DOCUMENT, type: 'application/pdf' },
	document_nl: { name: 'information_nl.pdf', content: DOCUMENT, type: 'application/pdf' },
	recipients_fr: { name: 'fr.csv', content: exported(FRENCH, ';'), type: 'text/csv' },
	recipients_nl: { name: 'nl.csv', content: exported(DUTCH, '\t'), type: 'text/csv' },
};

const version = (language: string, title: string): INodeParameters => ({
	language,
	title,
	ticket: `INFO-2026-${language.toUpperCase()}`,
	documentField: `document_${language}`,
	recipientsField: `recipients_${language}`,
	fileName: '',
	firstSequence: 1,
});

const workflow = (path: string, parameters: INodeParameters = {}): WorkflowJson => ({
	name: `Broadcast ${path}`,
	nodes: [
		{
			name: 'Webhook',
			type: 'n8n-nodes-base.webhook',
			typeVersion: 2,
			webhookId: path,
			parameters: { path, httpMethod: 'POST', responseMode: 'onReceived', options: {} },
		},
		{
			name: 'Prepare',
			type: 'n8n-nodes-guichet.eBoxBroadcast',
			parameters: {
				resource: 'broadcast',
				operation: 'prepare',
				versions: { version: [version('fr', 'Votre information'), version('nl', 'Uw informatie')] },
				messageType: 'EXAMPLE_TYPE',
				institution: '0406.798.006',
				application: 'employment:example:broadcast',
				files: 'both',
				...parameters,
			},
		},
	],
	connections: { Webhook: { main: [[{ node: 'Prepare', type: 'main', index: 0 }]] } },
});

let n8n: N8nInstance;

beforeAll(async () => {
	n8n = await N8nInstance.start({
		tarball: await packedTarball(),
		env: { N8N_LOG_LEVEL: 'debug' },
	});
});

afterAll(async () => await n8n?.end());

async function start(path: string, parameters: INodeParameters = {}): Promise<string> {
	const id = await n8n.importWorkflow(workflow(path, parameters));
	await n8n.activate(id);
	return id;
}

async function send(path: string): Promise<void> {
	const { status } = await n8n.callWebhook(path, { files: FILES });
	expect(status).toBe(200);
}

/** The files of an execution by name, from n8n's binary store. */
async function filesOf(execution: Execution): Promise<Map<string, Buffer>> {
	const files = new Map<string, Buffer>();
	for (const { binary = {} } of itemsOf(execution, 'Prepare')) {
		for (const { id, fileName } of Object.values(binary)) {
			files.set(String(fileName), await n8n.binary(String(id)));
		}
	}
	return files;
}

const sha256 = (bytes: Buffer): string => createHash('sha256').update(bytes).digest('hex');
const digests = (files: Map<string, Buffer>): Array<[string, string]> =>
	[...files].map(([name, bytes]) => [name, sha256(bytes)]);

const KNOWN = new Set([...FRENCH, ...DUTCH, WRONG]);

/** National numbers of the input in a text, wherever in a row of digits they begin. */
function numbersIn(text: string): string[] {
	return [...text.matchAll(/(?=(\d{11}))/g)]
		.map(([, found]) => found)
		.filter((one) => KNOWN.has(one));
}

describe('a broadcast to 650,000 people in two languages', () => {
	let execution: Execution;
	let files: Map<string, Buffer>;
	let memory: { before: number; peak: number };

	beforeAll(async () => {
		const workflowId = await start('broadcast');
		memory = { before: n8n.memory().rss, peak: 0 };
		n8n.resetPeak();
		await send('broadcast');
		execution = await n8n.waitForExecution({ workflowId });
		memory.peak = n8n.memory().peak;
		files = await filesOf(execution);
	});

	const manifests = (): Manifest[] =>
		itemsOf(execution, 'Prepare').map(({ json }) => json.manifest as unknown as Manifest);

	it('gives each language its lists, in order, and nobody twice', () => {
		expect(execution.status).toBe('success');
		const list = (name: string): string => files.get(name)?.toString('latin1') ?? '';
		expect(list('INFO-2026-FR_fr_01of02.csv')).toBe(FRENCH.slice(0, 300_000).join('\n') + '\n');
		expect(list('INFO-2026-FR_fr_02of02.csv')).toBe(FRENCH.slice(300_000).join('\n') + '\n');
		expect(list('INFO-2026-NL_nl_01of01.csv')).toBe(DUTCH.slice(50_000).join('\n') + '\n');
	});

	it('counts everyone', () => {
		const counts = manifests().map(({ recipients }) => recipients);
		expect(counts.map(({ accepted }) => accepted)).toEqual([400_000, 250_000]);
		expect(counts[0].accepted + counts[1].accepted).toBe(RECIPIENTS);
		expect(counts[0].rejected).toMatchObject({ checkNumber: 1, duplicate: 1, otherVersion: 0 });
		expect(counts[1].rejected).toMatchObject({ checkNumber: 1, otherVersion: 50_001 });
	});

	it('shows how each file was read', () => {
		expect(manifests().map(({ inputDialect }) => inputDialect)).toMatchObject([
			{ separator: ';', header: true, column: 2, columnName: 'NISS' },
			{ separator: '\t', header: true, column: 2, columnName: 'NISS' },
		]);
	});

	it('stores files that have the digests of the manifest', () => {
		for (const { files: listed } of manifests()) {
			for (const { fileName, sha256: digest, size } of listed) {
				const bytes = files.get(fileName) ?? Buffer.alloc(0);
				expect([fileName, bytes.length, sha256(bytes)]).toEqual([fileName, size, digest]);
			}
		}
		const zip = itemsOf(execution, 'Prepare')[0].json.zip as { fileName: string; sha256: string };
		expect(sha256(files.get(zip.fileName) ?? Buffer.alloc(0))).toBe(zip.sha256);
	});

	it('shows no full national number in the execution, the log, a manifest or the rejects', () => {
		expect(numbersIn(execution.text)).toEqual([]);
		expect(numbersIn(n8n.log)).toEqual([]);
		const shown = [...files].filter(([name]) => /_(manifest\.json|rejects\.csv)$/.test(name));
		expect(shown).toHaveLength(4);
		for (const [, bytes] of shown) expect(numbersIn(bytes.toString('latin1'))).toEqual([]);
	});

	it('needs little memory beyond what n8n takes anyway', () => {
		// Both lists together are 15 MB of text; as strings in a Set they would take hundreds.
		expect(memory.peak - memory.before).toBeLessThan(300 * 1024 * 1024);
	});

	it('stops when asked to, and says where without the number', async () => {
		const workflowId = await start('strict', { onReject: 'stop' });
		await send('strict');
		const stopped = await n8n.waitForExecution({ workflowId });
		expect(stopped.status).toBe('error');
		expect(errorOf(stopped, 'Prepare')?.message).toBe(
			'1 records of version "fr" are no national numbers: line 1002: checkNumber (71*******80)',
		);
		expect(numbersIn(stopped.text)).toEqual([]);
		expect(numbersIn(n8n.log)).toEqual([]);
	});

	it('gives the same files, byte for byte, when n8n was killed in the middle and it is run again', async () => {
		const [summary] = await n8n.executions();
		await send('broadcast');
		await untilAListIsWritten(n8n.userFolder);
		await n8n.kill();
		await n8n.restart();
		const [killed] = (await n8n.executions({ workflowId: summary.workflowId })).slice(-1);
		expect(['crashed', 'running', 'error']).toContain(killed.status);

		await send('broadcast');
		const again = await n8n.waitForExecution({
			workflowId: summary.workflowId,
			after: killed.id,
		});
		expect(again.status).toBe('success');
		expect(digests(await filesOf(again))).toEqual(digests(files));
	});
});

/** Large files under a folder, by their paths. */
function largeFiles(folder: string): string[] {
	return readdirSync(folder, { recursive: true, encoding: 'utf8' }).filter((file) => {
		try {
			return statSync(join(folder, file)).size > 500_000 && !/sqlite|node_modules/.test(file);
		} catch {
			// Gone between the two looks: a temporary file of the upload.
			return false;
		}
	});
}

/** Waits until, besides the two lists that came in, a file of the broadcast is being written. */
async function untilAListIsWritten(folder: string): Promise<void> {
	const before = largeFiles(folder).length;
	for (let looks = 0; looks < 3000; looks++) {
		if (largeFiles(folder).length >= before + 3) return;
		await sleep(5);
	}
	throw new Error('No list was written');
}
