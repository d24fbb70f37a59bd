import { randomUUID } from 'node:crypto';

import { empty, json } from '../../mock-server';
import type { Answer } from '../../mock-server';
import { badData, Refusal, unauthorized } from '../gateway/refusal';
import { organizationId, sameOrganization } from '../model';
import type {
	Applicant,
	Attachment,
	Case,
	Folder,
	Identity,
	OrganizationIdentifier,
	PartnerInfo,
} from '../model';

import { attachmentFaults, declared } from './attachments';
import type { AttachmentDeclaration } from './attachments';
import { partnerInfoOf } from './context';
import type { OperationContext } from './context';
import type { Hub } from './hub';
import { FOLDER_STATUSES } from './statuses';
import { folderView } from './views';

/** Body of `POST /folders`. */
export interface FolderDeclaration {
	processCode: string;
	externalId: string;
	applicant: Applicant;
	closeDateTime?: string | null;
	cases: Array<{
		externalId: string;
		recipient: OrganizationIdentifier;
		partnerAttributes?: string | null;
	}>;
	attachments: Array<AttachmentDeclaration & { recipients: string[] }>;
}

/** Creates a folder and its cases in HUBEE_RECEIVED, its attachments in PENDING. */
export function createFolder({ hub, identity, body, call }: OperationContext): Answer {
	const declaration = body as FolderDeclaration;
	refuseForeignProcess(hub, identity, declaration.processCode);
	const faults = folderFaults(hub, identity, declaration);
	if (faults.length > 0) throw badData(faults);
	const owner =
		identity.scope === 'ADMIN'
			? (hub.processes.find(declaration.processCode)?.osl ?? identity.organization)
			: identity.organization;
	const folder = storeFolder(hub, owner, declaration, partnerInfoOf(call));
	return json(201, folderView(hub, folder));
}

/** Stores a folder that has been found correct. */
export function storeFolder(
	hub: Hub,
	owner: OrganizationIdentifier,
	declaration: FolderDeclaration,
	partnerInfo: PartnerInfo | null,
): Folder {
	const now = hub.now();
	const folder: Folder = {
		id: randomUUID(),
		owner,
		globalStatus: 'HUBEE_RECEIVED',
		processCode: declaration.processCode,
		externalId: declaration.externalId,
		applicant: declaration.applicant,
		attachments: declaration.attachments.map(({ recipients, ...rest }) =>
			declared(rest, recipients),
		),
		createDateTime: now,
		updateDateTime: null,
		closeDateTime: declaration.closeDateTime ?? null,
		partnerInfo,
		notifyAt: null,
	};
	const cases = declaration.cases.map(({ externalId, recipient, partnerAttributes }): Case => ({
		id: randomUUID(),
		folder,
		externalId,
		recipient,
		status: 'HUBEE_RECEIVED',
		partnerAttributes: partnerAttributes ?? null,
		createDateTime: now,
		updateDateTime: null,
		transmissionDateTime: null,
		closeDateTime: null,
		events: [],
		history: [{ status: 'HUBEE_RECEIVED', at: now, by: organizationId(owner) }],
		purgeAt: null,
	}));
	hub.addFolder(folder, cases);
	return folder;
}

function refuseForeignProcess(hub: Hub, identity: Identity, processCode: string): void {
	const process = hub.processes.find(processCode);
	if (process === undefined || identity.scope === 'ADMIN') return;
	if (!hub.sendsFor(identity.organization, process)) throw unauthorized();
}

/** Every fault of the data at once. */
function folderFaults(hub: Hub, identity: Identity, folder: FolderDeclaration): string[] {
	const process = hub.processes.find(folder.processCode);
	if (process === undefined) return [`Process ${folder.processCode} does not exist`];
	const faults: string[] = [];
	if (!process.isActivated) faults.push(`Process ${folder.processCode} is not activated`);
	if (hub.settings.uniqueExternalIds && isUsed(hub, identity, folder.externalId)) {
		faults.push(`Folder ${folder.externalId} already exists`);
	}
	for (const { recipient } of folder.cases) {
		const id = organizationId(recipient);
		if (hub.organizations.find(id) === undefined) {
			faults.push(`Case recipient ${id} does not exist`);
		} else if (!hub.subscriptions.isActive(recipient, folder.processCode)) {
			// The wording, with its mistakes, is the hub's own.
			faults.push(`Case recipient ${id} does not suscribed to ${folder.processCode}`);
		}
	}
	const known = folder.cases.map(({ externalId }) => externalId);
	if (new Set(known).size < known.length) faults.push('Cases external ids must be unique');
	for (const attachment of folder.attachments) {
		faults.push(...attachmentFaults(attachment, process, 'OSL'));
		for (const recipient of attachment.recipients) {
			if (!known.includes(recipient)) {
				faults.push(`Attachment recipient ${recipient} is not a case of the folder`);
			}
		}
	}
	return faults;
}

function isUsed(hub: Hub, identity: Identity, externalId: string): boolean {
	return [...hub.folders.values()].some(
		(folder) =>
			folder.externalId === externalId && sameOrganization(folder.owner, identity.organization),
	);
}

export function getFolder({ hub, identity, path }: OperationContext): Answer {
	return json(200, folderView(hub, hub.folderFor(identity, path.folderId ?? '')));
}

/**
 * Changes the status of a folder. HUBEE_COMPLETED on a new folder moves its cases and notifies
 * the recipients; any other change concerns the folder alone.
 */
export function patchFolder({ hub, identity, path, body }: OperationContext): Answer {
	const folder = hub.folderFor(identity, path.folderId ?? '');
	const { globalStatus, closeDateTime } = body as { globalStatus: string; closeDateTime?: string };
	if (!FOLDER_STATUSES.includes(globalStatus)) {
		throw new Refusal(400, `Folder status ${globalStatus} is not allowed`);
	}
	const completes = globalStatus === 'HUBEE_COMPLETED' && folder.globalStatus === 'HUBEE_RECEIVED';
	if (completes && !hub.settings.completeWithMissingFiles) refuseMissingFiles(hub, folder);
	folder.globalStatus = globalStatus;
	folder.updateDateTime = hub.now();
	if (closeDateTime !== undefined) folder.closeDateTime = closeDateTime;
	if (completes) {
		for (const item of hub.casesOf(folder)) {
			hub.setCaseStatus(item, 'HUBEE_COMPLETED', organizationId(identity.organization));
		}
		folder.notifyAt = hub.clock.milliseconds() + hub.settings.notificationDelay;
		hub.settle();
	}
	return empty();
}

function refuseMissingFiles(hub: Hub, folder: Folder): void {
	const missing = folder.attachments.filter((attachment: Attachment) => {
		hub.antivirus.settle(attachment);
		return attachment.status === 'PENDING';
	});
	if (missing.length > 0) {
		throw badData(missing.map(({ fileName }) => `Attachment ${fileName} is not received`));
	}
}

/** Deletes a folder that is still HUBEE_RECEIVED and has neither event nor notification. */
export function deleteFolder({ hub, identity, path }: OperationContext): Answer {
	const folder = hub.folderFor(identity, path.folderId ?? '');
	const cases = hub.casesOf(folder);
	const caseIds = new Set(cases.map(({ id }) => id));
	const inUse =
		cases.some(({ events }) => events.length > 0) ||
		[...hub.notifications.values()].some(({ caseId }) => caseIds.has(caseId));
	if (folder.globalStatus !== 'HUBEE_RECEIVED' || inUse) throw new Refusal(400, 'Bad request');
	hub.removeFolder(folder);
	return empty();
}
