import type { OperationTable } from '../../lib/node/operation';
import { perAccount } from './per-account';
import { connectHubEe, type HubEeApi, parallelItems } from './connect';
import { caseResource } from './operations/case';
import { eventResource } from './operations/event';
import { options } from './operations/fields';
import { folderResource } from './operations/folder';
import { notificationResource } from './operations/notification';
import { organizationResource } from './operations/organization';
import { processResource } from './operations/process';
import { subscriptionResource } from './operations/subscription';

const resources = [
	caseResource,
	eventResource,
	folderResource,
	notificationResource,
	organizationResource,
	processResource,
	subscriptionResource,
];

/** Everything the HubEE node does. */
export const hubEeTable: OperationTable<HubEeApi> = {
	service: 'HubEE',
	resources: resources.map((resource) => ({
		...resource,
		operations: resource.operations.map(perAccount),
	})),
	shared: [options],
	connect: connectHubEe,
	parallelItems,
};
