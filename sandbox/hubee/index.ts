export { HubEeAdminClient } from './admin-client';
export type {
	AttachmentOverview,
	CaseOverview,
	CreatedEvent,
	Drop,
	Dropped,
	DroppedAttachment,
	DroppedFile,
	DropMany,
	EventOverview,
	FileContent,
	FolderOverview,
	IncomingEvent,
} from './administration/types';
export type { ScanRule } from './hub/antivirus';
export { generatedContent, generatedSha256 } from './hub/generated-content';
export type { Client, Notification, OrganizationIdentifier, Scope } from './model';
export { HubEeSandbox, startHubEeSandbox } from './sandbox';
export type { HubEeSandboxOptions } from './sandbox';
export { OSL, SI_ORGANIZATIONS } from './seed';
export { DEFAULT_SETTINGS } from './settings';
export type { HubEeSettings } from './settings';
