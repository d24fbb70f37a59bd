/**
 * Packages that ship ES modules only; jest runs CommonJS, so they are transformed like our sources.
 */
const esModules = [
	'agent-base',
	'http-proxy-agent',
	'https-proxy-agent',
	'jose',
	'oidc-provider',
	'p-limit',
	'proxy-agent-negotiate',
	'proxy-from-env',
	'yocto-queue',
];

/**
 * Unit, contract and build tests; the end-to-end tests have their own configuration, which starts
 * from this one. Not a TypeScript file: Node 20 needs a loader of its own to read one.
 * @type {import('jest').Config}
 */
export default {
	rootDir: '.',
	testEnvironment: 'node',
	setupFiles: ['<rootDir>/test/node-flags.cjs'],
	// Every core: jest's own choice leaves one free, which on two cores is half of them.
	maxWorkers: '100%',
	// No test measures time: this only ends one that hangs, also on a busy machine.
	testTimeout: 60_000,
	testMatch: ['<rootDir>/test/{unit,contract,truth,build}/**/*.test.ts'],
	transform: { '^.+\\.(t|j|mj)s$': ['@swc/jest', { jsc: { target: 'es2022' } }] },
	transformIgnorePatterns: [`/node_modules/(?!(${esModules.join('|')})/)`],
	modulePathIgnorePatterns: ['<rootDir>/dist/', '<rootDir>/coverage/'],
};
