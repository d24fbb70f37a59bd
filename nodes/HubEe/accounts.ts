import { trimmedText } from '../../lib/answers/json';
import { GuichetError, invalidInput } from '../../lib/errors/guichet-error';
import type { HubEeCredential } from './api/connection';

/** What a person writes into "Account" to go over all of them, the main one included. */
export const ALL_ACCOUNTS = '*';

/** One pair of client ID and secret, with the name by which nodes choose it. */
export interface HubEeAccount {
	name: string;
	clientId: string;
	clientSecret: string;
	scope?: string;
}

/**
 * The further accounts of a credential. HubEE hands out one pair per subscription, so that a
 * software editor holds hundreds; they are one JSON list, masked as a whole.
 *
 * @throws GuichetError `invalid_input`, which names the entry and never shows its secret
 */
export function furtherAccounts(credential: HubEeCredential): HubEeAccount[] {
	const field = 'Further Accounts of the HubEE credential';
	const text = credential.accountSecrets?.trim() ?? '';
	if (text === '') return [];
	let list: unknown;
	try {
		list = JSON.parse(text);
	} catch {
		throw notAList(field);
	}
	if (!Array.isArray(list)) throw notAList(field);
	const names = new Set<string>();
	return (list as Array<Partial<HubEeAccount> | null>).map((entry, index) => {
		const account = {
			name: trimmedText(entry?.name),
			clientId: trimmedText(entry?.clientId),
			clientSecret: trimmedText(entry?.clientSecret),
			scope: trimmedText(entry?.scope) || undefined,
		};
		const missing = (['name', 'clientId', 'clientSecret'] as const).filter(
			(key) => account[key] === '',
		);
		if (missing.length > 0)
			throw invalidInput(field, `lack ${missing.join(', ')} in entry ${index + 1}`);
		if (account.name === ALL_ACCOUNTS || names.has(account.name))
			throw invalidInput(
				field,
				`use the name "${account.name}" twice or reserve it: entry ${index + 1}`,
			);
		names.add(account.name);
		return account;
	});
}

function notAList(field: string): GuichetError {
	return invalidInput(
		field,
		'must be a JSON list such as [{"name":"Lyon","clientId":"…","clientSecret":"…"}]',
	);
}

/** The credential of one account: the main pair for an empty name. */
export function credentialOf(credential: HubEeCredential, name: string): HubEeCredential {
	if (name === '') return credential;
	const accounts = furtherAccounts(credential);
	const account = accounts.find((candidate) => candidate.name === name);
	if (account)
		return {
			...credential,
			clientId: account.clientId,
			clientSecret: account.clientSecret,
			scope: account.scope ?? credential.scope,
		};
	throw invalidInput(
		'Account',
		`"${name}" is not in the credential`,
		accounts.length > 0
			? `It has ${accounts.length} further accounts, among them ${accounts
					.slice(0, 5)
					.map((candidate) => `"${candidate.name}"`)
					.join(', ')}.`
			: 'It has no further accounts: leave Account empty.',
	);
}

/**
 * The names of all accounts, the main one's being empty. It is left out where its pair is in the
 * list too, so that each account is polled once.
 */
export function accountNames(credential: HubEeCredential): string[] {
	const further = furtherAccounts(credential);
	const isListed = further.some(
		({ clientId, scope = credential.scope }) =>
			clientId === credential.clientId.trim() && scope === credential.scope,
	);
	return [...(isListed ? [] : ['']), ...further.map(({ name }) => name)];
}
