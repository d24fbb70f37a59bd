import { connectionResourceOf } from '../../../lib/connection-check/operation';
import type { EBoxApi } from '../connect';

export const connectionResource = connectionResourceOf<EBoxApi>(
	'Take a token, try each scope, and ask each provider for its counters and lists. Nothing is marked as read.',
);
