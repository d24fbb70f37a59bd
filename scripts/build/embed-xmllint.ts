import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import type { Plugin } from 'rolldown';

const READING_MODULE = /[\\/]EBoxBroadcast[\\/]batch[\\/]metadata[\\/]xmllint-files\.ts$/;
const EMBEDDED = /\?embedded=(text|base64)$/;

/** What takes the place of the module that reads xmllint's two files from the installed library. */
const EMBEDDING_MODULE = `
import runner from 'xmllint-wasm/xmllint-node.js?embedded=text';
import wasm from 'xmllint-wasm/xmllint.wasm?embedded=base64';
export const xmllintFiles = () => ({ runner, wasm: Buffer.from(wasm, 'base64') });
`;

/**
 * Puts xmllint's runner and WebAssembly code into the bundle: a bundled package has no library to
 * read them from. The embedded modules keep their file names, by which the licence is found.
 */
export const embedXmllint: Plugin = {
	name: 'embed-xmllint',
	resolveId(id) {
		const query = EMBEDDED.exec(id)?.[0];
		if (query === undefined) return null;
		return createRequire(__filename).resolve(id.slice(0, -query.length)) + query;
	},
	load(id) {
		if (READING_MODULE.test(id)) return { code: EMBEDDING_MODULE, moduleType: 'js' };
		const encoding = EMBEDDED.exec(id)?.[1];
		if (encoding === undefined) return null;
		const file = readFileSync(id.replace(EMBEDDED, ''));
		const content = file.toString(encoding === 'base64' ? 'base64' : 'utf8');
		return { code: `export default ${JSON.stringify(content)};`, moduleType: 'js' };
	},
};
