export { ASSERTION_RULES, AuthorizationServer } from './authorization-server';
export type { AssertionRules, Caller, RegisteredClient } from './authorization-server';
export { badRequest, missingPermission, notFound, problem } from './problems';
export type { Issue } from './problems';
