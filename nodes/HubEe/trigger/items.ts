import type { INodeExecutionData } from 'n8n-workflow';

import { accountText } from '../per-account';
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

/** An account whose queue could not be read for a day: whose, why, and what to do about it. */
export function failingAccountItem(
	account: string,
	{ since }: { since: number },
	reason: string,
): INodeExecutionData {
	const failingSince = new Date(since).toISOString();
	return {
		json: {
			kind: 'account',
			account,
			failingSince,
			error: `The queue of ${accountText(account)} could not be read since ${failingSince}: ${reason}`,
			hint: 'Nothing of this account is delivered, and nothing of it is lost: its notifications stay in the queue of HubEE. Check its client ID, secret and scope in the credential. The other accounts work on.',
		},
	};
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
