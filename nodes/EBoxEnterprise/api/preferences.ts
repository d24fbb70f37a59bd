import * as v from 'valibot';

import { answerMalformed } from '../../../lib/answers/read';
import type { HttpClient } from '../../../lib/http/client';
import { type EBoxPreferences, preferencesAnswer } from './answers';

/** `POST` asks for the preferences of recipients (federation contract 1.3). */
const PREFERENCES_PATH = 'v1/eboxPreferences/search';

/**
 * What enterprises have chosen for their e-Boxes, by enterprise number. A number without an e-Box
 * is not in the answer, and not in the map. Only asks, so it may be repeated although it is a POST.
 *
 * @param numbers of ten digits, each once
 * @throws GuichetError `answer_malformed` when the answer is about others, or twice about one
 */
export async function fetchPreferences(
	http: HttpClient,
	numbers: readonly string[],
): Promise<Map<string, EBoxPreferences>> {
	const { body } = await http.json(
		{
			method: 'POST',
			url: PREFERENCES_PATH,
			body: {
				json: {
					eboxType: 'ENTERPRISE',
					eboxIdType: 'EnterpriseNumber',
					eboxIdValueList: numbers,
				},
			},
			repeat: 'safe',
		},
		v.array(preferencesAnswer),
	);
	const asked = new Set(numbers);
	const found = new Map<string, EBoxPreferences>();
	for (const one of body) {
		// Requests say ENTERPRISE and answers enterprise (documentation of the federation).
		const { eboxType, eboxIdValue } = one.eboxId;
		if (eboxType.toLowerCase() !== 'enterprise' || !asked.has(eboxIdValue))
			throw answerMalformed(SOURCE, 'answered about an e-Box that was not asked for');
		if (found.has(eboxIdValue)) throw answerMalformed(SOURCE, 'answered twice about one e-Box');
		found.set(eboxIdValue, one);
	}
	return found;
}

const SOURCE = { service: 'The e-Box federation' };
