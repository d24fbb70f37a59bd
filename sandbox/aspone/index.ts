export { MISANSWERS } from './malformed-responses';
export type { MisanswerName } from './malformed-responses';
export type { Account, ActiveAlert, AspOneBehaviour, User } from './model';
export { AspOneSandbox, startAspOneSandbox } from './sandbox';
export type { AspOneSandboxOptions } from './sandbox';
export type { LoginRecord } from './users';
