import { createHash } from 'node:crypto';

import { empty, json } from '../../mock-server';
import type { Answer } from '../../mock-server';
import { notFound, unauthorized } from '../gateway/refusal';
import { sameOrganization } from '../model';
import type { Identity, Notification } from '../model';

import type { OperationContext } from './context';
import type { Hub } from './hub';
import { notificationView } from './views';

/** The hub's batch size when `maxResult` is absent. */
const DEFAULT_BATCH = 25;

/**
 * Counts the calls, so that a shuffled order differs from one to the next and yet can be
 * repeated.
 */
const shuffles = new WeakMap<Hub, number>();

/**
 * The queue of the caller: what has not been deleted, in no promised order, without any position
 * to go on from.
 */
export function listNotifications({ hub, identity, call }: OperationContext): Answer {
	const { query } = call;
	const codes = query.getAll('processCode');
	const priority = query.getAll('processPriority');
	const waiting = [...hub.notifications.values()].filter(
		(notification) =>
			isFor(notification, identity) &&
			(codes.length === 0 || codes.includes(notification.processCode)),
	);
	const ordered = inOrder(hub, waiting).sort(
		(a, b) => rank(priority, a.processCode) - rank(priority, b.processCode),
	);
	const asked = Math.max(0, Math.floor(Number(query.get('maxResult') ?? DEFAULT_BATCH)));
	const batch = ordered.slice(0, Math.min(asked, hub.settings.largestBatch ?? asked));
	const details = query.get('eventDetails') === 'true';
	return json(
		200,
		batch.map((notification) => notificationView(hub, notification, details)),
	);
}

function rank(priority: string[], processCode: string): number {
	return priority.length === 0 || priority.includes(processCode) ? 0 : 1;
}

function isFor(notification: Notification, identity: Identity): boolean {
	const { organization, processCodes } = identity;
	return (
		sameOrganization(notification.recipient, organization) &&
		(processCodes === undefined || processCodes.includes(notification.processCode))
	);
}

function inOrder(hub: Hub, notifications: Notification[]): Notification[] {
	const { notificationOrder, seed } = hub.settings;
	if (notificationOrder === 'created') return notifications;
	const turn = notificationOrder === 'shuffled' ? (shuffles.get(hub) ?? 0) + 1 : 0;
	shuffles.set(hub, turn);
	// Sorting by a hash is a shuffle that depends on the seed, the turn and each id alone.
	const keyed = notifications.map((notification) => ({
		notification,
		key: createHash('md5').update(`${seed}/${turn}/${notification.id}`).digest('hex'),
	}));
	keyed.sort((a, b) => (a.key < b.key ? -1 : 1));
	return keyed.map(({ notification }) => notification);
}

/** Takes a notification out of the queue for ever. */
export function deleteNotification({ hub, identity, path }: OperationContext): Answer {
	const notification = hub.notifications.get((path.notificationId ?? '').toLowerCase());
	if (notification === undefined) throw notFound('Notification');
	if (identity.scope !== 'ADMIN' && !isFor(notification, identity)) throw unauthorized();
	hub.notifications.delete(notification.id);
	return empty();
}
