import { existsSync } from 'node:fs';
import { join } from 'node:path';

/**
 * The account of every instance; n8n is on loopback and lives for one run. The hash is bcrypt's of
 * the password.
 */
export const OWNER = {
	email: 'owner@guichet.example',
	password: 'Guichet-local-1',
	passwordHash: '$2a$10$EFHQD3sNDYo5yDvuzWoE6uy05uYTE7TNSQetGA23qgObAEUbA0q2q',
};

/**
 * Parts of n8n that have nothing to do with nodes and cost seconds at each start. A name that an
 * n8n version does not know makes it end at once, so that it is given those that it has.
 */
const UNUSED_MODULES = [
	'agent-evals',
	'agents',
	'breaking-changes',
	'chat-hub',
	'instance-ai',
	'instance-version-history',
	'mcp',
	'mcp-registry',
	'quick-connect',
	'workflow-builder',
];

/** Folders of an instance, all under its user folder. */
export function instanceFolders(userFolder: string) {
	const data = join(userFolder, '.n8n');
	return {
		data,
		/** Where n8n keeps community packages. */
		packages: join(data, 'nodes'),
		database: join(data, 'database.sqlite'),
		/** The one folder that workflows may read and write files in. */
		files: join(userFolder, 'files'),
	};
}

/**
 * What the instance's environment consists of, before the caller's own additions: nothing is
 * inherited but PATH.
 */
export function instanceEnvironment(options: {
	/** The folder of the installation. */
	n8n: string;
	userFolder: string;
	port: number;
	brokerPort: number;
}): Record<string, string> {
	return {
		PATH: process.env.PATH ?? '',
		HOME: options.userFolder,
		N8N_USER_FOLDER: options.userFolder,
		N8N_LISTEN_ADDRESS: '127.0.0.1',
		N8N_PORT: String(options.port),
		N8N_RUNNERS_BROKER_PORT: String(options.brokerPort),
		N8N_ENCRYPTION_KEY: 'guichet-local-encryption-key',
		N8N_SECURE_COOKIE: 'false',
		GENERIC_TIMEZONE: 'UTC',
		TZ: 'UTC',
		N8N_LOG_LEVEL: 'info',
		NO_COLOR: '1',
		N8N_INSTANCE_OWNER_MANAGED_BY_ENV: 'true',
		N8N_INSTANCE_OWNER_EMAIL: OWNER.email,
		N8N_INSTANCE_OWNER_PASSWORD_HASH: OWNER.passwordHash,
		N8N_INSTANCE_OWNER_FIRST_NAME: 'Olivia',
		N8N_INSTANCE_OWNER_LAST_NAME: 'Owner',
		// As an administrator would run it who allows this package and is careful with everything else.
		N8N_UNVERIFIED_PACKAGES_ENABLED: 'true',
		N8N_RESTRICT_FILE_ACCESS_TO: instanceFolders(options.userFolder).files,
		N8N_BLOCK_FILE_ACCESS_TO_N8N_FILES: 'true',
		N8N_BLOCK_ENV_ACCESS_IN_NODE: 'true',
		// The default engine needs isolated-vm compiled; workflows cannot tell the difference.
		N8N_EXPRESSION_ENGINE: 'legacy',
		EXECUTIONS_DATA_SAVE_ON_SUCCESS: 'all',
		EXECUTIONS_DATA_SAVE_ON_ERROR: 'all',
		EXECUTIONS_DATA_SAVE_MANUAL_EXECUTIONS: 'true',
		EXECUTIONS_DATA_PRUNE: 'false',
		// Nothing goes out to n8n's servers.
		N8N_DIAGNOSTICS_ENABLED: 'false',
		N8N_VERSION_NOTIFICATIONS_ENABLED: 'false',
		N8N_TEMPLATES_ENABLED: 'false',
		N8N_PERSONALIZATION_ENABLED: 'false',
		N8N_HIRING_BANNER_ENABLED: 'false',
		N8N_DYNAMIC_BANNERS_ENABLED: 'false',
		N8N_VERIFIED_PACKAGES_ENABLED: 'false',
		N8N_LICENSE_AUTO_RENEW_ENABLED: 'false',
		N8N_PYTHON_ENABLED: 'false',
		N8N_DISABLED_MODULES: UNUSED_MODULES.filter((name) =>
			existsSync(join(options.n8n, 'node_modules/n8n/dist/modules', name)),
		).join(','),
	};
}
