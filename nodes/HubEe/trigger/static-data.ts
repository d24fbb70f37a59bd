import { DAY_MS } from '../../../lib/time/durations';

/** What one account gave in a poll. */
export type AccountOutcome<Result> =
	{ account: string; result: Result | undefined } | { account: string; failure: unknown };

/** An account whose queue cannot be read. Times in milliseconds since 1970, UTC. */
export interface FailingAccount {
	since: number;
	/** When it was said on the second output. */
	reportedAt?: number;
}

/**
 * The accounts that fail now, and those of them that are to be reported: after a day, and once a
 * day from then on.
 */
export function failingAccounts(
	before: Record<string, FailingAccount> = {},
	failed: readonly string[],
	now: number,
): { failing: Record<string, FailingAccount>; report: string[] } {
	const failing: Record<string, FailingAccount> = {};
	const report: string[] = [];
	for (const account of failed) {
		const known = Object.hasOwn(before, account) ? before[account] : undefined;
		const { since, reportedAt } = known ?? { since: now };
		const isDue = now - since >= DAY_MS && (reportedAt === undefined || now - reportedAt >= DAY_MS);
		if (isDue) report.push(account);
		failing[account] = isDue ? { since, reportedAt: now } : { since, reportedAt };
	}
	return { failing, report };
}

/** Where n8n keeps the states: the main account's as it always was, those of the others by name. */
export interface TriggerMemory {
	queue?: unknown;
	accounts?: Record<string, unknown>;
	/** Accounts whose queue cannot be read. */
	failing?: Record<string, FailingAccount>;
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
