export { MALFORMED_RESPONSES } from './malformed-responses';
export type { MalformedResponseName } from './malformed-responses';
export type { Account, ActiveAlert, AspOneBehaviour, User } from './model';
export { AspOneSandbox, startAspOneSandbox } from './sandbox';
export type { AspOneSandboxOptions } from './sandbox';
export type { LoginRecord } from './users';
