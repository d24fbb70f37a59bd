import e2e from './jest.e2e.config.mjs';

// A folder of test/e2e/n8n; nothing means the newest.
process.env.GUICHET_N8N ??= '2.30';

const isTooOld = ['1.123', '2.4'].includes(process.env.GUICHET_N8N);

/**
 * The package on the oldest n8n that it promises to work on, or on the one that `GUICHET_N8N`
 * names. `npm run test:versions` runs this on several.
 *
 * @type {import('jest').Config}
 */
export default {
	...e2e,
	testMatch: [`<rootDir>/test/versions/${isTooOld ? 'refuses' : 'works'}.test.ts`],
};
