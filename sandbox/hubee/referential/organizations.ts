import type { MockClock } from '../../mock-server';
import { organizationId } from '../model';
import type { OrganizationIdentifier } from '../model';

export interface Organization extends OrganizationIdentifier {
	name: string;
	code?: string | null;
	country?: string | null;
	postalCode: string;
	territory: string;
	email: string | null;
	phoneNumber?: string | null;
	status: string;
	createDateTime: string;
	updateDateTime: string | null;
}

/** An organization as a caller gives it. */
export type OrganizationDeclaration = Omit<Organization, 'createDateTime' | 'updateDateTime'>;

const OPTIONAL = { code: null, country: null, phoneNumber: null };

/** Organizations by their id (`SI-22770001000019-77372`). */
export class Organizations {
	private readonly byId = new Map<string, Organization>();

	constructor(private readonly clock: MockClock) {}

	find(id: string): Organization | undefined {
		return this.byId.get(id);
	}

	all(): Organization[] {
		return [...this.byId.values()];
	}

	/** Adds or replaces; an existing one keeps its date of creation. */
	put(declaration: OrganizationDeclaration): Organization {
		const id = organizationId(declaration);
		const existing = this.byId.get(id);
		const now = this.clock.now().toISOString();
		const organization: Organization = {
			...OPTIONAL,
			...declaration,
			createDateTime: existing?.createDateTime ?? now,
			updateDateTime: existing ? now : null,
		};
		this.byId.set(id, organization);
		return organization;
	}

	clear(): void {
		this.byId.clear();
	}
}
