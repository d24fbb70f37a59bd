import { isBuiltin } from 'node:module';
import { join } from 'node:path';
import { rolldown, type OutputChunk, type Plugin } from 'rolldown';
import { embedXmllint } from './embed-xmllint';
import { requiredModules } from './required-modules';
import type { EntryPoint } from './manifest';

/** What the built package may `require`, besides Node's built-ins and its own files. */
const PROVIDED_BY_N8N = ['n8n-workflow'];

/**
 * Packages that bundled libraries use when they are installed, and do without: colours of `debug`,
 * Negotiate proxies.
 */
const OPTIONAL_PACKAGES = ['supports-color', 'kerberos'];

/**
 * Answers an optional package as if it were not installed, whatever the building machine or n8n
 * have lying about.
 */
const withoutOptionalPackages: Plugin = {
	name: 'without-optional-packages',
	resolveId: (id) => (OPTIONAL_PACKAGES.includes(id) ? `\0absent:${id}` : null),
	load(id) {
		if (!id.startsWith('\0absent:')) return null;
		const message = JSON.stringify(`Cannot find module '${id.slice('\0absent:'.length)}'`);
		return `module.exports = {}; throw Object.assign(new Error(${message}), { code: 'MODULE_NOT_FOUND' });`;
	},
};

/**
 * Packages published twice over, as ES modules and as CommonJS, that some code imports and some
 * `require`s.
 */
const TWOFOLD_PACKAGES = ['axios'];

/**
 * Gives both the ES modules, so that the library is in the bundle once and has one set of defaults
 * and error classes.
 */
const oneCopy: Plugin = {
	name: 'one-copy',
	async resolveId(id, importer, { kind }) {
		if (kind !== 'require-call' || !TWOFOLD_PACKAGES.includes(id)) return null;
		return await this.resolve(id, importer, { kind: 'import-statement', skipSelf: true });
	},
};

/**
 * Bundles the entries into CommonJS files at their listed place, with what several of them use in
 * `dist/shared`. A dynamic `import()` becomes a chunk of its own, required on first use.
 * @throws Error when a chunk requires anything other than n8n-workflow, Node's built-ins or another
 *   chunk.
 */
export async function bundle(root: string, entries: EntryPoint[]): Promise<OutputChunk[]> {
	if (entries.length === 0) return [];
	const build = await rolldown({
		cwd: root,
		input: Object.fromEntries(
			entries.map(({ source }) => [source.replace(/\.ts$/, ''), join(root, source)]),
		),
		platform: 'node',
		external: (id) => PROVIDED_BY_N8N.includes(id) || isBuiltin(id),
		plugins: [withoutOptionalPackages, oneCopy, embedXmllint],
		transform: { target: 'node20' },
		onLog(level, log, defaultHandler) {
			// A name that cannot be resolved or is not exported would only show at run time.
			const fatal = ['UNRESOLVED_IMPORT', 'MISSING_EXPORT', 'IMPORT_IS_UNDEFINED'];
			if (fatal.includes(log.code ?? '')) throw new Error(log.message);
			if (level === 'warn' && log.code !== 'EVAL') defaultHandler(level, log);
		},
	});
	try {
		const { output } = await build.write({
			dir: join(root, 'dist'),
			format: 'cjs',
			exports: 'named',
			entryFileNames: '[name].js',
			chunkFileNames: 'shared/[name].js',
			// n8n finds a node by its class name, and errors are recognised by theirs.
			keepNames: true,
		});
		const chunks = output.filter((file) => file.type === 'chunk');
		checkRequires(chunks);
		return chunks;
	} finally {
		await build.close();
	}
}

/**
 * A bundle that reaches outside works on the machine that built it and fails in a fresh n8n:
 * refused here.
 */
function checkRequires(chunks: Array<Pick<OutputChunk, 'fileName' | 'code'>>): void {
	const foreign = chunks.flatMap(({ fileName, code }) =>
		requiredModules(code)
			.filter((name) => !name.startsWith('./') && !name.startsWith('../'))
			.filter((name) => !isBuiltin(name) && !PROVIDED_BY_N8N.includes(name))
			.map((name) => `dist/${fileName} requires ${name}`),
	);
	if (foreign.length > 0) throw new Error(`Not bundled: ${foreign.join('; ')}`);
}
