import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';

/** libxml2's xmllint, built for WebAssembly (package xmllint-wasm): its runner and its code. */
export interface XmllintFiles {
	/** CommonJS source that defines `Module`, the Emscripten factory */
	runner: string;
	wasm: Uint8Array;
}

/**
 * Reads the two files from the library. In the built package there is no library to read from:
 * scripts/build/embed-xmllint.ts puts a module with the files' contents in the place of this one.
 */
export function xmllintFiles(): XmllintFiles {
	const find = createRequire(__filename).resolve;
	return {
		runner: readFileSync(find('xmllint-wasm/xmllint-node.js'), 'utf8'),
		wasm: readFileSync(find('xmllint-wasm/xmllint.wasm')),
	};
}
