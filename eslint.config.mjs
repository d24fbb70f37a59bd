import js from '@eslint/js';
import { n8nCommunityNodesPlugin } from '@n8n/eslint-plugin-community-nodes';
import { defineConfig, globalIgnores } from 'eslint/config';
import n8nNodesBase from 'eslint-plugin-n8n-nodes-base';
import tseslint from 'typescript-eslint';

// The rules of n8n's own scaffold for packages that are installed by an administrator
// (`n8n-node cloud-support disable`), and nothing switched off beyond what the scaffold switches
// off.
const n8nRules = n8nCommunityNodesPlugin.configs.recommendedWithoutN8nCloudSupport;

export default defineConfig(
	globalIgnores(['dist', 'coverage', 'node_modules']),
	{
		files: ['**/*.ts'],
		extends: [js.configs.recommended, tseslint.configs.recommended],
		rules: { '@typescript-eslint/no-explicit-any': 'error' },
	},
	{
		// Prettier breaks code and leaves comments as they are.
		files: ['**/*.{ts,mjs}'],
		rules: {
			'max-len': ['error', { code: 1_000_000, comments: 100, tabWidth: 2, ignoreUrls: true }],
		},
	},
	{
		// Rules that need the types: what is forgotten, what cannot happen, what is left out.
		files: ['**/*.ts'],
		languageOptions: {
			parserOptions: {
				// A file belongs to the first project that has it: what is checked most strictly comes
				// first.
				project: ['tsconfig.strict.json', 'tsconfig.json'],
				tsconfigRootDir: import.meta.dirname,
			},
		},
		rules: {
			'@typescript-eslint/no-floating-promises': 'error',
			'@typescript-eslint/no-misused-promises': 'error',
			'@typescript-eslint/no-unnecessary-condition': 'error',
			'@typescript-eslint/only-throw-error': 'error',
			'@typescript-eslint/require-await': 'error',
			'@typescript-eslint/switch-exhaustiveness-check': [
				'error',
				// A default says on purpose what holds for all others.
				{ considerDefaultExhaustiveForUnions: true },
			],
		},
	},
	{
		// Tests are compiled without checks of what an index gives, and their hooks run after a set-up
		// that failed half-way: there the types promise more than the rule may believe.
		files: ['test/**/*.ts'],
		rules: {
			'@typescript-eslint/no-unnecessary-condition': 'off',
			// A stand-in answers at once where the real one waits.
			'@typescript-eslint/require-await': 'off',
		},
	},
	{
		files: ['nodes/**/*.ts', 'credentials/**/*.ts', 'lib/**/*.ts'],
		extends: [n8nRules],
		plugins: { 'n8n-nodes-base': n8nNodesBase },
		rules: { 'prefer-spread': 'off', 'no-console': 'error' },
	},
	{
		files: ['package.json'],
		extends: [n8nRules],
		plugins: { 'n8n-nodes-base': n8nNodesBase },
		rules: { ...n8nNodesBase.configs.community.rules },
		languageOptions: {
			parser: tseslint.parser,
			parserOptions: { extraFileExtensions: ['.json'] },
		},
	},
	{
		files: ['credentials/**/*.ts'],
		rules: {
			...n8nNodesBase.configs.credentials.rules,
			'n8n-nodes-base/cred-class-field-documentation-url-miscased': 'off',
			'n8n-nodes-base/cred-class-field-type-options-password-missing': 'off',
		},
	},
	{
		files: ['nodes/**/*.ts'],
		rules: {
			...n8nNodesBase.configs.nodes.rules,
			'n8n-nodes-base/node-class-description-inputs-wrong-regular-node': 'off',
			'n8n-nodes-base/node-class-description-outputs-wrong': 'off',
			'n8n-nodes-base/node-param-type-options-max-value-present': 'off',
		},
	},
	{
		// What a service answers is read through a schema: a cast would only believe it. The two files
		// left out read no answer; they speak with the SOAP library, whose types are narrower than it.
		files: ['nodes/*/api/**/*.ts'],
		ignores: ['nodes/AspOneAlert/api/envelope.ts', 'nodes/AspOneAlert/api/wsdl.ts'],
		rules: {
			'no-restricted-syntax': [
				'error',
				{
					selector: "TSAsExpression:not([typeAnnotation.typeName.name='const'])",
					message: 'No cast in api/: read the answer through a schema, or narrow the type.',
				},
				{ selector: 'TSTypeAssertion', message: 'No cast in api/.' },
				{ selector: 'TSNonNullExpression', message: 'No cast in api/.' },
			],
		},
	},
	{ linterOptions: { noInlineConfig: true, reportUnusedDisableDirectives: 'error' } },
);
