import type { OperationTable } from '../../lib/node/operation';
import { type AspOneApi, connectAspOne } from './connect';
import { configurationResource } from './operations/configuration';
import { connectionResource } from './operations/connection';

/** Everything the ASPOne Alert node does. */
export const aspOneAlertTable: OperationTable<AspOneApi> = {
	service: 'ASPOne',
	resources: [configurationResource, connectionResource],
	connect: connectAspOne,
};
