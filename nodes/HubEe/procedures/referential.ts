import { domainToASCII } from 'node:url';

import type { IDataObject } from 'n8n-workflow';

import { GuichetError, invalidInput, recoverFrom } from '../../../lib/errors/guichet-error';
import type { Fields } from '../../../lib/node/fields';
import type { ItemContext } from '../../../lib/node/item-context';
import {
	organizationPathId,
	type ReferentialClient,
	type ReferentialObject,
} from '../api/referential';
import type { Organization, OrganizationIdentifier, Subscription } from '../api/types';
import type { HubEeApi } from '../connect';
import { organizationIdentifier } from './organization-identifier';

/**
 * The gateway's patterns (subscription contract 1.2.3): no `+` in addresses, no top-level domain
 * longer than four letters.
 */
const EMAIL = /^[a-zA-Z0-9._-]+@[a-zA-Z0-9._-]{2,}\.[a-z]{2,4}$/;
const PHONE = /^\+?\d{10,20}$/;

export const identifierOf = (context: ItemContext<HubEeApi>): OrganizationIdentifier =>
	organizationIdentifier(context, context.text('organizationType', { maxLength: 20 }), (text) =>
		context.warn(text),
	);

/** An e-mail address where HubEE asks for nothing but one. */
export function mailboxOf(fields: Fields, name: string): string | undefined {
	const text = fields.optionalText(name, { maxLength: 320 });
	if (text === undefined) return undefined;
	const at = text.lastIndexOf('@');
	const domain = domainToASCII(text.slice(at + 1));
	if (at > 0 && /^[^\s@]+$/.test(text.slice(0, at)) && domain.includes('.'))
		return `${text.slice(0, at)}@${domain}`;
	throw invalidInput(fields.label(name), 'must be one e-mail address, such as mairie@ville.fr');
}

/**
 * The e-mail address of an administrator, which HubEE takes in few forms only. The domain is
 * written as the network writes it: in lower case, without accents.
 */
export function emailOf(fields: Fields, name: string): string | undefined {
	const email = mailboxOf(fields, name);
	if (email === undefined || EMAIL.test(email)) return email;
	throw invalidInput(
		fields.label(name),
		`is not accepted by HubEE: ${emailProblem(email)}`,
		'The limit is HubEE\u2019s own (subscription contract 1.2.3). Use another address, for instance an alias.',
	);
}

function emailProblem(email: string): string {
	const at = email.lastIndexOf('@');
	const strange = [...new Set(email.slice(0, at).replace(/[\w.-]/g, ''))];
	if (strange.length > 0)
		return `before the @ it takes letters without accents, digits, dot, hyphen and underscore, and not ${strange.join(' ')}`;
	const end = email.slice(email.lastIndexOf('.') + 1);
	if (!/^[a-z]{2,4}$/.test(end)) return `its end ".${end}" is not two to four letters`;
	return 'the part between @ and the last dot must have two characters or more';
}

/** A phone number with the spaces, dots and hyphens that people write taken out. */
export function phoneOf(fields: Fields, name: string): string | undefined {
	const text = fields.optionalText(name);
	if (text === undefined) return undefined;
	const bare = text.replace(/[\s.-]/g, '');
	if (PHONE.test(bare)) return bare;
	throw invalidInput(
		fields.label(name),
		'must be a phone number of 10 to 20 digits, with + in front or without',
	);
}

/** The changes a person gives, as an object that is not empty. */
export function changesOf(context: ItemContext<HubEeApi>): ReferentialObject {
	const changes = context.json('changes');
	if (typeof changes !== 'object' || Array.isArray(changes) || Object.keys(changes).length === 0)
		throw invalidInput(context.label('changes'), 'must be a JSON object with at least one field');
	return changes;
}

/** Leaves out what was not given: the gateway refuses null. */
export function withoutEmptyFields(object: ReferentialObject): ReferentialObject {
	return Object.fromEntries(
		Object.entries(object).filter(([, value]) => value !== undefined && value !== ''),
	);
}

const alreadyExists = (error: unknown): boolean =>
	error instanceof GuichetError &&
	(error.details.serviceMessages ?? []).some((text) => /already exists/i.test(text));

/** An answer was lost: whether the thing exists now has to be looked up. */
const mayExist = (error: unknown): boolean =>
	alreadyExists(error) || (error instanceof GuichetError && error.details.outcome === 'unknown');

/**
 * The organization, existing or created. Two that do this at once both succeed: the hub refuses the
 * second creation, which is then looked up.
 */
export async function ensureOrganization(
	client: ReferentialClient,
	identifier: OrganizationIdentifier,
	organization: () => ReferentialObject,
): Promise<{ organization: Organization; created: boolean }> {
	const id = organizationPathId(identifier);
	const existing = await client.organization(id).catch(recoverFrom(undefined, 'not_found'));
	if (existing) return { organization: existing, created: false };
	return await client.createOrganization(organization()).then(
		(created) => ({ organization: created, created: true }),
		async (error: unknown) => {
			// Where the look-up fails too, the failure of the creation is what counts.
			const found = mayExist(error)
				? await client.organization(id).catch(() => undefined)
				: undefined;
			if (!found) throw error;
			return { organization: found, created: false };
		},
	);
}

/**
 * The subscription of an organization to a process, or none: the list is filtered by SIRET only, so
 * the branch is compared here.
 */
async function findSubscription(
	client: ReferentialClient,
	subscriber: OrganizationIdentifier,
	processCode: string,
): Promise<Subscription | undefined> {
	const candidates = await client.subscriptions({
		companyRegister: subscriber.companyRegister,
		processCode: [processCode],
	});
	const own = candidates.filter(
		(candidate) =>
			candidate.processCode === processCode &&
			candidate.subscriber.branchCode === subscriber.branchCode &&
			candidate.subscriber.companyRegister === subscriber.companyRegister &&
			candidate.subscriber.type === subscriber.type,
	);
	// What is in force counts before what was refused or suspended once.
	return (
		own.find(({ status }) => status === 'Actif') ??
		own.find(({ status }) => status === 'Inactif') ??
		own[0]
	);
}

/** The subscription, existing or created; safe to do twice, also at once. */
export async function ensureSubscription(
	client: ReferentialClient,
	subscriber: OrganizationIdentifier,
	processCode: string,
	subscription: () => ReferentialObject,
): Promise<{ subscription: Subscription; created: boolean }> {
	const find = async () => await findSubscription(client, subscriber, processCode);
	const existing = await find();
	if (existing) return { subscription: existing, created: false };
	return await client.createSubscription(subscription()).then(
		(created) => ({ subscription: created, created: true }),
		async (error: unknown) => {
			const found = mayExist(error) ? await find().catch(() => undefined) : undefined;
			if (!found) throw error;
			return { subscription: found, created: false };
		},
	);
}

/** A subscription as our nodes give it. */
export function subscriptionItem({ id, ...rest }: Subscription): IDataObject {
	return { subscriptionId: id, ...rest } as unknown as IDataObject;
}
