import e2e from './jest.e2e.config.mjs';

/**
 * Tests on an n8n in queue mode. Each file has its own main process, workers, Redis and PostgreSQL
 * (15 to 25 seconds to start), and they run one after the other.
 *
 * @type {import('jest').Config}
 */
const config = {
	...e2e,
	testMatch: ['<rootDir>/test/queue/**/*.test.ts'],
	globalSetup: '<rootDir>/test/queue/setup.ts',
};

export default config;
