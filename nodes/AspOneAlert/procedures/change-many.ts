import pLimit from 'p-limit';

import { GuichetError, invalidInput } from '../../../lib/errors/guichet-error';
import type { ItemContext } from '../../../lib/node/item-context';
import { OutputItem } from '../../../lib/node/operation';
import type { AlertClient } from '../api/alert-client';
import { type AlertModification, SWITCHES } from '../api/configuration';
import { checkedModification, LABELS, MAIL_LISTS } from '../api/modification';
import { changeOptions, changeOnce, type ChangeOptions, warnOfChange } from './change';
import { uncheckedModificationFromForm } from './from-form';

type Context = ItemContext<AlertClient>;

/** What all items of one account ask for together. */
interface AccountChange {
	modification: AlertModification;
	items: number[];
}

const PARALLEL_ACCOUNTS = 4;

/** Wrong rows that are named in one refusal. */
const MOST_NAMED_ROWS = 10;

/** Failures that every further account would meet as well. */
const FAILURES_FOR_ALL = ['unauthenticated', 'unreachable', 'tls', 'cancelled'];

/**
 * Changes many accounts: checks all items, puts those of the same account together, and only then
 * sends the first call. After a failure that is not about one account, no further call is made.
 */
export async function changeMany(context: Context): Promise<OutputItem[]> {
	const changes = plannedChanges(context);
	const options = changeOptions(context);
	let stop: GuichetError | undefined;
	const limit = pLimit(PARALLEL_ACCOUNTS);
	const results = await Promise.all(
		changes.map((change) =>
			limit(async () => {
				if (stop) return failed(change, notAttempted(stop));
				const result = await attempt(context, change, options);
				const failure = failureOf(result);
				if (failure && FAILURES_FOR_ALL.includes(failure.code)) stop ??= failure;
				return result;
			}),
		),
	);
	const failures = results.flatMap((result) => failureOf(result) ?? []);
	const [first, ...others] = failures;
	if (first && !context.execution.continueOnFail())
		throw summary([first, ...others], results.length);
	return results;
}

async function attempt(
	context: Context,
	change: AccountChange,
	options: ChangeOptions,
): Promise<OutputItem> {
	return await changeOnce(context, change.modification, options).then(
		(json) => {
			warnOfChange(context, change.modification.accountName, json);
			return new OutputItem(json, {}, { items: change.items });
		},
		(error: unknown) => {
			if (error instanceof GuichetError) return failed(change, error);
			throw error;
		},
	);
}

function failed({ modification, items }: AccountChange, error: GuichetError): OutputItem {
	const { accountName } = modification;
	const failure = error.with({
		message: `${accountName}: ${error.message}`,
		data: { ...error.details.data, accountName },
	});
	return new OutputItem({}, {}, { items, failure });
}

const failureOf = ({ origin: { failure } }: OutputItem): GuichetError | undefined =>
	failure instanceof GuichetError ? failure : undefined;

const NOT_ATTEMPTED =
	'not attempted, because an account before it met a failure that would meet all';

const notAttempted = (cause: GuichetError): GuichetError =>
	new GuichetError(cause.code, NOT_ATTEMPTED, {
		hint: cause.message,
		outcome: 'not_done',
		data: cause.details.data,
	});

function summary(failures: [GuichetError, ...GuichetError[]], all: number): GuichetError {
	const failure = failures.find(({ message }) => !message.endsWith(NOT_ATTEMPTED)) ?? failures[0];
	const done = all - failures.length;
	return failure.with({
		hint: [
			failure.details.hint,
			`${done} of ${all} accounts had been completed; they were not undone. Set "On Error" to "Continue" in the node settings to get a result for each account.`,
		]
			.filter(Boolean)
			.join(' '),
		data: { ...failure.details.data, accountsDone: done, accountsFailed: failures.length },
	});
}

/** All changes, checked; nothing has been sent when it throws. */
function plannedChanges(context: Context): AccountChange[] {
	const byAccount = new Map<string, AccountChange>();
	const wrong: string[] = [];
	const check = (row: string, work: () => void) => {
		const refused = refusalOf(work);
		if (refused) wrong.push(`${row}: ${refused.message}`);
	};
	for (let item = 0; item < context.itemCount; item++)
		check(`item ${item + 1}`, () => {
			const modification = uncheckedModificationFromForm(context.forItem(item));
			// Two changes of one account at once would undo each other.
			const key = modification.accountName.toLowerCase();
			const known = byAccount.get(key);
			if (!known) byAccount.set(key, { modification, items: [item] });
			else if (known.modification.accountName !== modification.accountName)
				throw invalidInput(
					context.label('accountName'),
					`is ${modification.accountName}, and ${known.modification.accountName} in another item: write it in one way`,
				);
			else {
				known.modification = mergeModifications(known.modification, modification);
				known.items.push(item);
			}
		});
	const changes = [...byAccount.values()];
	for (const change of changes)
		check(change.modification.accountName, () => {
			change.modification = checkedModification(change.modification);
		});
	if (wrong.length > 0) throw refusal(wrong);
	return changes;
}

/** The refusal of an input, as a value, so that all wrong rows can be told at once. */
function refusalOf(work: () => void): GuichetError | undefined {
	try {
		work();
		return undefined;
	} catch (error) {
		if (error instanceof GuichetError) return error;
		throw unexpected(error);
	}
}

const unexpected = (error: unknown): unknown => error;

function refusal(wrong: string[]): GuichetError {
	const named = wrong.slice(0, MOST_NAMED_ROWS);
	const more = wrong.length - named.length;
	return invalidInput(
		'The input',
		`cannot be sent; ${named.join('; ')}${more > 0 ? `; and ${more} more` : ''}`,
		'Nothing was sent, for no account. Correct the rows and run it again.',
	);
}

/** Two items of one account as one modification; what they both say has to agree. */
function mergeModifications(one: AlertModification, other: AlertModification): AlertModification {
	const merged: AlertModification = { ...one };
	for (const name of SWITCHES) {
		if (other[name] === undefined) continue;
		if (one[name] !== undefined && one[name] !== other[name])
			throw invalidInput(name, `is true in one item of ${one.accountName} and false in another`);
		merged[name] = other[name];
	}
	for (const list of MAIL_LISTS) {
		const mails = other[list];
		if (!mails) continue;
		const earlier = one[list];
		if (list === 'mails' && earlier && !sameList(earlier, mails))
			throw invalidInput(LABELS.mails, `differs between the items of ${one.accountName}`);
		merged[list] = list === 'mails' ? mails : [...(earlier ?? []), ...mails];
	}
	const alerts = [...(one.alerts ?? []), ...(other.alerts ?? [])];
	if (alerts.length > 0) merged.alerts = alerts;
	return merged;
}

const sameList = (one: string[], other: string[]): boolean =>
	[...one].sort().join().toLowerCase() === [...other].sort().join().toLowerCase();
