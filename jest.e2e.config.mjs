import base from './jest.config.mjs';

/**
 * Tests on a real n8n. Each file has its own instance (5 to 8 seconds to start), and they run one
 * after the other.
 *
 * @type {import('jest').Config}
 */
const config = {
	...base,
	testMatch: ['<rootDir>/test/e2e/**/*.test.ts'],
	globalSetup: '<rootDir>/test/e2e/setup.ts',
	maxWorkers: 1,
	testTimeout: 600_000,
};

export default config;
