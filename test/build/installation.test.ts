import { execFileSync } from 'node:child_process';
import {
	cpSync,
	existsSync,
	mkdirSync,
	mkdtempSync,
	readdirSync,
	readFileSync,
	rmSync,
	writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join, normalize, relative, sep } from 'node:path';

import { parse } from 'yaml';

import { readManifest } from '../../scripts/build/manifest';
import { OLDEST_N8N } from '../../lib/node/n8n-version';

const ROOT = join(__dirname, '../..');
const read = (file: string) => readFileSync(join(ROOT, file), 'utf8');
const manifest = readManifest(ROOT);
const NAME = `${manifest.name}-${manifest.version}.tgz`;

/** The commands of a page below one of its headings, block by block. */
const commandsIn = (file: string, heading: string): string[] => {
	const [, below = ''] = read(file).split(new RegExp(`^#+ ${heading}$`, 'm'));
	const [section = ''] = below.split(/^## /m);
	return [...section.matchAll(/^```sh\n([\s\S]*?)^```$/gm)].map(([, block]) => block ?? '');
};

let home: string;
let clone: string;

/** Runs commands as a person pastes them into a shell. */
function shell(commands: string, cwd: string): string {
	const env = { PATH: process.env.PATH, HOME: home, npm_config_cache: npmCache };
	return execFileSync('bash', ['-euc', commands], { cwd, env, encoding: 'utf8', stdio: 'pipe' });
}

const npmCache = execFileSync('npm', ['config', 'get', 'cache'], { encoding: 'utf8' }).trim();

const [make = '', byHand = ''] = commandsIn('README.md', 'Install it into your n8n');
const [remove = ''] = commandsIn('docs/installation.md', 'By hand').slice(1);
const [prepare = '', one = '', queue = ''] = commandsIn('docs/installation.md', 'In an image');
const packagesOf = (folder: string) =>
	readdirSync(join(folder, 'node_modules')).filter((name) => !name.startsWith('.'));

/** Not what a checkout makes: those who clone it do not get that. */
function isSource(path: string): boolean {
	const [first = ''] = relative(ROOT, path).split(sep);
	return !['.git', 'node_modules', 'dist', 'coverage'].includes(first) && !first.endsWith('.tgz');
}

beforeAll(() => {
	home = mkdtempSync(join(tmpdir(), 'guichet-home-'));
	clone = mkdtempSync(join(tmpdir(), 'guichet-clone-'));
	cpSync(ROOT, clone, { recursive: true, filter: isSource });
	shell(make, clone);
	cpSync(join(clone, NAME), join(home, NAME));
}, 900_000);

afterAll(() => {
	rmSync(home, { recursive: true, force: true });
	rmSync(clone, { recursive: true, force: true });
});

describe('the commands of the pages', () => {
	it('are the same in both READMEs and in the guide', () => {
		expect(make).toContain('npm pack');
		expect(byHand).toContain('npm install');
		expect(commandsIn('README.fr.md', 'Installation dans votre n8n')).toEqual([make, byHand]);
		expect(commandsIn('docs/installation.md', 'Make the tarball')).toEqual([make]);
		expect(commandsIn('docs/installation.md', 'By hand')[0]).toBe(byHand);
	});

	it('install one package by hand, which n8n can load, and remove it again', () => {
		shell(byHand, home);
		const nodes = join(home, '.n8n/nodes');
		expect(packagesOf(nodes)).toEqual([manifest.name]);
		const folder = join(nodes, 'node_modules', manifest.name);
		const load = `for (const file of process.argv.slice(1)) for (const Type of Object.values(require(file))) new Type();`;
		const entries = [...manifest.n8n.nodes, ...manifest.n8n.credentials];
		execFileSync(process.execPath, ['-e', load, ...entries.map((entry) => join(folder, entry))], {
			// n8n lends its packages their `n8n-workflow`.
			env: { ...process.env, NODE_PATH: join(ROOT, 'node_modules') },
		});
		shell(byHand, home);
		expect(packagesOf(nodes)).toEqual([manifest.name]);
		const [language = ''] = commandsIn('docs/installation.md', 'The language of the forms');
		shell(language, home);
		const shown = readFileSync(join(folder, 'dist/types/credentials.json'), 'utf8');
		expect(shown).toContain('Clé privée');
		shell(remove, home);
		expect(existsSync(folder)).toBe(false);
	});

	it('make the folder for files', () => {
		for (const block of commandsIn('docs/installation.md', 'The folder for files'))
			shell(block, home);
		expect(existsSync(join(home, '.n8n-files'))).toBe(true);
	});

	it('make what the image is built from', () => {
		shell(prepare, clone);
		const folder = join(clone, 'docs/docker');
		expect(readdirSync(folder)).toEqual(expect.arrayContaining([NAME, '.env', 'files']));
		expect(readFileSync(join(folder, '.env'), 'utf8')).toMatch(
			/^N8N_ENCRYPTION_KEY=[0-9a-f]{48}$/m,
		);
	});
});

describe('the image', () => {
	const lines = read('docs/docker/Dockerfile')
		.split('\n')
		.filter((line) => /^[A-Z]+ /.test(line));
	const argumentsOf = (instruction: string) =>
		lines
			.filter((line) => line.startsWith(`${instruction} `))
			.map((line) => line.split(' ').slice(1));

	/** What the image's build runs in the package's folder. */
	const build = (folder: string) =>
		shell(
			argumentsOf('RUN')
				.map((words) => words.join(' '))
				.join('\n'),
			folder,
		);

	it('is not built from two tarballs, of which one would be the wrong one', () => {
		const folder = join(home, 'two-tarballs');
		mkdirSync(folder);
		for (const version of ['0.9.0', '0.10.0'])
			cpSync(join(home, NAME), join(folder, `${manifest.name}-${version}.tgz`));
		expect(() => build(folder)).toThrow(
			`Leave one tarball beside the Dockerfile, not 2: ${manifest.name}-0.10.0.tgz`,
		);
		expect(existsSync(join(folder, 'node_modules'))).toBe(false);
	});

	it('copies only what lies beside its Dockerfile', () => {
		const sources = argumentsOf('COPY')
			.filter(([first]) => !first?.startsWith('--from'))
			.map((words) => words.filter((word) => !word.startsWith('--')).slice(0, -1))
			.flat();
		expect(sources).toEqual([`${manifest.name}-*.tgz`, 'guichet-entrypoint.sh']);
		expect(existsSync(join(ROOT, 'docs/docker/guichet-entrypoint.sh'))).toBe(true);
	});

	it('starts from the n8n that is tested', () => {
		const { dependencies } = JSON.parse(read('test/e2e/n8n/package.json')) as {
			dependencies: { n8n: string };
		};
		expect(argumentsOf('FROM').at(-1)).toEqual([`docker.n8n.io/n8nio/n8n:${dependencies.n8n}`]);
	});

	it('puts the package into n8n’s folder at its start, and another one over the old', () => {
		const image = join(home, 'image');
		mkdirSync(join(image, 'opt/guichet'), { recursive: true });
		cpSync(join(home, NAME), join(image, 'opt/guichet', NAME));
		build(join(image, 'opt/guichet'));
		const [from = '', to = ''] =
			argumentsOf('COPY')
				.find(([first]) => first?.startsWith('--from'))
				?.slice(1) ?? [];
		const inImage = (path: string) => join(image, path);
		cpSync(inImage(from), inImage(to), { recursive: true });
		const script = read('docs/docker/guichet-entrypoint.sh')
			.replaceAll('/opt/', `${image}/opt/`)
			.replace('exec /docker-entrypoint.sh', 'echo started');
		writeFileSync(inImage('entrypoint.sh'), script);
		const start = () => shell('sh ./entrypoint.sh worker', image);
		expect(start()).toMatch(/started worker\n$/);
		const nodes = join(home, '.n8n/nodes');
		const installed = join(nodes, 'node_modules', manifest.name);
		expect(packagesOf(nodes)).toEqual([manifest.name]);
		expect(readFileSync(join(installed, '.tarball'), 'utf8')).toMatch(/^[0-9a-f]{64} /);
		// The same package is left alone, as other processes may be using it.
		writeFileSync(join(installed, 'mark'), '');
		start();
		expect(existsSync(join(installed, 'mark'))).toBe(true);
		// The same version with other content is another package.
		writeFileSync(join(inImage(to), '.tarball'), 'another digest');
		start();
		expect(existsSync(join(installed, 'mark'))).toBe(false);
		expect(readFileSync(join(installed, '.tarball'), 'utf8')).toBe('another digest');
		expect(readdirSync(join(nodes, 'node_modules'))).not.toContainEqual(
			expect.stringMatching(/^\.guichet/),
		);
		expect(packagesOf(nodes)).toEqual([manifest.name]);
		expect(existsSync(join(home, '.n8n-files'))).toBe(true);
	});
});

describe('the compose file', () => {
	interface Service {
		image?: string;
		build?: string;
		profiles?: string[];
		volumes?: string[];
		depends_on?: Record<string, unknown>;
		environment: Record<string, string>;
	}
	const text = read('docs/docker/compose.yaml');
	const { services, volumes } = parse(text, { merge: true }) as {
		services: Record<string, Service>;
		volumes: Record<string, unknown>;
	};

	it('starts one n8n, and with the profile queue its workers and servers', () => {
		const without = Object.entries(services).filter(([, { profiles }]) => !profiles);
		expect(without.map(([name]) => name)).toEqual(['n8n']);
		const queued = Object.entries(services).filter(([, { profiles }]) =>
			profiles?.includes('queue'),
		);
		expect(queued.map(([name]) => name).sort()).toEqual(['postgres', 'redis', 'worker']);
		expect(services.worker).toMatchObject({ environment: services.n8n?.environment, build: '.' });
		expect(services.worker?.volumes).toEqual(services.n8n?.volumes);
	});

	it('names only services and volumes that it has', () => {
		for (const { volumes: used = [], depends_on: needed = {} } of Object.values(services)) {
			for (const name of Object.keys(needed)) expect(Object.keys(services)).toContain(name);
			for (const volume of used) {
				const [source = ''] = volume.split(':');
				if (!source.startsWith('.')) expect(Object.keys(volumes)).toContain(source);
			}
		}
	});

	it('finds its servers under the names that n8n is told', () => {
		const { environment } = services.n8n as Service;
		expect(Object.keys(services)).toContain(environment.DB_POSTGRESDB_HOST);
		expect(Object.keys(services)).toContain(environment.QUEUE_BULL_REDIS_HOST);
		expect(environment.DB_POSTGRESDB_PASSWORD).toBe(
			services.postgres?.environment.POSTGRES_PASSWORD,
		);
		expect(services.n8n?.volumes).toContain('./files:/home/node/.n8n-files');
	});

	it('has a value for each of its variables', () => {
		const used = [...text.matchAll(/\$\{(\w+)(:-|:\?)?/g)];
		for (const [variable, , operator] of used)
			expect([variable, operator]).not.toContain(undefined);
		const inQueueMode = read('docs/docker/queue.env')
			.trim()
			.split('\n')
			.map((line) => line.split('=')[0]);
		const names = used.map(([, name]) => name);
		expect(names).toEqual(expect.arrayContaining(inQueueMode));
		expect(prepare).toContain('N8N_ENCRYPTION_KEY=');
	});

	it('is what the commands of the guide start', () => {
		expect(one).toBe('docker compose up -d\n');
		const files = [...queue.matchAll(/--env-file (\S+)/g)].map(([, file]) => file);
		expect(files).toEqual(['.env', 'queue.env']);
		expect(/--profile (\w+)/.exec(queue)?.[1]).toBe('queue');
		expect(Object.keys(services)).toContain(/--scale (\w+)=/.exec(queue)?.[1]);
	});
});

describe('what people get', () => {
	it('holds every file that its pages link', () => {
		const listed = execFileSync('tar', ['-tzf', join(home, NAME)], { encoding: 'utf8' });
		const packed = listed.split('\n').map((file) => file.replace(/^package\//, ''));
		const pages = packed.filter((file) => file.endsWith('.md'));
		expect(pages).toEqual(expect.arrayContaining(['README.md', 'README.fr.md', 'CHANGELOG.md']));
		const missing = pages.flatMap((page) =>
			[...read(page).matchAll(/\]\(([^)#\s]+)(?:#[^)]*)?\)/g)]
				.map(([, target]) => target ?? '')
				.filter((target) => !/^[a-z]+:/.test(target))
				.map((target) => normalize(join(dirname(page), target)).replace(/\/$/, ''))
				.filter(
					(target) => !packed.some((file) => file === target || file.startsWith(`${target}/`)),
				)
				.map((target) => `${page}: ${target}`),
		);
		expect(missing).toEqual([]);
		const templates = readdirSync(join(ROOT, 'workflows')).filter((file) => file.endsWith('.json'));
		expect(packed).toEqual(expect.arrayContaining(templates.map((file) => `workflows/${file}`)));
	});

	it('leads to one repository, the one of package.json', () => {
		const { homepage, repository } = JSON.parse(read('package.json')) as {
			homepage: string;
			repository: { url: string };
		};
		const [base = ''] = homepage.split('#');
		expect(repository.url).toBe(`git+${base}.git`);
		const folders = ['nodes', 'credentials', 'docs', 'workflows', 'scripts', 'lib'];
		const files = [
			...readdirSync(ROOT).filter((name) => name.endsWith('.md')),
			...folders.flatMap((folder) =>
				readdirSync(join(ROOT, folder), { recursive: true, encoding: 'utf8' }).map((name) =>
					join(folder, name),
				),
			),
		];
		const addresses = files
			.filter((file) => /\.(ts|json|md|yml|yaml)$/.test(file))
			.flatMap((file) => [
				...read(file).matchAll(/https:\/\/github\.com\/[\w-]+\/n8n-nodes-guichet/g),
			])
			.map(([address]) => address);
		expect(addresses.length).toBeGreaterThan(5);
		expect([...new Set(addresses)]).toEqual([base]);
	});
});

describe('the oldest n8n', () => {
	it.each(['README.md', 'README.fr.md', 'docs/installation.md', 'docs/compatibility.md'])(
		'is the same in %s as in the nodes',
		(file) => {
			const named = [...read(file).matchAll(/(\d+\.\d+) (?:or newer|ou plus récent)/g)].map(
				([, version]) => version,
			);
			expect([...new Set(named.filter((version) => version?.startsWith('2.')))]).toEqual([
				OLDEST_N8N,
			]);
		},
	);

	it('is the one on which the end-to-end tests run', () => {
		const { dependencies } = JSON.parse(read(`test/e2e/n8n/${OLDEST_N8N}/package.json`)) as {
			dependencies: { n8n: string };
		};
		expect(dependencies.n8n).toMatch(new RegExp(`^${OLDEST_N8N.replace('.', '\\.')}\\.`));
		expect(read('jest.versions.config.mjs')).toContain(`'${OLDEST_N8N}'`);
	});
});
