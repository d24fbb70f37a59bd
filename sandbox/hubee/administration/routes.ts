import type { AdminRoutes } from '../../mock-server';
import type { ScanRule } from '../hub/antivirus';
import type { AttachmentStatus, Client, Notification, OrganizationIdentifier } from '../model';

import type {
	CaseOverview,
	CreatedEvent,
	NewDeposit,
	ManyDeposits,
	Deposited,
	FolderOverview,
	IncomingEvent,
} from './types';

/** Body of `POST /subscribers`. */
export interface NewSubscriber {
	organization: OrganizationIdentifier;
	name?: string;
	clientId?: string;
	processCodes?: string[];
}

/** What the administration calls steer. */
export interface AdministeredSandbox {
	readonly credentials: readonly Client[];
	listCases(): CaseOverview[];
	listFolders(): FolderOverview[];
	listNotifications(): Notification[];
	deposit(deposit: NewDeposit): Promise<Deposited>;
	depositMany(many: ManyDeposits): Promise<Deposited[]>;
	incomingEvent(event: IncomingEvent): Promise<CreatedEvent>;
	expireTokens(): void;
	scanNext(rule: ScanRule): void;
	setAttachmentStatus(attachmentId: string, status: AttachmentStatus): void;
	addSubscriber(
		organization: OrganizationIdentifier,
		options: Omit<NewSubscriber, 'organization'>,
	): Client;
}

/** The administration calls of the HubEE sandbox; `HubEeAdminClient` speaks them. */
export function administrationRoutes(sandbox: AdministeredSandbox): AdminRoutes {
	return {
		'GET /credentials': () => sandbox.credentials,
		'GET /cases': () => sandbox.listCases(),
		'GET /folders': () => sandbox.listFolders(),
		'GET /notifications': () => sandbox.listNotifications(),
		'POST /deposit': async ({ body }) => await sandbox.deposit(body as NewDeposit),
		'POST /deposit-many': async ({ body }) => await sandbox.depositMany(body as ManyDeposits),
		'POST /incoming-event': async ({ body }) => await sandbox.incomingEvent(body as IncomingEvent),
		'POST /expire-tokens': () => sandbox.expireTokens(),
		'POST /scan-next': ({ body }) => sandbox.scanNext(body as ScanRule),
		'POST /attachment-status': ({ body }) => {
			const { id, status } = body as { id: string; status: AttachmentStatus };
			sandbox.setAttachmentStatus(id, status);
		},
		'POST /subscribers': ({ body }) => {
			const { organization, ...options } = body as NewSubscriber;
			return sandbox.addSubscriber(organization, options);
		},
	};
}
