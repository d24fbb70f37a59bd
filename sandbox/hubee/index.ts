export { HubEeAdminClient } from './admin-client';
export type { CaseOverview, Deposited, DepositedAttachment } from './administration/types';
export type { Scope } from './model';
export { HubEeSandbox, startHubEeSandbox } from './sandbox';
export type { HubEeSandboxOptions } from './sandbox';
export { SI_ORGANIZATIONS } from './seed';
