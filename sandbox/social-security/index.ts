export { AuthorizationServer, TOKEN_PATH } from './authorization-server';
export type { AuthorizationServerSettings, Caller, RegisteredClient } from './authorization-server';
export {
	badRequest,
	expiredAccessToken,
	invalidAccessToken,
	missingPermission,
	missingScope,
	noAccessToken,
	notFound,
	problem,
} from './problems';
export type { Issue } from './problems';
