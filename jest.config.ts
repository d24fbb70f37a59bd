import type { Config } from 'jest';

/** Packages that ship ES modules only; jest runs CommonJS, so they are transformed like our sources. */
const esModules = ['jose', 'p-limit', 'yocto-queue'];

/** Unit and contract tests; the end-to-end tests have their own configuration, which starts from this one. */
const config: Config = {
	rootDir: '.',
	testEnvironment: 'node',
	testMatch: ['<rootDir>/test/{unit,contract}/**/*.test.ts'],
	transform: { '^.+\\.(t|j|mj)s$': ['@swc/jest', { jsc: { target: 'es2022' } }] },
	transformIgnorePatterns: [`/node_modules/(?!(${esModules.join('|')})/)`],
	modulePathIgnorePatterns: ['<rootDir>/dist/'],
};

export default config;
