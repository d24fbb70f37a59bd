export { newFile } from './stored-message';
export { CLIENT_ID, EBoxSandbox, ENTERPRISE, startEBoxSandbox } from './sandbox';
export type { ProviderName } from './providers';
