import { connectionResourceOf } from '../../../lib/connection-check/operation';
import type { HubEeApi } from '../connect';

export const connectionResource = connectionResourceOf<HubEeApi>(
	'Take a token, try each scope, and read lists of one. Nothing is created, changed or acknowledged.',
);
