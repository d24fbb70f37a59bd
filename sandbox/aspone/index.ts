export { MISANSWERS } from './misanswers';
export type { MisanswerName } from './misanswers';
export type { Account, ActiveAlert, AspOneBehaviour, User } from './model';
export { AspOneSandbox, startAspOneSandbox } from './sandbox';
export type { AspOneSandboxOptions } from './sandbox';
export type { LoginRecord } from './users';
