import { randomUUID } from 'node:crypto';

import { empty, json } from '../../mock-server';
import type { Answer } from '../../mock-server';
import { badData, Refusal, unauthorized } from '../gateway/refusal';
import { identifierOf, organizationId } from '../model';
import type { Case, Event, Identity, PartnerInfo, Side } from '../model';

import { attachmentFaults, declared } from './attachments';
import type { AttachmentDeclaration } from './attachments';
import { refuseStatus } from './cases';
import { partnerInfoOf } from './context';
import type { OperationContext } from './context';
import { isAuthor, otherSide, sideOf } from './hub';
import type { Hub } from './hub';
import { ACTION_TYPES } from './statuses';
import { eventView } from './views';

/** Body of `POST /cases/{caseId}/events`. */
export interface EventDeclaration {
	actionType: string | null;
	notification: boolean | null;
	author?: string | null;
	message?: string | null;
	comment?: string | null;
	caseCurrentStatus?: string | null;
	caseNewStatus?: string | null;
	partnerAttributes?: string | null;
	attachments?: AttachmentDeclaration[];
}

export function createEvent({ hub, identity, path, body, call }: OperationContext): Answer {
	const item = hub.caseFor(identity, path.caseId ?? '');
	const declaration = (body ?? {}) as EventDeclaration;
	const faults = eventFaults(hub, item, declaration, sideOf(identity));
	if (faults.length > 0) throw badData(faults);
	const { caseNewStatus } = declaration;
	if (typeof caseNewStatus === 'string' && caseNewStatus !== '') {
		refuseStatus(hub, item, caseNewStatus, identity);
	}
	const event = storeEvent(item, declaration, {
		hub,
		side: sideOf(identity),
		transmitter: identity.organization,
		partnerInfo: partnerInfoOf(call),
	});
	const isDeposit = event.status === 'IN_PROGRESS';
	if (!isDeposit || hub.settings.depositStatusAppliesAt === 'creation') {
		applyStatus(hub, item, event, identity);
	}
	if (!isDeposit && event.notification) hub.notifyOfEvent(item, event, otherSide(event.side));
	return json(201, eventView(hub, event, identity));
}

/** Adds an event that has been found correct: a deposit in IN_PROGRESS, any other already SENT. */
export function storeEvent(
	item: Case,
	declaration: EventDeclaration,
	origin: {
		hub: Hub;
		side: Side;
		transmitter: Event['transmitter'];
		partnerInfo: PartnerInfo | null;
	},
): Event {
	const { hub, side, transmitter, partnerInfo } = origin;
	const event: Event = {
		id: randomUUID(),
		caseId: item.id,
		side,
		transmitter: identifierOf(transmitter),
		actionType: declaration.actionType ?? '',
		notification: declaration.notification ?? false,
		author: declaration.author ?? null,
		message: declaration.message ?? null,
		comment: declaration.comment ?? null,
		caseCurrentStatus: declaration.caseCurrentStatus ?? null,
		caseNewStatus: declaration.caseNewStatus ?? null,
		partnerAttributes: declaration.partnerAttributes ?? null,
		attachments: (declaration.attachments ?? []).map((attachment) => declared(attachment, [])),
		status: declaration.actionType === 'ATTACH_DEPOSIT' ? 'IN_PROGRESS' : 'SENT',
		createDateTime: hub.now(),
		updateDateTime: null,
		partnerInfo,
	};
	item.events.push(event);
	return event;
}

function eventFaults(hub: Hub, item: Case, event: EventDeclaration, side: Side): string[] {
	const { actionType, attachments = [], message } = event;
	const process = hub.processes.find(item.folder.processCode);
	if (actionType === null || !ACTION_TYPES.includes(actionType)) {
		return [`Event action type ${String(actionType)} is not allowed`];
	}
	const faults: string[] = [];
	if (actionType === 'ATTACH_DEPOSIT' && attachments.length === 0) {
		faults.push('Attachments are required for the action type ATTACH_DEPOSIT');
	}
	if (actionType !== 'ATTACH_DEPOSIT' && attachments.length > 0) {
		faults.push(`Attachments are not allowed for the action type ${actionType}`);
	}
	if (process === undefined) return faults;
	if (actionType === 'ATTACH_DEPOSIT') {
		faults.push(...attachments.flatMap((each) => attachmentFaults(each, process, side)));
	}
	const forbidsMessages = hub.settings.messagesEnforced && !process.messageToTransmitter;
	if (forbidsMessages && side === 'SI' && message) {
		faults.push(`Messages are not allowed for the process ${process.code}`);
	}
	return faults;
}

function applyStatus(hub: Hub, item: Case, event: Event, identity: Identity): void {
	if (!hub.settings.statusByEvent || !event.caseNewStatus) return;
	hub.setCaseStatus(item, event.caseNewStatus, organizationId(identity.organization));
}

export function getEvent({ hub, identity, path }: OperationContext): Answer {
	const { event } = hub.eventFor(identity, path.caseId ?? '', path.eventId ?? '');
	return json(200, eventView(hub, event, identity));
}

/**
 * SENT, by the author of a deposit whose files are all stored; RECEIVED, by the recipient of a
 * sent event.
 */
export function patchEvent({ hub, identity, path, body }: OperationContext): Answer {
	const { item, event } = hub.eventFor(identity, path.caseId ?? '', path.eventId ?? '');
	const { status } = (body ?? {}) as { status?: string };
	if (status === undefined) return empty();
	if (status !== 'SENT' && status !== 'RECEIVED') {
		throw new Refusal(400, `Event status ${status} is not allowed`);
	}
	const mine = isAuthor(event, identity);
	if (mine !== (status === 'SENT')) throw unauthorized();
	const from = status === 'SENT' ? 'IN_PROGRESS' : 'SENT';
	if (event.status !== from) {
		throw new Refusal(400, `Event status can not change from ${event.status} to ${status}`);
	}
	if (status === 'SENT') sendDeposit(hub, item, event, identity);
	else acknowledge(hub, item, event);
	return empty();
}

function sendDeposit(hub: Hub, item: Case, event: Event, identity: Identity): void {
	for (const attachment of event.attachments) hub.antivirus.settle(attachment);
	const missing = event.attachments.filter(({ status }) => status !== 'RECEIVED');
	if (missing.length > 0) {
		throw badData(
			missing.map(({ fileName, status }) => `Attachment ${fileName} is not received (${status})`),
		);
	}
	event.status = 'SENT';
	event.updateDateTime = hub.now();
	if (hub.settings.depositStatusAppliesAt === 'sent') applyStatus(hub, item, event, identity);
	if (event.notification) hub.notifyOfEvent(item, event, otherSide(event.side));
}

function acknowledge(hub: Hub, item: Case, event: Event): void {
	event.status = 'RECEIVED';
	event.updateDateTime = hub.now();
	if (hub.settings.notificationAfterReceived === 'consumed') {
		for (const { id, eventId } of hub.notifications.values()) {
			if (eventId === event.id) hub.notifications.delete(id);
		}
	}
	hub.notifyOfEvent(item, event, event.side);
}

/** Gives up a deposit that has not been sent. */
export function deleteEvent({ hub, identity, path }: OperationContext): Answer {
	const { item, event } = hub.eventFor(identity, path.caseId ?? '', path.eventId ?? '');
	if (!isAuthor(event, identity)) throw unauthorized();
	if (event.actionType !== 'ATTACH_DEPOSIT' || event.status !== 'IN_PROGRESS') {
		throw new Refusal(400, 'Bad Request');
	}
	item.events = item.events.filter((other) => other !== event);
	return empty();
}
