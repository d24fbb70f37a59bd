export { type StoredFile, type StoredMessage, newFile, newMessage } from './stored-message';
export {
	CLIENT_ID,
	EBoxSandbox,
	type EBoxSandboxOptions,
	ENTERPRISE,
	startEBoxSandbox,
} from './sandbox';
export type { ProviderName } from './providers';
export { SCOPES } from './routes';
