import type { OperationTable } from '../../lib/node/operation';
import { perAccount } from './per-account';
import { connectHubEe, type HubEeApi, parallelItems } from './connect';
import { accountResource } from './operations/account';
import { caseResource } from './operations/case';
import { connectionResource } from './operations/connection';
import { eventResource } from './operations/event';
import { options } from './operations/fields';
import { folderResource } from './operations/folder';
import { notificationResource } from './operations/notification';
import { organizationResource } from './operations/organization';
import { processResource } from './operations/process';
import { subscriptionResource } from './operations/subscription';

const resources = [
	caseResource,
	connectionResource,
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
	// The first one is what a new node shows, and what workflows mean that name none.
	resources: [
		...resources.map((resource) => ({
			...resource,
			operations: resource.operations.map(perAccount),
		})),
		accountResource,
	],
	shared: [options],
	connect: connectHubEe,
	parallelItems,
};
