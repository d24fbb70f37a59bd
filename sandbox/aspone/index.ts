export { MALFORMED_RESPONSES } from './malformed-responses';
export type { MalformedResponseName } from './malformed-responses';
export type { Account, ActiveAlert, AspOneBehaviour } from './model';
export { AspOneSandbox, startAspOneSandbox } from './sandbox';
