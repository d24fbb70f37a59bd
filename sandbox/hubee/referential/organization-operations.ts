import { json } from '../../mock-server';
import type { Answer } from '../../mock-server';
import { notFound, Refusal } from '../gateway/refusal';
import type { OperationContext } from '../hub/context';
import { organizationId } from '../model';

import type { Organization, OrganizationDeclaration } from './organizations';
import { knownColumn, pageOf, sorted } from './paging';

const COLUMNS: Record<string, (organization: Organization) => unknown> = {
	code: ({ code }) => code,
	type: ({ type }) => type,
	name: ({ name }) => name,
	company_register: ({ companyRegister }) => companyRegister,
	// Spelled like this in the contract.
	branche_code: ({ branchCode }) => branchCode,
	country: ({ country }) => country,
	postal_code: ({ postalCode }) => postalCode,
	territory: ({ territory }) => territory,
	email: ({ email }) => email,
	phone_number: ({ phoneNumber }) => phoneNumber,
	status: ({ status }) => status,
	create_date_time: ({ createDateTime }) => createDateTime,
};

export function listOrganizations({ hub, call }: OperationContext): Answer {
	const { query } = call;
	const type = query.get('type');
	const companyRegister = query.get(hub.settings.organizationRegisterParameter);
	const orderBy = query.get('orderBy');
	const found = hub.organizations
		.all()
		.filter(
			(organization) =>
				(type === null || organization.type === type) &&
				(companyRegister === null || organization.companyRegister === companyRegister),
		);
	const ordered = orderBy === null ? found : sorted(found, knownColumn(COLUMNS, orderBy));
	const page = pageOf('Organizations', ordered, call, hub.settings);
	const headers: Record<string, string> = hub.settings.organizationContentRange
		? { 'content-range': page.range }
		: {};
	return json(200, page.items, headers);
}

export function getOrganization({ hub, path }: OperationContext): Answer {
	const organization = hub.organizations.find(path.id ?? '');
	if (organization === undefined) throw notFound('Organization');
	return json(200, organization);
}

export function createOrganization({ hub, body }: OperationContext): Answer {
	const declaration = body as OrganizationDeclaration;
	const id = organizationId(declaration);
	if (hub.organizations.find(id) !== undefined) {
		throw new Refusal(400, `Organization ${id} already exists`);
	}
	return json(201, hub.organizations.put(declaration));
}

/** The contract lists no 404 for this operation. */
export function putOrganization({ hub, path, body }: OperationContext): Answer {
	const declaration = body as OrganizationDeclaration;
	const id = path.id ?? '';
	if (hub.organizations.find(id) === undefined) {
		throw new Refusal(400, `Organization ${id} does not exist`);
	}
	if (organizationId(declaration) !== id) {
		throw new Refusal(400, `Organization ${organizationId(declaration)} is not ${id}`);
	}
	return json(200, hub.organizations.put(declaration));
}
