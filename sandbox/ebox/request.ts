import type { Call } from '../mock-server';
import type { Search } from './mailbox';
import { badInput, Refusal } from './refusal';

type Rule = 'integer' | 'date' | 'boolean' | 'text';

/**
 * Query parameters of `GET /ebox/messages` (contract 2.1), which version 3 is assumed to have kept.
 */
const SEARCH: Record<string, Rule> = {
	receivedBefore: 'date',
	receivedAfter: 'date',
	expiredBefore: 'date',
	expiredAfter: 'date',
	readStatus: 'boolean',
	visible: 'boolean',
	messageTypeId: 'text',
	senderOrganizationId: 'text',
	senderApplicationId: 'text',
	registeredMail: 'boolean',
	q: 'text',
	qlang: 'text',
};

const PAGING: Record<string, Rule> = { page: 'integer', pageSize: 'integer' };

export interface Paging {
	page: number;
	pageSize: number;
}

/** The paging of a call that has no other parameters. */
export function pagingOf(call: Call): Paging {
	return paging(read(call, PAGING));
}

/**
 * Search and paging of a call; 400 with the reason for anything that the contract does not have.
 */
export function searchOf(call: Call, withPartition: boolean): { search: Search; paging: Paging } {
	const rules = { ...SEARCH, ...PAGING, ...(withPartition ? { partition: 'text' as const } : {}) };
	const values = read(call, rules);
	const { page, pageSize, ...search } = values;
	void [page, pageSize];
	if (search.q !== undefined && search.qlang === undefined)
		throw badInput('qlang', 'qlang is required when q is given');
	if (search.qlang !== undefined && !['fr', 'nl', 'de'].includes(String(search.qlang)))
		throw badInput('qlang', 'qlang must be fr, nl or de', String(search.qlang));
	return { search: search as Search, paging: paging(values) };
}

export function assertNoQuery(call: Call): void {
	read(call, {});
}

export async function jsonBody(call: Call, type: string): Promise<unknown> {
	if (call.contentType !== type)
		throw new Refusal(415, 'INVALID_INPUT', `Content-Type must be ${type}`);
	try {
		return await call.json();
	} catch {
		throw malformed();
	}
}

const malformed = (): Refusal =>
	badInput('body', 'Invalid Schema: malformed JSON', undefined, 'body');

function read(call: Call, rules: Record<string, Rule>): Record<string, unknown> {
	const values: Record<string, unknown> = {};
	for (const [name, text] of call.query) {
		const rule = Object.hasOwn(rules, name) ? rules[name] : undefined;
		if (!rule) throw badInput(name, `Query parameter ${name} is unknown`, text);
		if (name in values) throw badInput(name, `Query parameter ${name} is repeated`, text);
		values[name] = typed(name, text, rule);
	}
	return values;
}

function typed(name: string, text: string, rule: Rule): unknown {
	switch (rule) {
		case 'integer':
			if (!/^\d+$/.test(text)) throw badInput(name, `${name} must be an integer`, text);
			return Number(text);
		case 'date':
			if (!/^\d{4}-\d{2}-\d{2}$/.test(text) || Number.isNaN(Date.parse(text)))
				throw badInput(name, `${name} must be a date yyyy-MM-dd`, text);
			return text;
		case 'boolean':
			if (!/^(true|false)$/.test(text)) throw badInput(name, `${name} must be true or false`, text);
			return text === 'true';
		default:
			return text;
	}
}

function paging(values: Record<string, unknown>): Paging {
	const page = (values.page as number | undefined) ?? 1;
	const pageSize = (values.pageSize as number | undefined) ?? 25;
	if (page < 1) throw badInput('page', 'page must be at least 1', String(page));
	if (pageSize < 1 || pageSize > 100)
		throw badInput('pageSize', 'pageSize must be between 1 and 100', String(pageSize));
	return { page, pageSize };
}
