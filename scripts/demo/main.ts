import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';

import { type Deposited, type HubEeSandbox, startHubEeSandbox } from '../../sandbox/hubee';
import { installN8n } from '../n8n/install';
import { N8nInstance, OWNER, type WorkflowJson } from '../n8n/instance';
import { packedTarball } from '../n8n/pack';
import { isPortFree } from '../n8n/process';
import { isComplete, type Reception, receptions } from './reception';
import { SAMPLES } from './samples';

const ROOT = join(__dirname, '..', '..');
const STATUS = 'IN_PROGRESS';
/**
 * The trigger looks once a minute, so everything has arrived after two looks, or something is
 * wrong.
 */
const PATIENCE_MS = 180_000;
/** Two authorities receive: each has its own client ID, and with it its own queue. */
const ACCOUNTS = ['si-paris', 'si-nice'] as const;

const once = process.argv.includes('--once');
const began = Date.now();
const say = (text: string) =>
	console.log(`${String(Math.round((Date.now() - began) / 1000)).padStart(4)} s  ${text}`);

function templates(): Array<{ file: string; workflow: WorkflowJson }> {
	const folder = join(ROOT, 'workflows');
	return readdirSync(folder)
		.filter((file) => file.endsWith('.json'))
		.map((file) => ({
			file,
			workflow: JSON.parse(readFileSync(join(folder, file), 'utf8')) as WorkflowJson,
		}));
}

async function main(): Promise<boolean> {
	say('Preparing n8n and the package …');
	await installN8n();
	const tarball = await packedTarball();
	const sandbox = await startHubEeSandbox();
	say(`The HubEE sandbox runs: ${sandbox.url} (a page shows what it holds)`);
	const n8n = await N8nInstance.start({
		tarball,
		port: (await isPortFree(5678)) ? 5678 : undefined,
	});
	say(`n8n runs: ${n8n.baseUrl}`);
	const end = async () => {
		await n8n.end();
		await sandbox.close();
	};
	process.once('SIGINT', () => void end().then(() => process.exit(0)));
	process.once('SIGTERM', () => void end().then(() => process.exit(0)));
	try {
		const complete = await receive(n8n, sandbox);
		console.log(`\nThe editor: ${n8n.baseUrl}   (${OWNER.email} / ${OWNER.password})`);
		if (!once) {
			console.log('Everything stays up: open the workflows and their executions. Ctrl-C ends it.');
			await new Promise(() => undefined);
		}
		return complete;
	} finally {
		await end();
	}
}

async function receive(n8n: N8nInstance, sandbox: HubEeSandbox): Promise<boolean> {
	for (const { id } of await importAll(n8n, sandbox)) await n8n.activate(id);
	say(
		'The reception workflow is active for two authorities; its trigger looks into the queue every minute.',
	);
	const deposited: Deposited[] = [];
	for (const sample of SAMPLES) deposited.push(await sandbox.deposit(sample));
	const all = () => receptions(deposited, sandbox.listCases(), n8n.filesFolder);
	say(
		`Deposited ${deposited.length} télédossiers with ${all().length} cases into HubEE. Waiting for the next look …`,
	);
	const told = new Set<string>();
	const deadline = Date.now() + PATIENCE_MS;
	while (told.size < all().length && Date.now() < deadline) {
		await sleep(300);
		for (const reception of all()) {
			if (told.has(reception.case) || !isComplete(reception, STATUS)) continue;
			told.add(reception.case);
			say(`received ${reception.case}: ${reception.files} files, ${reception.bytes} bytes`);
		}
	}
	return summary(all());
}

function summary(rows: Reception[]): boolean {
	const complete = rows.filter((row) => isComplete(row, STATUS)).length;
	console.log();
	console.table(rows);
	console.log(
		complete === rows.length
			? `All ${rows.length} cases arrived byte for byte, have their status and left the queue.`
			: `${rows.length - complete} of ${rows.length} cases did not arrive as they should.`,
	);
	return complete === rows.length;
}

/**
 * Imports every template with the first account, and the reception one more time for the second;
 * gives the receptions.
 */
async function importAll(n8n: N8nInstance, sandbox: HubEeSandbox): Promise<Array<{ id: string }>> {
	const credentials: string[] = [];
	for (const account of ACCOUNTS) credentials.push(await credentialFor(n8n, sandbox, account));
	const receiving: Array<{ id: string }> = [];
	let imported = 0;
	for (const { file, workflow } of templates()) {
		const isReception = file === 'hubee-receive-cases.json';
		for (const [index, credential] of credentials.entries()) {
			if (index > 0 && !isReception) continue;
			const id = await n8n.importWorkflow(workflow, {
				name: isReception ? `${workflow.name} (${ACCOUNTS[index]})` : undefined,
				credentials: { hubEeOAuth2Api: credential },
				parameters: isReception ? { Settings: settingsFor(workflow, n8n.filesFolder) } : {},
			});
			imported++;
			if (isReception) receiving.push({ id });
		}
	}
	say(`Imported ${credentials.length} sandbox credentials and ${imported} workflows.`);
	return receiving;
}

async function credentialFor(
	n8n: N8nInstance,
	sandbox: HubEeSandbox,
	account: string,
): Promise<string> {
	const { clientId, clientSecret } = sandbox.credential(account);
	return await n8n.createCredential(`HubEE sandbox (${account})`, 'hubEeOAuth2Api', {
		environment: 'custom',
		baseUrl: sandbox.url,
		tokenUrl: sandbox.tokenUrl,
		clientId,
		clientSecret,
		scope: 'SI',
		editorName: 'Guichet demo',
		applicationName: 'n8n',
		softwareVersion: '1.0',
	});
}

/** The template's Settings node with this instance's folder filled in, as a person would. */
function settingsFor(
	workflow: WorkflowJson,
	folder: string,
): WorkflowJson['nodes'][number]['parameters'] {
	const settings = workflow.nodes.find(({ name }) => name === 'Settings')?.parameters ?? {};
	const text = JSON.stringify(settings).replace('/home/node/.n8n-files', folder);
	return JSON.parse(text) as WorkflowJson['nodes'][number]['parameters'];
}

main().then(
	(complete) => process.exit(complete ? 0 : 1),
	(error: unknown) => {
		console.error(error instanceof Error ? error.message : error);
		process.exit(1);
	},
);
