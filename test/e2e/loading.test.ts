import { execFileSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';

import { readManifest } from '../../scripts/build/manifest';
import { packedTarball } from '../../scripts/n8n/pack';

const project = resolve(__dirname, '../..');
const { n8n } = readManifest(project);

/** A text by which each bundled library is known. */
const LIBRARIES = {
	axios: 'class AxiosError',
	jose: 'ERR_JOSE',
	'node-forge': 'publicKeyToRSAPublicKey',
	soap: 'xmlnsInEnvelope',
	xml2js: 'xmlbuilder',
	yazl: 'ZipFile',
	'xmllint-wasm': 'xmllint.wasm',
};

let folder: string;

beforeAll(async () => {
	folder = mkdtempSync(join(tmpdir(), 'guichet-loading-'));
	execFileSync('tar', ['-xzf', await packedTarball(), '-C', folder, '--strip-components=1']);
});

afterAll(() => rmSync(folder, { recursive: true, force: true }));

/**
 * The package's files that a process of its own has loaded after it made the class in `file`, as
 * n8n does.
 */
function loadedBy(file: string): string[] {
	const program = `
		const { sep } = require('node:path');
		for (const Type of Object.values(require(process.argv[1]))) new Type();
		const own = process.argv[2] + sep;
		console.log(JSON.stringify(Object.keys(require.cache).filter((path) => path.startsWith(own))));`;
	const output = execFileSync(process.execPath, ['-e', program, join(folder, file), folder], {
		encoding: 'utf8',
		// n8n lends its packages their `n8n-workflow`.
		env: { ...process.env, NODE_PATH: join(project, 'node_modules') },
	});
	return JSON.parse(output) as string[];
}

function librariesIn(files: string[]): string[] {
	const code = files.map((file) => readFileSync(file, 'utf8')).join('\n');
	return Object.entries(LIBRARIES)
		.filter(([, mark]) => code.includes(mark))
		.map(([name]) => name);
}

describe('what n8n loads when it starts', () => {
	// n8n makes every credential class at its start, even of a package that it loads lazily.
	it.each(n8n.credentials)('%s brings no library and hardly any code', (file) => {
		const loaded = loadedBy(file);
		expect(librariesIn(loaded)).toEqual([]);
		const bytes = loaded.reduce((sum, path) => sum + statSync(path).size, 0);
		expect(bytes).toBeLessThan(16 * 1024);
	});
});

describe('what n8n loads when a node is used', () => {
	/** What each always needs; soap, node-forge and xmllint only for some of their work. */
	const needed = {
		'dist/nodes/AspOneAlert/AspOneAlert.node.js': ['axios', 'xml2js'],
		'dist/nodes/Dimona/Dimona.node.js': ['axios', 'jose'],
		'dist/nodes/EBoxBroadcast/EBoxBroadcast.node.js': ['yazl'],
		'dist/nodes/EBoxEnterprise/EBoxEnterprise.node.js': ['axios', 'jose'],
		'dist/nodes/EBoxEnterprise/EBoxEnterpriseTrigger.node.js': ['axios', 'jose'],
		'dist/nodes/HubEe/HubEe.node.js': ['axios'],
		'dist/nodes/HubEe/HubEeTrigger.node.js': ['axios'],
	};

	it.each(Object.entries(needed))('%s brings what it needs and no more', (file, libraries) => {
		expect(librariesIn(loadedBy(file))).toEqual(libraries);
	});

	it('is said here for every node, and every library can be told by its text', () => {
		expect(Object.keys(needed)).toEqual([...n8n.nodes].sort());
		const all = execFileSync('find', [join(folder, 'dist'), '-name', '*.js'], { encoding: 'utf8' });
		expect(librariesIn(all.trim().split('\n'))).toEqual(Object.keys(LIBRARIES));
	});
});
