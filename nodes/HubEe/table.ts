import type { OperationTable } from '../../lib/node/operation';
import { connectHubEe, type HubEeApi, parallelCalls } from './connect';
import { caseResource } from './operations/case';
import { eventResource } from './operations/event';
import { options } from './operations/fields';
import { notificationResource } from './operations/notification';

/** Everything the HubEE node does. */
export const hubEeTable: OperationTable<HubEeApi> = {
	service: 'HubEE',
	resources: [caseResource, eventResource, notificationResource],
	shared: [options],
	connect: connectHubEe,
	parallelItems: parallelCalls,
};
