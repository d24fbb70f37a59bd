import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';

import { errorPage, MEANINGS } from '../../scripts/errors/meanings';

const ROOT = join(__dirname, '../..');
const read = (file: string) => readFileSync(join(ROOT, file), 'utf8');

const PAGES = [
	'CONTRIBUTING.md',
	'SECURITY.md',
	'docs/architecture.md',
	'docs/quality.md',
	'docs/errors.md',
];
const ROOMS = 'nodes|lib|credentials|sandbox|scripts|bench|test|workflows|docs';

/** Paths of the project that a page names in backticks, without patterns such as `<service>`. */
function pathsIn(page: string): string[] {
	const named = [...page.matchAll(/`([^`\s]+)`/g)].map(([, text]) => text);
	return named.filter((text) => new RegExp(`^(${ROOMS})/`).test(text) && !/[*<…]/.test(text));
}

const linksIn = (page: string) =>
	[...page.matchAll(/\]\(([^)#\s]+)(?:#[^)]*)?\)/g)]
		.map(([, target]) => target)
		.filter((target) => !/^[a-z]+:/.test(target));

const commandsIn = (page: string) =>
	[...page.matchAll(/npm run ([\w:]+)/g)].map(([, name]) => name);

it.each(PAGES)('%s names only files that are there', (file) => {
	const named = [
		...pathsIn(read(file)).map((path) => join(ROOT, path)),
		...linksIn(read(file)).map((path) => join(ROOT, dirname(file), path)),
	];
	expect(named.filter((path) => !existsSync(path))).toEqual([]);
});

const guides = readdirSync(join(ROOT, 'docs'))
	.filter((name) => name.endsWith('.md'))
	.map((name) => `docs/${name}`);

/** As GitHub names the place of a heading. */
const anchorsOf = (page: string) =>
	[...page.matchAll(/^#+ (.*)$/gm)].map(([, heading]) =>
		heading
			.toLowerCase()
			.replace(/[^\p{L}\p{N} _-]/gu, '')
			.replaceAll(' ', '-'),
	);

it.each([...guides, 'README.md', 'README.fr.md'])(
	'%s leads to pages, places and pictures that are there',
	(file) => {
		const links = [...read(file).matchAll(/\]\(([^)\s]+)\)/g)]
			.map(([, target]) => target)
			.filter((target) => !/^[a-z]+:/.test(target));
		const astray = links.filter((link) => {
			const [target, anchor] = link.split('#');
			const path = target ? join(dirname(file), target) : file;
			if (!existsSync(join(ROOT, path))) return true;
			return anchor !== undefined && !anchorsOf(read(path)).includes(anchor);
		});
		expect(astray).toEqual([]);
	},
);

it.each(PAGES)('%s names only commands that there are', (file) => {
	const { scripts } = JSON.parse(read('package.json')) as { scripts: Record<string, string> };
	expect(commandsIn(read(file)).filter((name) => !(name in scripts))).toEqual([]);
});

it('every command of the project is explained in CONTRIBUTING or a guide', () => {
	const { scripts } = JSON.parse(read('package.json')) as { scripts: Record<string, string> };
	const guides = readdirSync(join(ROOT, 'docs')).filter((name) => name.endsWith('.md'));
	const all = ['CONTRIBUTING.md', ...guides.map((name) => `docs/${name}`)].map(read).join('\n');
	const isExplained = (name: string) => new RegExp(`\\b${name}\\b`).test(all);
	expect(Object.keys(scripts).filter((name) => !isExplained(name))).toEqual([]);
});

it('the five walks stand in CONTRIBUTING, each with files', () => {
	const walks = read('CONTRIBUTING.md').split('## Five walks')[1].split('\n### ').slice(1);
	expect(walks).toHaveLength(5);
	for (const walk of walks) expect(pathsIn(walk).length).toBeGreaterThan(1);
});

it('the table of error codes is the one that the code gives', () => {
	expect(read('docs/errors.md')).toBe(`${errorPage()}\n`);
});

it('every error code of the code stands in the table once', () => {
	const [, union] =
		/export type ErrorCode =([^;]+);/.exec(read('lib/errors/guichet-error.ts')) ?? [];
	const codes = [...union.matchAll(/'(\w+)'/g)].map(([, code]) => code);
	expect(codes.length).toBeGreaterThan(10);
	expect(Object.keys(MEANINGS).sort()).toEqual(codes.sort());
});

it('every picture is small: npm users get them all', () => {
	const folder = join(ROOT, 'docs/images');
	const pictures = readdirSync(folder, { recursive: true }).map(String);
	const large = pictures
		.filter((name) => name.endsWith('.png'))
		.filter((name) => readFileSync(join(folder, name)).length > 60_000);
	// `scripts/n8n/screenshot.ts` makes them with 256 colours.
	expect(large).toEqual([]);
});
