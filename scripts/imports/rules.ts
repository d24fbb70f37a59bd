import type { ICruiseOptions, IFlattenedRuleSet } from 'dependency-cruiser';

/** What may import what; `npm run imports` checks it. */
export const RULES: IFlattenedRuleSet = {
	forbidden: [
		{
			name: 'no-circles',
			comment: 'Two files that import each other, types included, are one file or need a third.',
			severity: 'error',
			from: {},
			to: { circular: true },
		},
		{
			name: 'services-are-apart',
			comment: 'What two services share is in lib.',
			severity: 'error',
			from: { path: '^nodes/([^/]+)/' },
			to: { path: '^nodes/', pathNot: '^nodes/$1/' },
		},
		{
			name: 'lib-knows-no-service',
			severity: 'error',
			from: { path: '^lib/' },
			to: { path: '^(nodes|credentials)/' },
		},
		{
			name: 'api-knows-no-n8n',
			comment: 'An API client is usable and testable by itself.',
			severity: 'error',
			from: { path: '^nodes/[^/]+/(api|batch)/' },
			to: { path: '(^|/)(n8n-workflow|n8n-core)(/|$)|^lib/node/' },
		},
		{
			name: 'one-way-to-the-service',
			comment: 'node → operation → procedure → api → http.',
			severity: 'error',
			from: { path: '^nodes/[^/]+/(api|batch)/' },
			to: { path: '^nodes/[^/]+/(operations|procedures|trigger|[^/]+[.]ts$)' },
		},
		{
			name: 'procedures-know-no-form',
			severity: 'error',
			from: { path: '^nodes/[^/]+/procedures/' },
			to: { path: '^nodes/[^/]+/operations/' },
		},
		{
			name: 'sandbox-shares-no-code',
			comment: 'A stand-in with the code that it tests would agree with every mistake in it.',
			severity: 'error',
			from: { path: '^sandbox/' },
			to: { path: '^(nodes|credentials|lib)/' },
		},
		{
			name: 'what-ships-stands-alone',
			severity: 'error',
			from: { path: '^(nodes|credentials|lib)/' },
			to: { path: '^(sandbox|test|bench|scripts)/' },
		},
		{
			name: 'http-opens-the-sockets',
			severity: 'error',
			from: { path: '^(nodes|credentials|lib)/', pathNot: '^lib/http/' },
			to: {
				path: '^(node:)?(http|https|net|tls)$|node_modules/axios/',
				dependencyTypesNot: ['type-only'],
			},
		},
		{
			name: 'nothing-is-missing',
			severity: 'error',
			from: {},
			to: { couldNotResolve: true },
		},
	],
};

export const OPTIONS: ICruiseOptions = {
	// With the imports of types, which are gone from what is compiled.
	tsPreCompilationDeps: true,
	doNotFollow: { path: 'node_modules' },
	exclude: { path: '^test/fixtures/' },
	enhancedResolveOptions: {
		exportsFields: ['exports'],
		conditionNames: ['import', 'require', 'node', 'default', 'types'],
		extensions: ['.ts', '.mjs', '.cjs', '.js', '.json'],
	},
};
