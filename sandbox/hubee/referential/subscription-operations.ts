import { json } from '../../mock-server';
import type { Answer } from '../../mock-server';
import { badData, notFound, Refusal } from '../gateway/refusal';
import type { OperationContext } from '../hub/context';
import type { Identity } from '../model';
import type { Hub } from '../hub/hub';

import { knownColumn, pageOf, sorted } from './paging';
import type { Subscription, SubscriptionDeclaration } from './subscriptions';

const COLUMNS: Record<string, (subscription: Subscription) => unknown> = {
	id: ({ id }) => id,
	datapass_id: ({ datapassId }) => String(datapassId).padStart(20, '0'),
	si_type: ({ subscriber }) => subscriber.type,
	si_company_register: ({ subscriber }) => subscriber.companyRegister,
	si_branch_code: ({ subscriber }) => subscriber.branchCode,
	notification_frequency: ({ notificationFrequency }) => notificationFrequency,
	access_mode: ({ accessMode }) => accessMode,
	delegation_actor: ({ delegationActor }) => delegationActor,
	email: ({ email }) => email,
	local_admin: ({ localAdministrator }) => localAdministrator.email,
	rejection_reason: ({ rejectionReason }) => rejectionReason,
	status: ({ status }) => status,
	activate_date_time: ({ activateDateTime }) => activateDateTime,
	validate_date_time: ({ validateDateTime }) => validateDateTime,
	reject_date_time: ({ rejectDateTime }) => rejectDateTime,
	end_date_time: ({ endDateTime }) => endDateTime,
	update_date_time: ({ updateDateTime }) => updateDateTime,
	process_code: ({ processCode }) => processCode,
};

export function listSubscriptions({ hub, identity, call }: OperationContext): Answer {
	const { query } = call;
	const codes = query.getAll('processCode');
	const status = query.get('status');
	const companyRegister = query.get('companyRegister');
	const delegate = query.get('delegationActorEmail');
	const datapassId = query.get('datapassId');
	const found = hub.subscriptions
		.all()
		.filter(
			(subscription) =>
				isSeenBy(hub, identity, subscription) &&
				(codes.length === 0 || codes.includes(subscription.processCode)) &&
				(status === null || subscription.status === status) &&
				(companyRegister === null || subscription.subscriber.companyRegister === companyRegister) &&
				(delegate === null || subscription.delegationActor?.email === delegate) &&
				(datapassId === null || subscription.datapassId === Number(datapassId)),
		);
	// The label, with its spelling, is the service's own.
	const page = pageOf('Susbscriptions', inOrder(found, query.get('orderBy')), call, hub.settings);
	return json(200, page.items, { 'content-range': page.range });
}

function inOrder(found: Subscription[], orderBy: string | null): Subscription[] {
	if (orderBy === null) return found;
	const parsed = /^(asc|desc)\((\w+)\)$/.exec(orderBy);
	if (parsed === null) throw new Refusal(400, `orderBy ${orderBy} is not allowed`);
	return sorted(found, knownColumn(COLUMNS, parsed[2] ?? ''), parsed[1] === 'desc');
}

/** An OSL sees the subscriptions to its own processes. */
function isSeenBy(hub: Hub, identity: Identity, subscription: Subscription): boolean {
	if (identity.scope === 'ADMIN') return true;
	const process = hub.processes.find(subscription.processCode);
	return process !== undefined && hub.sendsFor(identity.organization, process);
}

export function createSubscription({ hub, body }: OperationContext): Answer {
	const declaration = body as SubscriptionDeclaration;
	const faults = hub.subscriptions.faults(declaration);
	if (faults.length > 0) throw badData(faults);
	return json(201, hub.subscriptions.create(declaration));
}

function existing({ hub, identity, path }: OperationContext): Subscription {
	const subscription = hub.subscriptions.find(path.subscriptionId ?? '');
	// The contract lists no 403 here, so what is not one's own does not exist.
	if (subscription === undefined || !isSeenBy(hub, identity, subscription)) {
		throw notFound('Subscription');
	}
	return subscription;
}

export function getSubscription(context: OperationContext): Answer {
	return json(200, existing(context));
}

export function putSubscription(context: OperationContext): Answer {
	const { hub, body } = context;
	const subscription = existing(context);
	const declaration = body as SubscriptionDeclaration;
	const faults = hub.subscriptions.faults(declaration, subscription.id);
	if (faults.length > 0) throw badData(faults);
	return json(200, hub.subscriptions.replace(subscription, declaration));
}
