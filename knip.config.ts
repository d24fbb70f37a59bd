import type { KnipConfig } from 'knip';

/** Exports, files and dependencies that nobody uses; part of `npm run lint`. */
const config: KnipConfig = {
	entry: [
		'nodes/*/*.node.ts',
		'credentials/*.credentials.ts',
		'scripts/*.{ts,mjs}',
		'scripts/n8n/{screenshot,template-pictures}.ts',
		// Loaded by its path into the processes that the tests start.
		'scripts/n8n/end-with-parent.cjs',
		// Copied into the package as it is.
		'scripts/build/language.cjs',
		'test/e2e/movable-clock.cjs',
		'bench/{main,broadcast-scale,queue/endurance,queue/throughput}.ts',
		'test/{e2e,queue}/setup.ts',
		'test/**/*.test.ts',
		'test/fixtures/probe-package/**/*.ts',
	],
	project: ['{nodes,credentials,lib,sandbox,scripts,bench,test}/**/*.{ts,mjs,cjs}', '*.{ts,mjs}'],
	// The type of a parameter or a result is exported along with its function.
	ignoreExportsUsedInFile: { interface: true, type: true },
	// Stryker loads its plug-in by name.
	ignoreDependencies: ['@stryker-mutator/jest-runner'],
	ignoreBinaries: ['mount', 'setpriv', 'umount'],
};

export default config;
