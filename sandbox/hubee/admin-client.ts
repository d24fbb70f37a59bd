import { MockServerAdminClient } from '../mock-server';

import type { NewSubscriber } from './administration/routes';
import type {
	CaseOverview,
	CreatedEvent,
	NewDeposit,
	Deposited,
	ManyDeposits,
	FolderOverview,
	IncomingEvent,
} from './administration/types';
import type { ScanRule } from './hub/antivirus';
import type { AttachmentStatus, Client, Notification } from './model';
import type { HubEeSettings } from './settings';

/** Steers the HubEE sandbox from another process. */
export class HubEeAdminClient extends MockServerAdminClient {
	/** Clients of the token endpoint, with their secrets. */
	async credentials(): Promise<Client[]> {
		return await this.request('GET', '/credentials');
	}

	/** Deposits a télédossier: HUBEE_NOTIFIED at once, with its notifications. */
	async deposit(deposit: NewDeposit): Promise<Deposited> {
		return await this.request('POST', '/deposit', deposit);
	}

	/** Deposits many télédossiers of one case each, with deterministic content. */
	async depositMany(many: ManyDeposits): Promise<Deposited[]> {
		return await this.request('POST', '/deposit-many', many);
	}

	/** Adds an event to a case as the OSL (or the SI). */
	async incomingEvent(event: IncomingEvent): Promise<CreatedEvent> {
		return await this.request('POST', '/incoming-event', event);
	}

	async cases(): Promise<CaseOverview[]> {
		return await this.request('GET', '/cases');
	}

	async folders(): Promise<FolderOverview[]> {
		return await this.request('GET', '/folders');
	}

	/** Everything in every queue. */
	async notifications(): Promise<Notification[]> {
		return await this.request('GET', '/notifications');
	}

	async expireTokens(): Promise<void> {
		await this.request('POST', '/expire-tokens');
	}

	/** Decides what the antivirus will say of coming uploads. */
	async scanNext(rule: ScanRule): Promise<void> {
		await this.request('POST', '/scan-next', rule);
	}

	async setAttachmentStatus(id: string, status: AttachmentStatus): Promise<void> {
		await this.request('POST', '/attachment-status', { id, status });
	}

	/** Adds an SI with active subscriptions and a client of its own. */
	async addSubscriber(subscriber: NewSubscriber): Promise<Client> {
		return await this.request('POST', '/subscribers', subscriber);
	}

	async settings(): Promise<HubEeSettings> {
		return await this.request('GET', '/settings');
	}

	async configure(change: Partial<HubEeSettings>): Promise<HubEeSettings> {
		return await this.request('PATCH', '/settings', change);
	}
}
