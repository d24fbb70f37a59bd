import type { Call } from '../../mock-server';
import { Refusal } from '../gateway/refusal';
import type { HubEeSettings } from '../settings';

/** A page of a list and its Content-Range. */
export interface Page<T> {
	items: T[];
	range: string;
}

/**
 * Cuts the page that `offSet` and `maxResult` ask for; the range is `<label>
 * <first>-<last>/<total>`.
 */
export function pageOf<T>(label: string, all: T[], call: Call, settings: HubEeSettings): Page<T> {
	const first = number(call, 'offSet') ?? 0;
	const wanted = number(call, 'maxResult') ?? settings.defaultPageSize;
	const size = Math.min(wanted, settings.largestPage ?? wanted);
	const items = all.slice(first, first + size);
	const end = first + items.length;
	const last = settings.contentRangeLast === 'inclusive' ? Math.max(first, end - 1) : end;
	return { items, range: `${label} ${first}-${last}/${all.length}` };
}

function number(call: Call, name: string): number | undefined {
	const value = call.query.get(name);
	if (value === null) return undefined;
	if (Number(value) < 0) throw new Refusal(400, `${name} must not be negative`);
	return Number(value);
}

/** Sorts by a column of the database, as `orderBy` names it. */
export function sorted<T>(all: T[], valueOf: (item: T) => unknown, descending = false): T[] {
	const direction = descending ? -1 : 1;
	return [...all].sort(
		(a, b) => direction * comparable(valueOf(a)).localeCompare(comparable(valueOf(b))),
	);
}

function comparable(value: unknown): string {
	if (value === null || value === undefined) return '';
	return typeof value === 'object' ? JSON.stringify(value) : String(value);
}

/** Refuses a column the contract does not list. */
export function knownColumn<T>(
	columns: Record<string, (item: T) => unknown>,
	name: string,
): (item: T) => unknown {
	const column = columns[name];
	if (column === undefined) throw new Refusal(400, `orderBy ${name} is not allowed`);
	return column;
}
