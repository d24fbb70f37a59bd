export { AuthorizationServer } from './authorization-server';
export type { Caller, RegisteredClient } from './authorization-server';
export { badRequest, missingPermission, notFound, problem } from './problems';
export type { Issue } from './problems';
