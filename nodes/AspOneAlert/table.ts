import type { OperationTable } from '../../lib/node/operation';
import type { AlertClient } from './api/alert-client';
import { connectAspOne } from './connect';
import { configurationResource } from './operations/configuration';

/** Everything the ASPOne Alert node does. */
export const aspOneAlertTable: OperationTable<AlertClient> = {
	service: 'ASPOne',
	resources: [configurationResource],
	connect: connectAspOne,
};
