import { execFile } from 'node:child_process';
import { once } from 'node:events';
import {
	cpSync,
	existsSync,
	mkdirSync,
	mkdtempSync,
	readFileSync,
	readdirSync,
	rmSync,
	symlinkSync,
	writeFileSync,
} from 'node:fs';
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { promisify } from 'node:util';

const project = resolve(__dirname, '../..');
const fixture = join(project, 'test/fixtures/probe-package');
const exec = promisify(execFile);

const folders: string[] = [];

/** A copy of the probe package, which finds the project's installed libraries. */
function probePackage(): string {
	const folder = mkdtempSync(join(tmpdir(), 'guichet-build-'));
	folders.push(folder);
	cpSync(fixture, folder, { recursive: true });
	symlinkSync(join(project, 'node_modules'), join(folder, 'node_modules'));
	return folder;
}

async function build(folder: string): Promise<void> {
	await exec(join(project, 'node_modules/.bin/tsx'), [join(project, 'scripts/build.ts'), folder]);
}

/** What the command prints when it fails. */
async function failureOf(folder: string): Promise<string> {
	const failure = await build(folder).then(
		() => new Error('the build passed'),
		(error: { stderr: string }) => error.stderr,
	);
	return String(failure);
}

afterAll(() => folders.forEach((folder) => rmSync(folder, { recursive: true, force: true })));

describe('the built package', () => {
	let folder: string;
	let alone: string;
	let server: Server;
	let url: string;

	beforeAll(async () => {
		folder = probePackage();
		await build(folder);
		// As in n8n: nothing to require but n8n-workflow.
		alone = mkdtempSync(join(tmpdir(), 'guichet-built-'));
		folders.push(alone);
		mkdirSync(join(alone, 'node_modules'));
		symlinkSync(
			join(project, 'node_modules/n8n-workflow'),
			join(alone, 'node_modules/n8n-workflow'),
		);
		cpSync(join(folder, 'dist'), join(alone, 'dist'), { recursive: true });
		server = createServer(answer).listen(0, '127.0.0.1');
		await once(server, 'listening');
		url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
	});

	afterAll(() => server?.close());

	function answer(request: IncomingMessage, response: ServerResponse): void {
		let body = '';
		request.on('data', (chunk: Buffer) => (body += chunk.toString()));
		request.on('end', () => {
			if (request.url === '/json') return response.end(body);
			if (request.url === '/echo?wsdl')
				return response.end(
					readFileSync(join(fixture, 'echo.wsdl'), 'utf8').replace('ADDRESS', url),
				);
			if (request.url !== '/echo') return response.writeHead(404).end();
			const text = /<text[^>]*>([^<]*)</.exec(body)?.[1];
			return response.end(
				`<s:Envelope xmlns:s="http://schemas.xmlsoap.org/soap/envelope/"><s:Body>` +
					`<EchoResponse xmlns="urn:echo"><text>${text}</text></EchoResponse></s:Body></s:Envelope>`,
			);
		});
	}

	/** Runs a node of the built package in a Node process of its own. */
	async function execute(name: string): Promise<unknown> {
		const script = `
			const node = require('./dist/nodes/${name}/${name}.node.js');
			const context = { getInputData: () => [{ json: { url: '${url}' } }] };
			new node.${name}().execute.call(context).then((out) => console.log(JSON.stringify(out[0][0].json)));`;
		const { stdout } = await exec(process.execPath, ['-e', script], { cwd: alone });
		return JSON.parse(stdout);
	}

	it('works with axios, jose and xml2js inside, with only n8n-workflow to require', async () => {
		expect(await execute('Probe')).toEqual({
			answer: { question: 'ça va ?' },
			refused: 404,
			xml: { a: { b: ['é'] } },
			subject: 'probe',
		});
	});

	it('works with soap inside, which shares its axios with our code', async () => {
		expect(await execute('ProbeSoap')).toEqual({
			answer: { text: 'bonjour' },
			sharesAxios: 'ECONNREFUSED',
		});
	});

	it('loads soap only when it is used, and holds axios once', () => {
		const shared = readdirSync(join(folder, 'dist/shared'));
		expect(shared).toContain('soap.js');
		const files = [
			...shared.map((file) => join('shared', file)),
			'nodes/Probe/Probe.node.js',
			'nodes/ProbeSoap/ProbeSoap.node.js',
		].map((file) => readFileSync(join(folder, 'dist', file), 'utf8'));
		expect(files.filter((code) => code.includes('class AxiosError'))).toHaveLength(1);
		const node = readFileSync(join(folder, 'dist/nodes/ProbeSoap/ProbeSoap.node.js'), 'utf8');
		expect(node).not.toMatch(/^(const|let|var).*require\("[./]*shared\/soap\.js"\)/m);
	});

	it('lists its nodes and credentials for n8n to load lazily', () => {
		const read = (file: string) =>
			JSON.parse(readFileSync(join(folder, 'dist', file), 'utf8')) as unknown;
		expect(read('known/nodes.json')).toMatchObject({
			probe: { className: 'Probe', sourcePath: 'dist/nodes/Probe/Probe.node.js' },
			probeSoap: { className: 'ProbeSoap' },
		});
		expect(read('known/credentials.json')).toMatchObject({ probeApi: { className: 'ProbeApi' } });
		expect(read('types/nodes.json')).toEqual(
			expect.arrayContaining([
				expect.objectContaining({
					name: 'probe',
					iconUrl: 'icons/n8n-nodes-probe/dist/nodes/Probe/probe.svg',
					codex: expect.objectContaining({ categories: ['Utility'] }) as unknown,
				}),
			]),
		);
		expect(existsSync(join(folder, 'dist/nodes/Probe/probe.svg'))).toBe(true);
	});

	it('carries the licences of what is inside, and of nothing else', () => {
		const text = readFileSync(join(folder, 'dist/THIRD-PARTY-LICENSES.txt'), 'utf8');
		const named = [...text.matchAll(/^-{80}\n(\S+) \S+ \(/gm)].map(([, name]) => name);
		expect(named).toEqual(
			expect.arrayContaining(['axios', 'jose', 'soap', 'xml-crypto', 'xml2js']),
		);
		expect(named).not.toContain('n8n-workflow');
		expect(named).not.toContain('rolldown');
	});

	it('has the whole text of each licence, also of those that stand in a README or nowhere', () => {
		const text = readFileSync(join(folder, 'dist/THIRD-PARTY-LICENSES.txt'), 'utf8');
		const sections = text.split(/^-{80}\n(\S+ \S+) \(.+\)\n-{80}$/m).slice(1);
		const without = sections
			.filter((_, index) => index % 2 === 0)
			.filter((_, index) => !/WARRANT/i.test(sections[2 * index + 1]));
		expect(sections.length).toBeGreaterThan(20);
		expect(without).toEqual([]);
	});
});

describe('the build refuses', () => {
	/** A probe package whose first node has one more line of code. */
	function withCode(code: string): string {
		const folder = probePackage();
		const file = join(folder, 'nodes/Probe/Probe.node.ts');
		writeFileSync(file, `${readFileSync(file, 'utf8')}\n${code}\n`);
		return folder;
	}

	it('a library that is not installed', async () => {
		const folder = withCode("import missing from 'no-such-library';\nconsole.log(missing);");
		expect(await failureOf(folder)).toContain('no-such-library');
	});

	it('a module name that is only known at run time', async () => {
		const folder = withCode('export const load = (name: string) => import(name);');
		expect(await failureOf(folder)).toContain(
			'Not bundled: dist/nodes/Probe/Probe.node.js requires <computed>',
		);
	});

	it('a node that n8n would not find in its file', async () => {
		const folder = probePackage();
		const file = join(folder, 'nodes/Probe/Probe.node.ts');
		writeFileSync(file, readFileSync(file, 'utf8').replace('class Probe ', 'class Prober '));
		expect(await failureOf(folder)).toContain('Probe is not a constructor');
	});
});
