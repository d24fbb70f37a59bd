import type { INodeExecutionData } from 'n8n-workflow';

import { notificationItem } from '../procedures/notifications';
import type { PlannedDelivery, PlannedReport } from './plan';

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

/** One that is not delivered any more, or never was: what it is, and what to do about it. */
export function givenUpItem(report: PlannedReport, owner: AccountField = {}): INodeExecutionData {
	const { json } = deliveredItem(report, owner);
	const { deliveryCount, notification, unreadable } = report;
	if (unreadable !== undefined)
		return {
			json: {
				...json,
				error: `It cannot be told what event notification ${notification.id} is about: ${unreadable}`,
				hint: 'It stays in the queue of HubEE and is looked at again at each poll; it is delivered when its event can be read. Event: Get with its Case ID and Event ID shows what HubEE answers.',
			},
		};
	const times = deliveryCount === 1 ? 'once' : `${deliveryCount} times`;
	const error = `Notification ${notification.id} was delivered ${times} and never acknowledged`;
	const hint =
		'It stays in the queue of HubEE and is not delivered any more. The executions of this workflow show why it did not reach "Acknowledge a notification". Raise Maximum Deliveries to have it delivered again, or acknowledge it yourself.';
	return { json: { ...json, error, hint } };
}
