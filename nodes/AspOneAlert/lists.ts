import type { ILoadOptionsFunctions, INodePropertyOptions } from 'n8n-workflow';

import { type Choice, type ChoiceList, type ChoiceService } from '../../lib/node/list-search';
import { isMessageType, MESSAGE_TYPE_RULES, PROCEDURES } from './api/alert-rules';
import type { AspOneCredential } from './connect';

/** What ASPOne's service does not list is known from the credential alone; nothing is called. */
export const aspOneService: ChoiceService<AspOneCredential> = {
	service: 'ASPOne',
	credential: 'aspOneWsseApi',
	reads: [],
	open: (credential) => credential as unknown as AspOneCredential,
};

/** The name of an account is the part of its login before the @. */
const accountOfLogin = (login: string): string => login.split('@')[0]?.trim() ?? '';

const accounts: ChoiceList<AspOneCredential> = {
	what: 'accounts',
	load: async ({ testAccountName, userLogin }) => {
		const choices: Choice[] = [];
		const test = testAccountName?.trim() ?? '';
		const own = accountOfLogin(userLogin);
		if (test !== '') choices.push({ value: test, name: `${test} · account for tests` });
		if (own !== '' && own !== test)
			choices.push({ value: own, name: `${own} · account of the login` });
		return await Promise.resolve(choices);
	},
};

/** The lists of the ASPOne node, by the names that its fields have for them. */
export const aspOneLists = { accounts };

/** The procedures for which the message type of the row exists; all where it is not known. */
export async function proceduresOfTrigger(
	this: ILoadOptionsFunctions,
): Promise<INodePropertyOptions[]> {
	const trigger = this.getCurrentNodeParameter('&trigger');
	const type = typeof trigger === 'string' ? (trigger.split(' ')[0] ?? '') : '';
	const possible = isMessageType(type) ? MESSAGE_TYPE_RULES[type].procedures : undefined;
	const offered = [...(possible ?? PROCEDURES)].sort();
	return await Promise.resolve(offered.map((code) => ({ name: code, value: code })));
}
