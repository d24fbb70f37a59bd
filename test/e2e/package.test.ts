import { execFileSync, spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { join, parse } from 'node:path';
import type { ICredentialType, INodeTypeDescription } from 'n8n-workflow';
import { readManifest } from '../../scripts/build/manifest';
import { itemsOf, N8nInstance, type WorkflowJson } from '../../scripts/n8n/instance';
import { packedTarball } from '../../scripts/n8n/pack';
import { rowsWorkflow } from './rows-workflow';

const manifest = readManifest(join(__dirname, '../..'));

/**
 * `dist/nodes/HubEe/HubEe.node.js` → `hubEe`: n8n's lint rules tie the file name to the type name.
 */
const typeName = (path: string) => {
	const [className] = parse(path).name.split('.');
	return className[0].toLowerCase() + className.slice(1);
};
const nodeNames = manifest.n8n.nodes.map(typeName).sort();
const credentialNames = manifest.n8n.credentials.map(typeName).sort();

let tarball: string;
let n8n: N8nInstance;
let nodes: INodeTypeDescription[];
let credentials: ICredentialType[];

beforeAll(async () => {
	tarball = await packedTarball();
	n8n = await N8nInstance.start({ tarball, env: { N8N_LOG_LEVEL: 'debug' } });
	const prefix = `${manifest.name}.`;
	nodes = (await n8n.nodeTypes()).filter(({ name }) => name.startsWith(prefix));
	credentials = (await n8n.credentialTypes()).filter(
		({ name, iconUrl }) =>
			credentialNames.includes(name) || JSON.stringify(iconUrl ?? '').includes(manifest.name),
	);
});

afterAll(async () => await n8n?.end());

describe('the packed package in n8n', () => {
	it('offers every node of package.json, and no other', () => {
		const names = nodes.map(({ name }) => name.slice(manifest.name.length + 1));
		// n8n makes a second type, for its AI agents, of each node that is usable as a tool.
		const own = names.filter((name) => !names.some((other) => name === `${other}Tool`));
		expect([...new Set(own)].sort()).toEqual(nodeNames);
	});

	it('offers every credential of package.json, and no other', () => {
		expect(credentials.map(({ name }) => name).sort()).toEqual(credentialNames);
	});

	it('has all icons that its nodes and credentials name', async () => {
		const icons = [...nodes, ...credentials].flatMap(({ iconUrl }) =>
			typeof iconUrl === 'object' ? [iconUrl.light, iconUrl.dark] : [iconUrl],
		);
		expect(icons).not.toContain(undefined);
		const answers = await Promise.all(
			[...new Set(icons)].map(async (icon) => {
				const { status, headers } = await fetch(`${n8n.baseUrl}/${icon}`);
				return { icon, status, type: headers.get('content-type') };
			}),
		);
		expect(
			answers.filter(({ status, type }) => status !== 200 || !type?.startsWith('image/')),
		).toEqual([]);
	});

	it('is loaded lazily: n8n starts from the generated lists', () => {
		const [line] = n8n.logLinesWith(`Lazy-loading nodes and credentials from ${manifest.name}`);
		expect(line).toContain(`"credentials": ${credentialNames.length}`);
		expect(n8n.logLinesWith("Can't enable lazy-loading")).toEqual([]);
	});
});

describe('the tarball', () => {
	const listed = () =>
		execFileSync('tar', ['-tzf', tarball], { encoding: 'utf8' })
			.trim()
			.split('\n')
			.map((file) => file.replace(/^package\//, ''));

	it('holds what n8n and a reader need, and nothing else', () => {
		const allowed =
			/^(dist\/.+|docs\/.+|workflows\/.+\.(json|md)|sandbox\/README\.md|package\.json|README(\.\w+)?\.md|LICENSE|(CHANGELOG|CONTRIBUTING|SECURITY)\.md)$/;
		expect(listed().filter((file) => !allowed.test(file))).toEqual([]);
		expect(listed()).toEqual(
			expect.arrayContaining([
				...manifest.n8n.nodes,
				...manifest.n8n.credentials,
				'dist/THIRD-PARTY-LICENSES.txt',
				'dist/known/nodes.json',
				'dist/types/nodes.json',
				'LICENSE',
				'package.json',
			]),
		);
	});

	it('asks n8n to download nothing: everything is bundled', () => {
		const folder = n8n.packageFolder(manifest.name) ?? '';
		const packed = JSON.parse(readFileSync(join(folder, 'package.json'), 'utf8')) as {
			dependencies?: object;
			scripts?: Record<string, string>;
		};
		expect(packed.dependencies ?? {}).toEqual({});
		expect(
			Object.keys(packed.scripts ?? {}).filter((name) => /install|prepare/.test(name)),
		).toEqual([]);
	});
});

describe('the language of the forms', () => {
	const workflow = rowsWorkflow([{ nationalNumber: 'no number' }, { nationalNumber: '' }], {
		name: 'Check',
		type: `${manifest.name}.eBoxBroadcast`,
		parameters: {
			resource: 'recipient',
			operation: 'check',
			source: 'items',
			number: '={{ $json.nationalNumber }}',
		},
	});

	/** As the installation guide says: the command, then a new start of n8n. */
	async function switchTo(language: string): Promise<void> {
		const command = join(n8n.packageFolder(manifest.name) ?? '', 'dist/language.js');
		execFileSync(process.execPath, [command, language]);
		await n8n.restart();
	}

	const shown = async () => ({
		nodes: await (await n8n.rest.raw('/types/nodes.json')).text(),
		credentials: await (await n8n.rest.raw('/types/credentials.json')).text(),
	});

	/** Without the ids of stored files, which are new in each execution. */
	const checked = async (id: string) =>
		itemsOf(await n8n.run(id), 'Check').map(({ json, binary }) => ({
			json,
			files: Object.entries(binary ?? {}).map(([name, file]) => ({ ...file, name, id: undefined })),
		}));

	const stored = async (id: string) =>
		JSON.stringify((await n8n.rest.get<WorkflowJson>(`/workflows/${id}`)).nodes);

	it('is changed by a command and a start, for forms and credentials; a workflow stays the same', async () => {
		const english = await shown();
		const id = await n8n.importWorkflow(workflow);
		const before = { nodes: await stored(id), items: await checked(id) };
		expect(before.items.length).toBeGreaterThan(0);

		await switchTo('fr');
		const french = await shown();
		expect(french.nodes).toContain('Recevoir un dossier avec toutes ses pièces jointes');
		expect(french.nodes).not.toContain('Receive a case with all its files');
		expect(french.credentials).toContain('Clé privée');
		expect(n8n.logLinesWith("Can't enable lazy-loading")).toEqual([]);
		expect(await stored(id)).toBe(before.nodes);
		expect(await checked(id)).toEqual(before.items);
		const made = await n8n.importWorkflow(workflow);
		expect(await checked(made)).toEqual(before.items);

		await switchTo('en');
		expect(await shown()).toEqual(english);
		expect(await checked(made)).toEqual(before.items);
	});

	it('is not changed by a language that there is none of', () => {
		const command = join(n8n.packageFolder(manifest.name) ?? '', 'dist/language.js');
		const { status, stderr } = spawnSync(process.execPath, [command, 'xx'], { encoding: 'utf8' });
		expect(status).toBe(1);
		expect(stderr).toMatch(/^Give one of these languages: .*en.*fr/);
	});
});
