import type { INodeProperties } from 'n8n-workflow';

import { GuichetError, invalidInput } from '../../../lib/errors/guichet-error';
import type { ItemContext } from '../../../lib/node/item-context';
import { OutputItem, type Resource } from '../../../lib/node/operation';
import type { EBoxPreferences } from '../api/answers';
import { enterpriseNumber } from '../api/enterprise-number';
import type { EBoxApi } from '../connect';
import { inOrder, readItems } from '../procedures/read-items';

const enterpriseNumbers: INodeProperties = {
	displayName: 'Enterprise Numbers',
	name: 'enterpriseNumbers',
	type: 'string',
	default: '={{ $json.enterpriseNumber }}',
	required: true,
	placeholder: 'e.g. 0206731645, 0406798006',
	description:
		'One or many, separated by commas or line breaks. Each gives an item; the numbers of all input items are asked for together.',
};

const options: INodeProperties = {
	displayName: 'Options',
	name: 'options',
	type: 'collection',
	placeholder: 'Add Option',
	default: {},
	options: [
		{
			displayName: 'Numbers per Call',
			name: 'numbersPerCall',
			type: 'number',
			typeOptions: { minValue: 1 },
			default: 100,
			description: 'How many numbers one call asks for; the service’s own limit is not published',
		},
	],
};

/** As few calls as possible for all items; each number reports for itself. */
async function getPreferences(context: ItemContext<EBoxApi>): Promise<OutputItem[]> {
	const { wanted, refused } = await readItems(context, (item) => {
		const label = item.label('enterpriseNumbers');
		const numbers = item.list('enterpriseNumbers').map((text) => enterpriseNumber(text, label));
		if (numbers.length === 0) throw invalidInput(label, 'is empty');
		return [...new Set(numbers)];
	});
	const size = context.group('options').optionalNumber('numbersPerCall', { min: 1 }) ?? 100;
	const numbers = [...new Set(wanted.flatMap(({ value }) => value))];
	const answers = new Map<string, EBoxPreferences | GuichetError | undefined>();
	for (let at = 0; at < numbers.length; at += size) {
		const some = numbers.slice(at, at + size);
		const found = await context.api.eBox.preferences(some).catch((error: unknown) => {
			const isOwn = error instanceof GuichetError && error.code !== 'cancelled';
			if (!isOwn || !context.execution.continueOnFail()) throw error;
			return error;
		});
		for (const number of some)
			answers.set(number, found instanceof GuichetError ? found : found.get(number));
	}
	const items = wanted.flatMap(({ item, value }) =>
		value.map((number) => {
			const answer = answers.get(number);
			return answer instanceof GuichetError
				? new OutputItem({ enterpriseNumber: number }, {}, { failure: answer, items: [item] })
				: new OutputItem(preferencesItem(number, answer), {}, { items: [item] });
		}),
	);
	return inOrder([...refused, ...items]);
}

/** No paper only for recipients whose preferences were read and say so. */
function preferencesItem(number: string, found: EBoxPreferences | undefined) {
	if (!found) return { enterpriseNumber: number, hasEBox: false, paperNeeded: true };
	const { exclusivelyEbox, lastConnectionDate, ...counters } = found;
	return {
		enterpriseNumber: number,
		hasEBox: true,
		paperNeeded: !exclusivelyEbox,
		exclusivelyEBox: exclusivelyEbox,
		lastVisit: lastConnectionDate ?? null,
		...(counters.totalNumberOfMessages === undefined
			? {}
			: { totalNumberOfMessages: counters.totalNumberOfMessages }),
		...(counters.totalNumberOfUnreadMessages === undefined
			? {}
			: { totalNumberOfUnreadMessages: counters.totalNumberOfUnreadMessages }),
	};
}

export const recipientResource: Resource<EBoxApi> = {
	name: 'Recipient',
	value: 'recipient',
	description: 'An enterprise to which you publish (senders)',
	operations: [
		{
			name: 'Get Preferences',
			value: 'getPreferences',
			action: 'Get the preferences of recipients',
			description:
				'Ask whether enterprises have an e-Box, read only there, and when they last looked, many in one call: so you know whether paper is needed',
			mode: 'once',
			fields: [enterpriseNumbers, options],
			run: getPreferences,
		},
	],
};
