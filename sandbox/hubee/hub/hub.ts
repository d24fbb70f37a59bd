import { randomUUID } from 'node:crypto';

import type { MockClock } from '../../mock-server';
import { notFound, unauthorized } from '../gateway/refusal';
import { sameOrganization } from '../model';
import type {
	Attachment,
	Case,
	Event,
	Folder,
	Identity,
	Notification,
	OrganizationIdentifier,
	Side,
} from '../model';
import { Organizations } from '../referential/organizations';
import { type Process, Processes } from '../referential/processes';
import { Subscriptions } from '../referential/subscriptions';
import type { HubEeSettings } from '../settings';
import { suiteSender } from '../test-suite';

import { Antivirus } from './antivirus';
import { FileStore } from './files';

const DAY_MS = 24 * 60 * 60 * 1000;

/** What the hub holds, and the rules that several operations share. */
export class Hub {
	readonly folders = new Map<string, Folder>();
	readonly cases = new Map<string, Case>();
	readonly notifications = new Map<string, Notification>();
	readonly organizations: Organizations;
	readonly processes: Processes;
	readonly subscriptions: Subscriptions;
	readonly antivirus: Antivirus;
	readonly files = new FileStore();
	private readonly casesOfFolder = new Map<string, Case[]>();

	constructor(
		readonly clock: MockClock,
		readonly settings: HubEeSettings,
	) {
		this.antivirus = new Antivirus(clock, settings);
		this.organizations = new Organizations(clock);
		this.processes = new Processes(clock);
		this.subscriptions = new Subscriptions(clock, this.organizations, this.processes);
	}

	/** Forgets every télédossier and file; the referential stays. */
	async clear(): Promise<void> {
		this.folders.clear();
		this.cases.clear();
		this.casesOfFolder.clear();
		this.notifications.clear();
		this.antivirus.clear();
		await this.files.clear();
	}

	/** The present instant as the API writes it. */
	now(): string {
		return this.clock.now().toISOString().replace('Z', '+00:00');
	}

	addFolder(folder: Folder, cases: Case[]): void {
		this.folders.set(folder.id, folder);
		this.casesOfFolder.set(folder.id, cases);
		for (const item of cases) this.cases.set(item.id, item);
	}

	removeFolder(folder: Folder): void {
		for (const item of this.casesOf(folder)) this.cases.delete(item.id);
		this.casesOfFolder.delete(folder.id);
		this.folders.delete(folder.id);
	}

	casesOf(folder: Folder): Case[] {
		return this.casesOfFolder.get(folder.id) ?? [];
	}

	/** Attachments of the folder that a case may see. */
	attachmentsOf(item: Case): Attachment[] {
		return item.folder.attachments.filter(({ recipients }) => recipients.includes(item.externalId));
	}

	/** Whether an organization sends folders of a process. */
	sendsFor(organization: OrganizationIdentifier, { code, osl }: Process): boolean {
		return [osl, suiteSender(code)].some(
			(sender) => sender !== undefined && sameOrganization(sender, organization),
		);
	}

	/** The folder, if it exists (404) and the caller may see it (403). */
	folderFor(identity: Identity, id: string): Folder {
		const folder = this.folders.get(id.toLowerCase());
		if (folder === undefined) throw notFound('Folder');
		const mine =
			identity.scope === 'ADMIN' || sameOrganization(folder.owner, identity.organization);
		if (!mine) throw unauthorized();
		return folder;
	}

	/** The case, if it exists (404) and the caller may see it (403). */
	caseFor(identity: Identity, id: string): Case {
		const item = this.cases.get(id.toLowerCase());
		if (item === undefined) throw notFound('Case');
		if (!this.maySee(identity, item)) throw unauthorized();
		return item;
	}

	private maySee(identity: Identity, item: Case): boolean {
		const { scope, organization, processCodes } = identity;
		if (scope === 'ADMIN') return true;
		if (scope === 'OSL') return sameOrganization(item.folder.owner, organization);
		return (
			sameOrganization(item.recipient, organization) &&
			(processCodes === undefined || processCodes.includes(item.folder.processCode))
		);
	}

	/**
	 * The event, if it exists and the caller may see it. A deposit in preparation is its author's
	 * alone.
	 */
	eventFor(identity: Identity, caseId: string, eventId: string): { item: Case; event: Event } {
		const item = this.caseFor(identity, caseId);
		const event = item.events.find(({ id }) => id === eventId.toLowerCase());
		if (event === undefined || !this.isVisible(event, identity)) throw notFound('Event');
		return { item, event };
	}

	isVisible(event: Event, identity: Identity): boolean {
		return (
			event.status !== 'IN_PROGRESS' || identity.scope === 'ADMIN' || isAuthor(event, identity)
		);
	}

	/** Sets the status of a case, with what hangs on it: dates, history, the day its files may go. */
	setCaseStatus(item: Case, status: string, by: string): void {
		const now = this.now();
		if (item.status !== status) item.history.push({ status, at: now, by });
		item.status = status;
		item.updateDateTime = now;
		item.closeDateTime = status === 'CLOSED' ? now : null;
		const process = this.processes.find(item.folder.processCode);
		if (process?.statusBeforeFileDeletion === status) {
			const days = process.timeBeforeFileDeletion + 1;
			item.purgeAt = this.clock.milliseconds() + days * DAY_MS;
		}
	}

	/** Puts a work item into the queue of a recipient. */
	notify(
		item: Case,
		recipient: OrganizationIdentifier,
		transmitter: OrganizationIdentifier,
		eventId: string | null,
	): Notification {
		const notification: Notification = {
			id: randomUUID(),
			recipient,
			transmitter,
			processCode: item.folder.processCode,
			caseId: item.id,
			eventId,
			dateTime: this.now(),
		};
		this.notifications.set(notification.id, notification);
		return notification;
	}

	/** Notifies the other side of an event (or its author, once it is received). */
	notifyOfEvent(item: Case, event: Event, to: Side): Notification {
		const recipient = to === 'SI' ? item.recipient : item.folder.owner;
		const transmitter = to === 'SI' ? item.folder.owner : item.recipient;
		return this.notify(item, recipient, transmitter, event.id);
	}

	/** Does what was due since the last call: notifications of completed folders, purges. */
	settle(): void {
		const now = this.clock.milliseconds();
		for (const folder of this.folders.values()) {
			if (folder.notifyAt !== null && folder.notifyAt <= now) this.notifyRecipients(folder);
		}
		for (const item of this.cases.values()) {
			if (item.purgeAt !== null && item.purgeAt <= now) this.purge(item, now);
		}
	}

	/**
	 * Moves a completed folder and its cases to HUBEE_NOTIFIED and fills the queues of the
	 * recipients.
	 */
	notifyRecipients(folder: Folder): Notification[] {
		folder.notifyAt = null;
		folder.globalStatus = 'HUBEE_NOTIFIED';
		folder.updateDateTime = this.now();
		return this.casesOf(folder).map((item) => {
			this.setCaseStatus(item, 'HUBEE_NOTIFIED', 'hub');
			item.transmissionDateTime = this.now();
			return this.notify(item, item.recipient, folder.owner, null);
		});
	}

	/** A file goes once all cases that share it may lose it. */
	private purge(item: Case, now: number): void {
		const spared = new Set(
			this.casesOf(item.folder)
				.filter(({ purgeAt }) => purgeAt === null || purgeAt > now)
				.map(({ externalId }) => externalId),
		);
		for (const attachment of this.attachmentsOf(item)) {
			if (!attachment.recipients.some((recipient) => spared.has(recipient))) {
				attachment.status = 'DELETED';
				attachment.file = null;
			}
		}
		if (this.attachmentsOf(item).every(({ status }) => status === 'DELETED')) item.purgeAt = null;
	}
}

/** The side of a case on which a caller acts. */
export function sideOf(identity: Identity): Side {
	return identity.scope === 'SI' ? 'SI' : 'OSL';
}

export function otherSide(side: Side): Side {
	return side === 'SI' ? 'OSL' : 'SI';
}

export function isAuthor(event: Event, identity: Identity): boolean {
	return event.side === sideOf(identity);
}
