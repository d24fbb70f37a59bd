import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';

import { startAspOneSandbox } from '../../sandbox/aspone';
import { startDimonaSandbox } from '../../sandbox/dimona';
import { startEBoxSandbox } from '../../sandbox/ebox';
import {
	type Deposited,
	type HubEeSandbox,
	SI_ORGANIZATIONS,
	startHubEeSandbox,
} from '../../sandbox/hubee';
import { SAMPLES, WAITING } from '../../sandbox/hubee/samples';
import type { N8nCredential } from '../../sandbox/mock-server';
import { installN8n } from '../n8n/install';
import { N8nInstance, OWNER, type WorkflowJson } from '../n8n/instance';
import { packedTarball } from '../n8n/pack';
import { isPortFree } from '../n8n/process';
import { isComplete, type Reception, receptions } from './reception';

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
	const settings = { withThingsWaiting: true };
	const sandbox = await startHubEeSandbox();
	const sandboxes = {
		HubEE: sandbox,
		Dimona: await startDimonaSandbox(settings),
		'e-Box Enterprise': await startEBoxSandbox(settings),
		'ASPOne WS Alert': await startAspOneSandbox(settings),
	};
	say('The sandboxes run.');
	const n8n = await N8nInstance.start({
		tarball,
		port: (await isPortFree(5678)) ? 5678 : undefined,
	});
	say(`n8n runs: ${n8n.baseUrl}`);
	const end = async () => {
		await n8n.end();
		await Promise.all(Object.values(sandboxes).map(async (one) => await one.close()));
	};
	process.once('SIGINT', () => void end().then(() => process.exit(0)));
	process.once('SIGTERM', () => void end().then(() => process.exit(0)));
	try {
		const credentials = await createCredentials(n8n, Object.values(sandboxes));
		const complete = await receive(n8n, sandbox, credentials);
		console.log(`\nThe editor: ${n8n.baseUrl}   (${OWNER.email} / ${OWNER.password})`);
		if (!once) {
			const { melun } = SI_ORGANIZATIONS;
			for (const deposit of WAITING)
				await sandbox.deposit({
					...deposit,
					recipients: [melun],
					files: deposit.files.map((file) => ({ ...file, cases: [0] })),
				});
			console.log(
				`${WAITING.length} télédossiers wait for si-melun, mail, workers and accounts in the others; every template has a credential.`,
			);
			console.log('Pages on which to drop, deliver, let calls fail and see what arrived:');
			for (const [name, { adminUrl }] of Object.entries(sandboxes))
				console.log(`  ${name.padEnd(18)}${adminUrl}`);
			console.log('Everything stays up: open the workflows and their executions. Ctrl-C ends it.');
			await new Promise(() => undefined);
		}
		return complete;
	} finally {
		await end();
	}
}

async function receive(
	n8n: N8nInstance,
	sandbox: HubEeSandbox,
	credentials: Credentials,
): Promise<boolean> {
	for (const { id } of await importAll(n8n, credentials)) await n8n.activate(id);
	say(
		'The reception workflow is active for two authorities; its trigger looks into the queue every minute.',
	);
	const deposited: Deposited[] = [];
	for (const sample of Object.values(SAMPLES)) deposited.push(await sandbox.deposit(sample));
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

/** Ids of n8n's credentials by the names that the sandboxes give them. */
type Credentials = ReadonlyMap<string, string>;

/** Every credential of every sandbox, as their pages offer them. */
async function createCredentials(
	n8n: N8nInstance,
	sandboxes: ReadonlyArray<{ adminUrl: string }>,
): Promise<Credentials> {
	const created = new Map<string, string>();
	for (const { adminUrl } of sandboxes) {
		const response = await fetch(`${adminUrl}/n8n-credentials`);
		for (const { name, type, data } of (await response.json()) as N8nCredential[])
			created.set(name, await n8n.createCredential(name, type, data));
	}
	return created;
}

/** The credential of a sandbox whose name begins so. */
function credentialOf(credentials: Credentials, beginning: string): string {
	const found = [...credentials].find(([name]) => name.startsWith(beginning));
	if (!found) throw new Error(`No sandbox has a credential ${beginning}`);
	return found[1];
}

/** The client of HubEE that a template is for. */
function hubEeClient(file: string): string {
	if (/^hubee-(osl|submit)/.test(file)) return 'osl';
	return /^hubee-(list|subscribe)/.test(file) ? 'admin' : ACCOUNTS[0];
}

/**
 * Imports every template with a credential, and the reception one more time for the second
 * account; gives the receptions.
 */
async function importAll(
	n8n: N8nInstance,
	credentials: Credentials,
): Promise<Array<{ id: string }>> {
	const receiving: Array<{ id: string }> = [];
	let imported = 0;
	for (const { file, workflow } of templates()) {
		const isReception = file === 'hubee-receive-cases.json';
		for (const client of isReception ? ACCOUNTS : [hubEeClient(file)]) {
			const id = await n8n.importWorkflow(workflow, {
				name: isReception ? `${workflow.name} (${client})` : undefined,
				credentials: {
					hubEeOAuth2Api: credentialOf(credentials, `HubEE sandbox: ${client} `),
					socialSecurityCertificateOAuth2Api: credentialOf(
						credentials,
						file.startsWith('dimona') ? 'Dimona' : 'e-Box',
					),
					aspOneWsseApi: credentialOf(credentials, 'ASPOne'),
				},
				parameters: isReception ? { Settings: settingsFor(workflow, n8n.filesFolder) } : {},
			});
			imported++;
			if (isReception) receiving.push({ id });
		}
	}
	say(`Imported ${credentials.size} sandbox credentials and ${imported} workflows.`);
	return receiving;
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
