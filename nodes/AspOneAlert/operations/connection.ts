import { connectionResourceOf } from '../../../lib/connection-check/operation';
import type { AspOneApi } from '../connect';

export const connectionResource = connectionResourceOf<AspOneApi>(
	'Log in once and read the configuration of one account. A login that was just refused is not tried again. Nothing is changed.',
);
