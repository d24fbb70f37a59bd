/** What one account gave in a poll. */
export type AccountOutcome<Result> =
	{ account: string; result: Result | undefined } | { account: string; failure: unknown };

/** Where n8n keeps the states: the main account's as it always was, those of the others by name. */
export interface TriggerMemory {
	queue?: unknown;
	accounts?: Record<string, unknown>;
}

/** What is stored of an account. */
export function storedState(memory: TriggerMemory, account: string): unknown {
	if (account === '') return memory.queue;
	const { accounts = {} } = memory;
	return Object.hasOwn(accounts, account) ? accounts[account] : undefined;
}

/**
 * The states by name after a poll: new ones where there are any, the stored ones of accounts that
 * failed or were not polled, and none of accounts that the credential no longer has.
 */
export function storedAccounts(
	memory: TriggerMemory,
	changed: ReadonlyMap<string, unknown>,
	allNames: readonly string[],
): Record<string, unknown> {
	const states = allNames
		.filter((account) => account !== '')
		.map((account) => [account, changed.get(account) ?? storedState(memory, account)] as const)
		.filter(([, state]) => state !== undefined);
	return Object.fromEntries(states);
}

/**
 * The accounts in an order that begins elsewhere each time: where time runs out, it is not always
 * the same that wait.
 */
export function rotate(accounts: readonly string[], servedNext: number): string[] {
	const first = accounts.length === 0 ? 0 : servedNext % accounts.length;
	return [...accounts.slice(first), ...accounts.slice(0, first)];
}
