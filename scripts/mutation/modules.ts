/** The least share of changes, in percent, that the tests of each module must notice. */
export const FLOOR = 85;

export interface MutatedModule {
	name: string;
	/** What is changed. */
	files: string[];
	/** Who must notice, as globs. */
	tests: string[];
}

/** The modules in which a mistake costs users most. */
export const MODULES: MutatedModule[] = [
	{
		name: 'retry-policy',
		files: ['lib/http/retry-policy.ts', 'lib/http/repeat.ts'],
		tests: [
			'test/unit/lib/http/{retry-policy,repeat}.test.ts',
			'test/unit/lib/http/client.test.ts',
		],
	},
	{
		name: 'http-client',
		files: ['lib/http/client.ts'],
		tests: ['test/unit/lib/http/{client,streams}.test.ts'],
	},
	{
		name: 'redaction',
		files: ['lib/errors/redact.ts', 'lib/errors/secret-shapes.ts'],
		tests: ['test/unit/lib/errors/*.test.ts'],
	},
	{
		name: 'niss',
		files: ['lib/identifiers/niss.ts'],
		tests: ['test/unit/broadcast/niss.test.ts', 'test/unit/lib/identifiers/*.test.ts'],
	},
	{
		name: 'hubee-trigger-plan',
		files: ['nodes/HubEe/trigger/plan.ts'],
		tests: ['test/unit/hubee/trigger-plan.test.ts'],
	},
	{
		name: 'dimona-schedule-and-wait',
		files: ['nodes/Dimona/api/schedule.ts', 'nodes/Dimona/api/wait.ts'],
		tests: ['test/unit/dimona/wait.test.ts'],
	},
	{
		name: 'aspone-login-throttle',
		files: ['nodes/AspOneAlert/api/login-throttle.ts'],
		tests: ['test/unit/aspone/login-throttle.test.ts'],
	},
	{
		name: 'ebox-watermark',
		files: ['nodes/EBoxEnterprise/trigger/watermark.ts'],
		tests: ['test/unit/ebox/watermark*.test.ts'],
	},
	{
		name: 'token-source',
		files: ['lib/oauth/token-source.ts'],
		tests: ['test/unit/lib/oauth/token-source.test.ts'],
	},
	{
		name: 'dimona-guard-and-find',
		files: ['nodes/Dimona/procedures/guard.ts', 'nodes/Dimona/api/find.ts'],
		tests: ['test/unit/dimona/{find,procedures/guard}.test.ts'],
	},
];
