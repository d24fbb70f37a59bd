import type { Hub } from '../hub/hub';
import { otherSide } from '../hub/hub';
import type { StoredFile } from '../hub/files';
import { storeEvent } from '../hub/events';
import { storeFolder } from '../hub/folders';
import { identifierOf, organizationId } from '../model';
import type { Attachment } from '../model';
import { OSL, SI_ORGANIZATIONS } from '../seed';

import type {
	CreatedEvent,
	NewDeposit,
	ManyDeposits,
	Deposited,
	DepositedFile,
	DepositRecipient,
	IncomingEvent,
} from './types';

/**
 * Puts télédossiers and events into the hub, past the gateway, as if their authors had done all
 * the steps.
 */
export class Deposits {
	private lastNumber = 0;

	constructor(private readonly hub: Hub) {}

	/**
	 * Deposits a télédossier: HUBEE_NOTIFIED at once, its files RECEIVED, one notification for each
	 * recipient.
	 */
	async deposit(deposit: NewDeposit): Promise<Deposited> {
		const processCode = deposit.processCode ?? 'CERTDC';
		const externalId = deposit.externalId ?? this.nextExternalId(processCode);
		const recipients: DepositRecipient[] = deposit.recipients ?? [SI_ORGANIZATIONS.paris];
		const caseIds = recipients.map(
			(_recipient, index) => `${externalId}-${String(index + 1).padStart(2, '0')}`,
		);
		const files = await Promise.all(deposit.files.map((file, index) => this.store(file, index)));
		const folder = storeFolder(
			this.hub,
			this.hub.processes.find(processCode)?.osl ?? OSL,
			{
				processCode,
				externalId,
				applicant: deposit.applicant ?? { firstName: 'Adeline', lastName: 'Test' },
				cases: recipients.map((recipient, index) => ({
					externalId: caseIds[index] ?? '',
					recipient: identifierOf(recipient),
					partnerAttributes: recipient.partnerAttributes ?? null,
				})),
				attachments: deposit.files.map((file, index) => ({
					...declarationOf(file, files[index]),
					recipients: recipientsOf(file, caseIds),
				})),
			},
			null,
		);
		folder.attachments.forEach((attachment, index) => receive(attachment, files[index]));
		const notifications = this.hub.notifyRecipients(folder);
		return {
			folderId: folder.id,
			externalId,
			cases: this.hub.casesOf(folder).map((item, index) => ({
				id: item.id,
				externalId: item.externalId,
				recipient: item.recipient,
				notificationId: notifications[index]?.id ?? '',
			})),
			attachments: folder.attachments.map((attachment) => ({
				...summary(attachment),
				recipients: attachment.recipients,
			})),
		};
	}

	/** Deposits many télédossiers of one case each. */
	async depositMany(many: ManyDeposits): Promise<Deposited[]> {
		const { processCode, recipient, seed = 1 } = many;
		const deposited: Deposited[] = [];
		for (let number = 0; number < many.cases; number += 1) {
			const files = Array.from({ length: many.files }, (_value, index) => ({
				fileName: `document-${index + 1}.pdf`,
				mimeType: 'application/pdf',
				content: { size: many.size, seed: seed + number * many.files + index },
			}));
			const recipients = recipient === undefined ? undefined : [recipient];
			deposited.push(await this.deposit({ processCode, recipients, files }));
		}
		return deposited;
	}

	/** Adds an event; a deposit is already SENT with all its files RECEIVED. */
	async incomingEvent(incoming: IncomingEvent): Promise<CreatedEvent> {
		const { caseId, side = 'OSL', files = [], notification = true, ...rest } = incoming;
		const item = this.hub.cases.get(caseId);
		if (item === undefined) throw new Error(`There is no case ${caseId}`);
		const stored = await Promise.all(files.map((file, index) => this.store(file, index)));
		const transmitter = side === 'OSL' ? item.folder.owner : item.recipient;
		const event = storeEvent(
			item,
			{
				...rest,
				notification,
				caseCurrentStatus: item.status,
				attachments: files.map((file, index) => declarationOf(file, stored[index])),
			},
			{ hub: this.hub, side, transmitter, partnerInfo: null },
		);
		event.attachments.forEach((attachment, index) => receive(attachment, stored[index]));
		event.status = 'SENT';
		if (event.caseNewStatus) {
			this.hub.setCaseStatus(item, event.caseNewStatus, organizationId(transmitter));
		}
		const to = otherSide(side);
		return {
			eventId: event.id,
			notificationId: notification ? this.hub.notifyOfEvent(item, event, to).id : null,
			attachments: event.attachments.map(summary),
		};
	}

	reset(): void {
		this.lastNumber = 0;
	}

	private nextExternalId(processCode: string): string {
		this.lastNumber += 1;
		// The case adds three characters, and a case has thirty.
		return `SBX-${processCode.slice(0, 9)}-${String(this.lastNumber).padStart(13, '0')}`;
	}

	private async store({ content }: DepositedFile, index: number): Promise<StoredFile> {
		if ('size' in content)
			return await this.hub.files.generated(content.seed ?? index + 1, content.size);
		const bytes =
			'base64' in content
				? Buffer.from(content.base64, 'base64')
				: Buffer.from(content.text, 'utf8');
		return await this.hub.files.fromBytes(bytes);
	}
}

function declarationOf(
	file: DepositedFile,
	stored: StoredFile | undefined,
): { fileName: string; type: string; size: number; mimeType: string } {
	return {
		fileName: file.fileName,
		type: file.type ?? 'documents',
		size: stored?.size ?? 0,
		mimeType: file.mimeType ?? 'application/octet-stream',
	};
}

function recipientsOf(file: DepositedFile, caseIds: string[]): string[] {
	return caseIds.filter((_id, index) => file.cases === undefined || file.cases.includes(index));
}

function receive(attachment: Attachment, file: StoredFile | undefined): void {
	attachment.file = file ?? null;
	attachment.status = 'RECEIVED';
}

function summary(attachment: Attachment): {
	id: string;
	fileName: string;
	size: number;
	sha256: string;
} {
	const { id, fileName, size, file } = attachment;
	return { id, fileName, size, sha256: file?.sha256 ?? '' };
}
