import type { IDataObject } from 'n8n-workflow';
import pLimit from 'p-limit';

import { GuichetError } from '../../../lib/errors/guichet-error';
import type { ItemContext } from '../../../lib/node/item-context';
import type { Resource } from '../../../lib/node/operation';
import { ALL_ACCOUNTS } from '../accounts';
import type { HubEeApi } from '../connect';

/** Each with a connection of its own. */
const TRIED_AT_ONCE = 4;

/** All accounts of the credential, unless one is chosen. One that does not work is no failure. */
async function check(context: ItemContext<HubEeApi>): Promise<IDataObject[]> {
	const chosen = context.group('options').optionalText('account') ?? ALL_ACCOUNTS;
	const names = chosen === ALL_ACCOUNTS ? context.api.accountNames : [chosen];
	const limit = pLimit(TRIED_AT_ONCE);
	return await Promise.all(
		names.map(async (name) => await limit(async () => await checkOne(context, name))),
	);
}

async function checkOne(context: ItemContext<HubEeApi>, name: string): Promise<IDataObject> {
	context.signal?.throwIfAborted();
	const account = context.api.forAccount(name);
	const facts = { account: name, scope: account.role };
	const failure = await account.testAccount().then(
		() => undefined,
		(error: unknown) => {
			if (error instanceof GuichetError) return error;
			throw error;
		},
	);
	if (!failure) return { ...facts, works: true };
	const { hint = null, status = null } = failure.details;
	return { ...facts, works: false, code: failure.code, reason: failure.message, hint, status };
}

export const accountResource: Resource<HubEeApi> = {
	name: 'Account',
	value: 'account',
	description: 'The client IDs of the credential',
	operations: [
		{
			name: 'Check',
			value: 'check',
			mode: 'once',
			action: 'Check the accounts of the credential',
			description:
				'Take a token for every account, and ask for what its scope is for; one item for each account, in "works" whether it does. Nothing is changed.',
			fields: [],
			run: check,
		},
	],
};
