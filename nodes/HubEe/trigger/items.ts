import type { INodeExecutionData } from 'n8n-workflow';

import { notificationItem } from '../procedures/notifications';
import type { PlannedDelivery } from './plan';

/** Whose notification it is; nothing where the trigger watches the main account alone. */
export type AccountField = { account?: string };

/** A notification as a workflow gets it. */
export function deliveredItem(
	{ notification, deliveryCount }: PlannedDelivery,
	owner: AccountField = {},
): INodeExecutionData {
	const nothingKnown = {
		transmitter: null,
		recipient: null,
		dateTime: null,
		eventActionType: null,
		eventStatus: null,
	};
	return { json: { ...owner, ...nothingKnown, ...notificationItem(notification), deliveryCount } };
}

/** One that was delivered as often as allowed: what it is, and what to do about it. */
export function givenUpItem(
	delivery: PlannedDelivery,
	owner: AccountField = {},
): INodeExecutionData {
	const { json } = deliveredItem(delivery, owner);
	const times = delivery.deliveryCount === 1 ? 'once' : `${delivery.deliveryCount} times`;
	const error = `Notification ${delivery.notification.id} was delivered ${times} and never acknowledged`;
	const hint =
		'It stays in the queue of HubEE and is not delivered any more. The executions of this workflow show why it did not reach "Acknowledge a notification". Raise Maximum Deliveries to have it delivered again, or acknowledge it yourself.';
	return { json: { ...json, error, hint } };
}
