import { readdirSync, readFileSync } from 'node:fs';
import { dirname, join, normalize, relative } from 'node:path';
import { runInNewContext } from 'node:vm';

import { GuichetError } from '../../lib/errors/guichet-error';

/**
 * The public entries of the code, each of which shows in an `@example` how it is called: the
 * functions and classes of `lib/` that a file of another room uses, and the classes of each
 * service's `api/`. Errors are not called, and need none.
 */
const ROOT = join(__dirname, '../..');

const filesBelow = (folder: string): string[] =>
	readdirSync(join(ROOT, folder), { recursive: true, encoding: 'utf8' })
		.filter((name) => name.endsWith('.ts'))
		.map((name) => join(folder, name));

const FILES = ['credentials', 'lib', 'nodes'].flatMap(filesBelow);
const TEXTS = new Map(FILES.map((file) => [file, readFileSync(join(ROOT, file), 'utf8')]));

/** `lib/http`, `nodes/HubEe/api`; a file beside such folders is a room of its own. */
function roomOf(file: string): string {
	const parts = file.split('/');
	return parts.slice(0, parts[0] === 'nodes' ? 3 : 2).join('/');
}

interface Entry {
	name: string;
	kind: string;
	doc: string;
	isError: boolean;
}

/** What a file exports to be called, with the comment before it. */
function entriesOf(text: string): Entry[] {
	const exported =
		/(\/\*\*(?:(?!\*\/)[\s\S])*\*\/\n)?export (?:abstract |async )?(function|class|const) (\w+)(.*)/g;
	return [...text.matchAll(exported)]
		.map(([, doc = '', kind, name, rest]) => ({
			name,
			kind: kind === 'const' && rest.includes('=>') ? 'function' : kind,
			doc,
			isError: / extends \w*Error\b/.test(rest),
		}))
		.filter(({ kind }) => kind !== 'const');
}

/** Names by the file that exports them, as far as another room uses their values. */
function usedElsewhere(): Map<string, Set<string>> {
	const used = new Map<string, Set<string>>();
	for (const [file, text] of TEXTS)
		for (const [, names, path] of text.matchAll(/^import \{([^}]*)\} from '(\.[^']*)'/gm)) {
			const target = normalize(join(dirname(file), `${path}.ts`));
			if (roomOf(target) === roomOf(file)) continue;
			const values = names.split(',').map((name) => name.trim().split(' as ')[0]);
			const known = used.get(target) ?? new Set();
			used.set(target, known);
			for (const name of values) if (!name.startsWith('type ')) known.add(name);
		}
	return used;
}

const USED = usedElsewhere();

const PUBLIC = FILES.flatMap((file) => {
	const isApi = /^nodes\/\w+\/api\//.test(file);
	if (!isApi && !file.startsWith('lib/')) return [];
	return entriesOf(TEXTS.get(file) ?? '')
		.filter(({ name, kind, isError }) => {
			if (isError) return false;
			return isApi ? kind === 'class' : USED.get(file)?.has(name) === true;
		})
		.map((entry) => ({ file, ...entry }));
});

test('each public entry of lib/ and each class of an api/ shows how it is called', () => {
	expect(PUBLIC.length).toBeGreaterThan(80);
	const silent = PUBLIC.filter(({ doc }) => !doc.includes('@example'));
	expect(silent.map(({ file, name }) => `${file}: ${name}`)).toEqual([]);
});

/** Examples of the form `call(…) // value` are run. */
const RUN = PUBLIC.flatMap(({ file, name, doc }) => {
	const [, call = '', value = ''] =
		/@example (?:\*\s*)?(\w+\(.*) \/\/ ('[^']*'|\d+|true|false|[[{].*[\]}])\n/.exec(doc) ?? [];
	return call.startsWith(`${name}(`) ? [{ file, call, value }] : [];
});

test.each(RUN)('$file: $call is $value', ({ file, call, value }) => {
	const module = jest.requireActual<object>(relative(__dirname, join(ROOT, file)));
	const seen: unknown = runInNewContext(call, { ...module, Buffer, Date, GuichetError });
	expect(JSON.stringify(seen)).toBe(JSON.stringify(runInNewContext(`(${value})`)));
});

test('many of them are run', () => {
	expect(RUN.length).toBeGreaterThan(20);
});
