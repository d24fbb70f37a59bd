import { recoverFrom } from '../../lib/errors/guichet-error';
import type { Fields } from '../../lib/node/fields';
import {
	type Choice,
	type ChoiceList,
	type ChoiceService,
	MOST_CHOICES,
	requiredValue,
} from '../../lib/node/list-search';
import { ALL_ACCOUNTS, furtherAccounts } from './accounts';
import { eventsOf } from './api/case-history';
import type { HubEeCredential } from './api/connection';
import { organizationPathId } from './api/referential';
import type { Attachment, Notification, OrganizationIdentifier } from './api/types';
import { type HubEeApi, openHubEe } from './connect';
import { organizationChoice } from './procedures/organization-identifier';
import { filesOf } from './procedures/receive-case';

/** What a list works with. */
interface HubEeLists {
	credential: HubEeCredential;
	/** The clients of the account that is chosen in the form. */
	account(): HubEeApi;
}

export const hubEeService: ChoiceService<HubEeLists> = {
	service: 'HubEE',
	credential: 'hubEeOAuth2Api',
	// The action node has its account in the options, the trigger among its additional fields.
	reads: ['options', 'additionalFields'],
	open: (data, form, signal) => {
		const credential = data as unknown as HubEeCredential;
		return {
			credential,
			account: () =>
				openHubEe(credential, form.group('options'), signal).forAccount(accountOf(form)),
		};
	},
};

/** The main account where all are meant, or where a name comes with the data. */
function accountOf(form: Fields): string {
	const name =
		form.group('options').optionalText('account') ??
		form.group('additionalFields').optionalText('account') ??
		'';
	return name === ALL_ACCOUNTS ? '' : name;
}

/** As many notifications as production clients ask for at once. */
const QUEUE_HEAD = 100;

const queue = async ({ client }: HubEeApi): Promise<Notification[]> =>
	await client.listNotifications({ maxResult: QUEUE_HEAD, eventDetails: true });

const moment = (instant?: string | null): string => (instant ?? '').slice(0, 16).replace('T', ' ');

/** Parts of an entry's name; what is not known is left out. */
const named = (...parts: Array<string | null | undefined>): string =>
	parts.filter((part) => part !== undefined && part !== null && part !== '').join(' · ');

const organizationName = ({ companyRegister, branchCode }: OrganizationIdentifier): string =>
	`${companyRegister}/${branchCode}`;

function notificationChoice(notification: Notification): Choice {
	const { id, processCode, eventId, eventActionType, transmitter, dateTime } = notification;
	const what = eventId ? (eventActionType ?? 'event') : 'new case';
	const from = transmitter ? `from ${organizationName(transmitter)}` : '';
	return { value: id, name: named(processCode, what, moment(dateTime), from, id.slice(0, 8)) };
}

/** Each case of the queue once, in the queue's order. */
function casesOf(notifications: Notification[]): Choice[] {
	const cases = new Map<string, Choice>();
	for (const { caseId, processCode, dateTime, transmitter } of notifications) {
		if (!caseId || cases.has(caseId)) continue;
		const from = transmitter ? `from ${organizationName(transmitter)}` : '';
		const name = named(processCode, moment(dateTime), from, caseId.slice(0, 8));
		cases.set(caseId, { value: caseId, name });
	}
	return [...cases.values()];
}

const attachmentChoice = ({ id, fileName, type, status }: Attachment): Choice => ({
	value: id,
	name: named(fileName, type, status),
});

const SIRET = /^\d{14}$/;

/** HubEE finds organizations by their SIRET alone; all other words are looked for in the names. */
const siretIn = (search: string): string | undefined => {
	const digits = search.replace(/\s/g, '');
	return SIRET.test(digits) ? digits : undefined;
};

/** The administration lists processes, a sender has its subscribers', an authority its queue's. */
async function processesOf(api: HubEeApi): Promise<Choice[]> {
	const listed = await api.referential
		.processes({})
		.catch(recoverFrom(undefined, 'forbidden', 'not_found'));
	if (listed) return listed.map(({ code, name }) => ({ value: code, name: named(code, name) }));
	const subscribed = await api.referential
		.subscriptions({}, MOST_CHOICES)
		.catch(recoverFrom(undefined, 'forbidden', 'not_found'));
	const codes = (subscribed ?? (await queue(api))).map(({ processCode }) => processCode);
	return [...new Set(codes)].sort().map((code) => ({ value: code, name: code }));
}

const processes: ChoiceList<HubEeLists> = {
	what: 'processes',
	load: async (service) => await processesOf(service.account()),
};

const recipients: ChoiceList<HubEeLists> = {
	what: 'recipients',
	reads: ['processCode'],
	asks: siretIn,
	load: async (service, form, siret) => {
		const { referential } = service.account();
		const processCode = form.optionalText('processCode');
		const query = {
			status: 'Actif',
			companyRegister: siret,
			...(processCode === undefined ? {} : { processCode: [processCode] }),
		};
		const found = await referential.subscriptions(query, MOST_CHOICES);
		const choices = found.map(({ subscriber }) => ({
			value: organizationChoice(subscriber),
			name: organizationName(subscriber),
		}));
		return [...new Map(choices.map((choice) => [choice.value, choice])).values()];
	},
};

const subscriptions: ChoiceList<HubEeLists> = {
	what: 'subscriptions',
	asks: siretIn,
	load: async (service, _, siret) => {
		const { referential } = service.account();
		const found = await referential.subscriptions({ companyRegister: siret }, MOST_CHOICES);
		return found.map(({ id, processCode, subscriber, status }) => ({
			value: id,
			name: named(processCode, organizationName(subscriber), status),
		}));
	},
};

const organizations: ChoiceList<HubEeLists> = {
	what: 'organizations',
	reads: ['organizationType'],
	load: async (service, form) => {
		const { referential } = service.account();
		const type = form.optionalText('organizationType');
		const found = await referential.organizations({ type }, MOST_CHOICES);
		return found.map((organization) => ({
			value: organizationChoice(organization),
			name: named(organization.name, organizationPathId(organization)),
		}));
	},
};

const accounts: ChoiceList<HubEeLists> = {
	what: 'accounts',
	load: async ({ credential }) =>
		await Promise.resolve([
			{ value: ALL_ACCOUNTS, name: 'All Accounts' },
			...furtherAccounts(credential).map(({ name, scope }) => ({
				value: name,
				name: named(name, scope),
			})),
		]),
};

const notifications: ChoiceList<HubEeLists> = {
	what: 'notifications',
	load: async (service) => (await queue(service.account())).map(notificationChoice),
};

const casesInQueue: ChoiceList<HubEeLists> = {
	what: 'cases',
	load: async (service) => casesOf(await queue(service.account())),
};

const eventsOfCase: ChoiceList<HubEeLists> = {
	what: 'events',
	reads: ['caseId'],
	load: async (service, form) =>
		eventsOf(await service.account().client.getCase(requiredValue(form, 'caseId', 'Case ID'))).map(
			({ id, actionType, status, createDateTime }) => ({
				value: id,
				name: named(actionType, status, moment(createDateTime), id.slice(0, 8)),
			}),
		),
};

/** Of the folder, the event or the case, as the resource says. */
const attachments: ChoiceList<HubEeLists> = {
	what: 'attachments',
	reads: ['resource', 'caseId', 'eventId', 'folderId'],
	load: async (service, form) => {
		const { client } = service.account();
		const resource = form.optionalText('resource');
		if (resource === 'folder')
			return (await client.getFolder(requiredValue(form, 'folderId', 'Folder ID'))).attachments.map(
				attachmentChoice,
			);
		const caseId = requiredValue(form, 'caseId', 'Case ID');
		if (resource !== 'event') return filesOf(await client.getCase(caseId)).map(attachmentChoice);
		const event = await client.getEvent(caseId, requiredValue(form, 'eventId', 'Event ID'));
		return (event.attachments ?? []).map(attachmentChoice);
	},
};

/** The lists of the HubEE node, by the names that its fields have for them. */
export const hubEeLists = {
	accounts,
	attachments,
	casesInQueue,
	eventsOfCase,
	notifications,
	organizations,
	processes,
	recipients,
	subscriptions,
};

/** Those of the trigger. */
export const hubEeTriggerLists = { accounts };
