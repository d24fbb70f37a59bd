import { type Answer, type Call, json } from '../mock-server';
import { Refusal } from './refusal';
import { assertNoQuery, jsonBody } from './request';

/** What an enterprise has chosen for its e-Box, in the names of the federation 1.3. */
export interface Preferences {
	exclusivelyEbox: boolean;
	lastConnectionDate?: string;
	totalNumberOfMessages?: number;
	totalNumberOfUnreadMessages?: number;
}

/** One that wants no paper, one that gets both, and one that has never looked. */
export const seededPreferences = (): Array<[string, Preferences]> => [
	[
		'0206731645',
		{
			exclusivelyEbox: true,
			lastConnectionDate: '2026-01-04T09:30:00Z',
			totalNumberOfMessages: 12,
			totalNumberOfUnreadMessages: 3,
		},
	],
	['0406798006', { exclusivelyEbox: false, lastConnectionDate: '2024-02-01T08:00:00Z' }],
	['0212148896', { exclusivelyEbox: false }],
];

/**
 * Answers about those of the list that have an e-Box; the others are left out (documentation of the
 * federation).
 */
export async function searchPreferences(
	call: Call,
	known: ReadonlyMap<string, Preferences>,
): Promise<Answer> {
	if (call.method !== 'POST')
		throw new Refusal(405, 'METHOD_NOT_ALLOWED', 'Only POST is possible here');
	assertNoQuery(call);
	const { eboxType, eboxIdType, eboxIdValueList, ...more } = ((await jsonBody(
		call,
		'application/json',
	)) ?? {}) as Record<string, unknown>;
	if (Object.keys(more).length > 0) throw invalid(`unknown ${Object.keys(more).join(', ')}`);
	if (eboxType !== 'ENTERPRISE') throw invalid('eboxType');
	if (eboxIdType !== 'EnterpriseNumber') throw invalid('eboxIdType');
	const isList = Array.isArray(eboxIdValueList) && eboxIdValueList.length > 0;
	if (!isList || !eboxIdValueList.every((one) => /^[01]\d{9}$/.test(String(one))))
		throw invalid('eboxIdValueList');
	const answers = (eboxIdValueList as string[]).flatMap((id) => {
		const found = known.get(id);
		return found ? [{ eboxId: { eboxType: 'enterprise', eboxIdValue: id }, ...found }] : [];
	});
	return json(200, answers);
}

const invalid = (what: string): Refusal =>
	new Refusal(400, 'INVALID_INPUT', `Invalid Schema: ${what}`);
