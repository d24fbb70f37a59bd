import { instantOf } from '../../lib/answers/instant';
import { invalidInput } from '../../lib/errors/guichet-error';
import type { Fields } from '../../lib/node/fields';
import {
	type Choice,
	type ChoiceList,
	type ChoiceService,
	MOST_CHOICES,
	requiredValue,
} from '../../lib/node/list-search';
import type { MessageRegistry } from './api/message-registry';
import { OFFICIAL_PROVIDER, type Provider } from './api/provider';
import { REFERENCE_PROPERTIES, referenceData } from './api/reference-names';
import { inLanguage, translated } from './api/translated';
import type { ReferenceKind } from './api/types';
import { E_BOX_CREDENTIAL, type EBoxApi, openEBox } from './connect';
import { assertProvidersAnswered, providerSelectionFrom } from './procedures/provider-selection';

export const eBoxService: ChoiceService<EBoxApi> = {
	service: 'The e-Box',
	credential: E_BOX_CREDENTIAL,
	reads: ['apiProfile'],
	open: (credential, form, signal) => openEBox(credential, form.group('apiProfile'), signal),
};

const providerName = ({ id, name }: Provider, { language }: EBoxApi): string => {
	const text = inLanguage(name, language);
	return text === '' || text === id ? id : `${text} · ${id}`;
};

/** The one provider of the form; the official one where none is chosen. */
async function registryOf({ eBox }: EBoxApi, form: Fields): Promise<MessageRegistry> {
	return eBox.registry(await eBox.provider(form.optionalText('providerId')));
}

/** Those that the form asks: one for a message, several for a list of messages. */
async function providersOf({ eBox }: EBoxApi, form: Fields): Promise<Provider[]> {
	if (form.optionalText('providers') === undefined)
		return [await eBox.provider(form.optionalText('providerId'))];
	return await eBox.selectProviders(providerSelectionFrom(form));
}

const providers: ChoiceList<EBoxApi> = {
	what: 'providers',
	load: async (api) => {
		const listed = await api.eBox.providers();
		const others = listed.filter(({ id }) => id !== OFFICIAL_PROVIDER);
		return [api.eBox.official, ...others].map((provider) => ({
			value: provider.id,
			name: providerName(provider, api),
		}));
	},
};

/** Listing marks nothing as read. */
const messages: ChoiceList<EBoxApi> = {
	what: 'messages',
	reads: ['providerId'],
	load: async (api, form) => {
		const { items } = await (await registryOf(api, form)).messages({}, MOST_CHOICES);
		const newestFirst = items.sort(
			(a, b) => (instantOf(b.receiptDate) || 0) - (instantOf(a.receiptDate) || 0),
		);
		return newestFirst.map(({ messageId, subject, receiptDate, registeredMail }) => ({
			value: messageId,
			name: [
				inLanguage(subject, api.language) || messageId,
				receiptDate.slice(0, 10),
				registeredMail === true ? 'registered' : '',
			]
				.filter(Boolean)
				.join(' · '),
		}));
	},
};

const attachments: ChoiceList<EBoxApi> = {
	what: 'attachments',
	reads: ['providerId', 'messageId'],
	load: async (api, form) => {
		const messageId = requiredValue(form, 'messageId', 'Message ID');
		const found = await (await registryOf(api, form)).attachments(messageId);
		return found.flatMap(({ attachmentId, fileName, mainContent }) =>
			attachmentId === undefined
				? []
				: [
						{
							value: attachmentId,
							name: [fileName, mainContent === true ? 'main content' : '']
								.filter(Boolean)
								.join(' · '),
						},
					],
		);
	},
};

/** Records of one kind, of all providers that the form asks, each id once. */
async function recordsOf(api: EBoxApi, form: Fields, kind: ReferenceKind): Promise<Choice[]> {
	const outcomes = await api.eBox.queryProviders(
		await providersOf(api, form),
		async (registry) => await referenceData(registry, kind),
	);
	assertProvidersAnswered(outcomes, false);
	const records = new Map<string, Choice>();
	for (const { result } of outcomes)
		for (const [id, record] of result ?? []) {
			if (records.has(id)) continue;
			const name = inLanguage(translated(record[REFERENCE_PROPERTIES[kind].name]), api.language);
			records.set(id, { value: id, name: name === '' ? id : `${name} · ${id}` });
		}
	return [...records.values()].sort((a, b) => a.name.localeCompare(b.name, api.language));
}

const WHERE = ['providerId', 'providers', 'providerIds'];

const recordsOfKind = (kind: ReferenceKind, what: string): ChoiceList<EBoxApi> => ({
	what,
	reads: WHERE,
	load: async (api, form) => await recordsOf(api, form, kind),
});

/** For the fields that ask for a kind first. */
const records: ChoiceList<EBoxApi> = {
	what: 'records',
	reads: [...WHERE, 'operation', 'kind', 'logoKind'],
	load: async (api, form) => {
		const isLogo = form.optionalText('operation') === 'downloadLogo';
		const kind = form.optionalText(isLogo ? 'logoKind' : 'kind') ?? '';
		if (!(kind in REFERENCE_PROPERTIES)) throw invalidInput('Kind', 'is not chosen yet');
		return await recordsOf(api, form, kind as ReferenceKind);
	},
};

const messageTypes = recordsOfKind('messageType', 'message types');
const senderApplications = recordsOfKind('senderApplication', 'sender applications');
const senderOrganizations = recordsOfKind('senderOrganization', 'sender organizations');

/** The lists of the e-Box node, by the names that its fields have for them. */
export const eBoxLists = {
	attachments,
	messages,
	messageTypes,
	providers,
	records,
	senderApplications,
	senderOrganizations,
};

/** Those of the trigger, which has the same filters. */
export const eBoxTriggerLists = { messageTypes, senderApplications, senderOrganizations };
