import { connectionResourceOf } from '../../../lib/connection-check/operation';
import type { DimonaApi } from '../connect';

export const connectionResource = connectionResourceOf<DimonaApi>(
	'Take a token, try each scope, and search for one of each kind. Nothing is declared.',
);
