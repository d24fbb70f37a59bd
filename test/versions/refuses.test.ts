import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { installCommunityPackage } from '../../scripts/n8n/community-package';
import { installN8n } from '../../scripts/n8n/install';
import { packedTarball } from '../../scripts/n8n/pack';
import { freePort, spawnN8n } from '../../scripts/n8n/process';
import { instanceEnvironment, instanceFolders } from '../../scripts/n8n/settings';
import { rowsWorkflow } from '../e2e/rows-workflow';

let userFolder: string;

beforeAll(async () => {
	userFolder = mkdtempSync(join(tmpdir(), 'guichet-old-n8n-'));
	mkdirSync(instanceFolders(userFolder).packages, { recursive: true });
	await installCommunityPackage(userFolder, await packedTarball());
});

afterAll(() => rmSync(userFolder, { recursive: true, force: true }));

/** Runs one command of n8n to its end and gives what it wrote. */
async function command(...words: string[]): Promise<string> {
	const n8n = await installN8n();
	const port = await freePort();
	const env = instanceEnvironment({
		n8n: n8n.folder,
		userFolder,
		port,
		brokerPort: await freePort(),
	});
	const program = spawnN8n(n8n, words, { cwd: userFolder, env });
	await program.ended;
	return program.log;
}

it('a node refuses to run in one sentence, and nothing leaves by its success output', async () => {
	const node = {
		name: 'Check',
		type: 'n8n-nodes-guichet.eBoxBroadcast',
		onError: 'continueErrorOutput' as const,
		parameters: {
			resource: 'recipient',
			operation: 'check',
			source: 'items',
			number: '={{ $json.niss }}',
		},
	};
	const workflow = {
		id: 'too-old',
		active: false,
		...rowsWorkflow([{ niss: '85073003328' }], node),
	};
	const complete = {
		...workflow,
		nodes: workflow.nodes.map((one, index) => ({
			id: `node-${index}`,
			typeVersion: 1,
			position: [index * 200, 0],
			...one,
		})),
	};
	const file = join(userFolder, 'workflow.json');
	writeFileSync(file, JSON.stringify([complete]));
	await command('import:workflow', `--input=${file}`);
	const output = await command('execute', '--id=too-old', '--rawOutput');
	expect(output).toContain('n8n-nodes-guichet needs n8n 2.30 or newer, and this is n8n');
	expect(output).not.toContain('"accepted"');
}, 600_000);
