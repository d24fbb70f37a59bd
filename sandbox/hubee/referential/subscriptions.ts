import { randomUUID } from 'node:crypto';

import type { MockClock } from '../../mock-server';
import { organizationId, sameOrganization } from '../model';
import type { OrganizationIdentifier } from '../model';

import type { Organizations } from './organizations';
import type { Processes } from './processes';

/** A subscription as a caller gives it. */
export interface SubscriptionDeclaration {
	datapassId: number;
	processCode: string;
	subscriber: OrganizationIdentifier & { name?: string | null };
	notificationFrequency: string;
	localAdministrator: { email: string } & Record<string, unknown>;
	accessMode?: string | null;
	status?: string | null;
	email?: string | null;
	delegationActor?: Record<string, unknown> | null;
	activateDateTime?: string | null;
	validateDateTime?: string | null;
	rejectDateTime?: string | null;
	endDateTime?: string | null;
	updateDateTime?: string | null;
	rejectionReason?: string | null;
}

export interface Subscription extends SubscriptionDeclaration {
	id: string;
	/** Not in the published contract, yet in every real answer. */
	creationDateTime: string;
}

const OPTIONAL = {
	accessMode: null,
	email: null,
	delegationActor: null,
	activateDateTime: null,
	validateDateTime: null,
	rejectDateTime: null,
	endDateTime: null,
	rejectionReason: null,
};

/** Which organization takes part in which process. */
export class Subscriptions {
	private readonly byId = new Map<string, Subscription>();

	constructor(
		private readonly clock: MockClock,
		private readonly organizations: Organizations,
		private readonly processes: Processes,
	) {}

	find(id: string): Subscription | undefined {
		return this.byId.get(id.toLowerCase());
	}

	all(): Subscription[] {
		return [...this.byId.values()];
	}

	/** The subscription of an organization to a process, whatever its status. */
	of(subscriber: OrganizationIdentifier, processCode: string): Subscription | undefined {
		return this.all().find(
			(subscription) =>
				subscription.processCode === processCode &&
				sameOrganization(subscription.subscriber, subscriber),
		);
	}

	/** Whether the organization may be a recipient of the process. */
	isActive(subscriber: OrganizationIdentifier, processCode: string): boolean {
		return this.of(subscriber, processCode)?.status === 'Actif';
	}

	/** What the hub has against a declaration; `ownId` is the subscription it shall replace. */
	faults(declaration: SubscriptionDeclaration, ownId?: string): string[] {
		const { subscriber, processCode } = declaration;
		const organization = organizationId(subscriber);
		const existing = this.of(subscriber, processCode);
		if (existing !== undefined && existing.id !== ownId) {
			return [`Subscription ${processCode} for organization ${organization} already exists`];
		}
		const faults: string[] = [];
		if (this.organizations.find(organization) === undefined) {
			faults.push(`Organization ${organization} does not exist`);
		}
		if (this.processes.find(processCode) === undefined) {
			faults.push(`Process ${processCode} does not exist`);
		}
		return faults;
	}

	/** Creates a subscription, inactive unless it says otherwise. */
	create(declaration: SubscriptionDeclaration): Subscription {
		return this.store(declaration, randomUUID(), this.clock.now().toISOString());
	}

	/** Replaces a subscription whole. What is left out is gone, except the status. */
	replace(existing: Subscription, declaration: SubscriptionDeclaration): Subscription {
		const status = declaration.status ?? existing.status;
		return this.store({ ...declaration, status }, existing.id, existing.creationDateTime);
	}

	clear(): void {
		this.byId.clear();
	}

	private store(
		declaration: SubscriptionDeclaration,
		id: string,
		creationDateTime: string,
	): Subscription {
		const name = this.organizations.find(organizationId(declaration.subscriber))?.name ?? null;
		const subscription: Subscription = {
			...OPTIONAL,
			...declaration,
			status: declaration.status ?? 'Inactif',
			subscriber: { ...declaration.subscriber, name },
			id,
			creationDateTime,
			updateDateTime: this.clock.now().toISOString(),
		};
		this.byId.set(id, subscription);
		return subscription;
	}
}
