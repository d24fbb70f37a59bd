import { allSettledOrThrow } from '../../lib/all-settled';
import { GuichetError } from '../../lib/errors/guichet-error';
import type { ItemContext } from '../../lib/node/item-context';
import {
	type FindOutcome,
	type Operation,
	type OperationResult,
	OutputItem,
} from '../../lib/node/operation';
import { ALL_ACCOUNTS } from './accounts';
import type { HubEeApi } from './connect';

/**
 * The same operation for the account that the item chooses, or for every account of the credential.
 * Each result then says whose it is, and one failing account does not stop the others.
 */
export function perAccount(operation: Operation<HubEeApi>): Operation<HubEeApi> {
	const { creates } = operation;
	return {
		...operation,
		...(typeof creates === 'object'
			? { creates: { findOutcome: perOneAccount(creates.findOutcome) } }
			: {}),
		run: async (context) => await runForAccounts(operation, context),
	};
}

/**
 * Looks for an earlier outcome in the one account that the item chooses. For all accounts together
 * there is no such look: the failure of one says nothing about the others.
 */
function perOneAccount(findOutcome: FindOutcome<HubEeApi>): FindOutcome<HubEeApi> {
	return async (context, failure) => {
		const account = chosenAccount(context);
		if (account === ALL_ACCOUNTS) return undefined;
		const result = await findOutcome(context.withApi(context.api.forAccount(account)), failure);
		return result === undefined ? undefined : ofAccount(result, account);
	};
}

const chosenAccount = (context: ItemContext<HubEeApi>): string =>
	context.group('options').optionalText('account') ?? '';

async function runForAccounts(
	operation: Operation<HubEeApi>,
	context: ItemContext<HubEeApi>,
): Promise<OperationResult> {
	const account = chosenAccount(context);
	if (account !== ALL_ACCOUNTS) return await runFor(operation, context, account);
	const names = context.api.accountNames;
	const results = await allSettledOrThrow(
		names.map(
			async (name) =>
				await runFor(operation, context, name, true).catch((error: unknown) => {
					if (context.signal?.aborted) throw error;
					return [new OutputItem({ account: name }, {}, { failure: error })];
				}),
		),
	);
	const items = results.flat();
	const failed = items.filter(({ origin }) => origin.failure !== undefined);
	// No account worked, so there is no result that the failure could take along.
	const [first] = failed;
	if (first && failed.length === items.length) throw failureOfAll(first.origin.failure, names);
	return items;
}

/** An account in a sentence. */
export const accountText = (name: string): string =>
	name === '' ? 'the main account' : `account "${name}"`;

/** The first failure, where no account worked. */
export function failureOfAll(first: unknown, names: string[]): unknown {
	const [account, ...others] = names;
	if (!(first instanceof GuichetError) || account === undefined || others.length === 0)
		return first;
	const told = `None of the ${names.length} accounts worked; this is the failure of ${accountText(account)}.`;
	return first.with({
		hint: [told, first.details.hint].filter(Boolean).join(' '),
		data: { ...first.details.data, account },
	});
}

async function runFor(
	operation: Operation<HubEeApi>,
	context: ItemContext<HubEeApi>,
	account: string,
	isOneOfMany = account !== '',
): Promise<OutputItem[]> {
	const result = await operation.run(context.withApi(context.api.forAccount(account)));
	return ofAccount(result, account, isOneOfMany);
}

/** Results with whose they are, where that is not plain. */
function ofAccount(
	result: OperationResult,
	account: string,
	isOneOfMany = account !== '',
): OutputItem[] {
	const items = (Array.isArray(result) ? result : [result]).map((one) =>
		one instanceof OutputItem ? one : new OutputItem(one),
	);
	if (!isOneOfMany) return items;
	return items.map(
		({ json, binary, origin }) => new OutputItem({ account, ...json }, binary, origin),
	);
}
