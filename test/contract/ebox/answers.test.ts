import {
	attachmentAnswer,
	linkAnswer,
	messageAnswer,
	messageStatusAnswer,
	paymentDataAnswer,
	preferencesAnswer,
	publicationAnswer,
	referenceAnswer,
	summaryAnswer,
} from '../../../nodes/EBoxEnterprise/api/answers';
import { jsonObject } from '../../../lib/answers/schema';
import { describeAnswers, type PublishedAnswer } from '../answer-contract';
import { publishedContract } from '../published';

/**
 * Consultation and publication. Of version 3 no contract is public: it is read by the same names.
 */
const REGISTRY = publishedContract(
	'ebox',
	'openapi',
	'e-Box-Enterprise-swagger-v2.1-AP-Public.yaml',
);
const FEDERATION = publishedContract('ebox', 'openapi', 'ebox-federation-1.3.yaml');

const FLAG =
	'Not all names of flags in version 3 are known, and its publishers leave them out; missing says false.';

const SHOWN = 'Only shown: a record or provider without it hides no others.';

const EITHER_ID =
	'Required under this name or as "id", the likely name in version 3, by a check of the whole record.';

const EACH_BY_ITSELF =
	'An entry without it is a provider that is not asked and is named as such; the others are read.';

const reference = (name: string, id: string, shown: string): PublishedAnswer => ({
	file: REGISTRY,
	name,
	schema: referenceAnswer(id),
	deviations: { [id]: EITHER_ID, [shown]: SHOWN },
});

describeAnswers('e-Box message registry', REGISTRY, [
	{
		file: REGISTRY,
		name: 'Message',
		schema: messageAnswer,
		deviations: {
			readStatus: FLAG,
			registeredMail: FLAG,
			bodyMainContent: FLAG,
			replyAuthorized: FLAG,
			senderOrganizationId: 'A citizen may send a reply, and has no enterprise number.',
		},
	},
	{ file: REGISTRY, name: 'Attachment', schema: attachmentAnswer },
	{ file: REGISTRY, name: 'Ebox', schema: summaryAnswer },
	{ file: REGISTRY, name: 'PaymentData', schema: paymentDataAnswer },
	{ file: REGISTRY, name: 'LinkResponse', schema: linkAnswer },
	{ file: REGISTRY, name: 'MessageStatus', schema: messageStatusAnswer.item },
	{
		file: REGISTRY,
		name: 'PublicationStatusMessage',
		schema: publicationAnswer,
		deviations: {
			expirationDate: 'The id says that it was published; without the date it still was.',
		},
	},
	reference('MessageType', 'messageTypeId', 'messageTypeName'),
	reference('SenderOrganization', 'organizationId', 'organizationShortName'),
	reference('SenderApplication', 'applicationId', 'applicationName'),
]);

describeAnswers('e-Box federation', FEDERATION, [
	{ file: FEDERATION, name: 'EboxPreferences', schema: preferencesAnswer },
	{
		file: FEDERATION,
		name: 'MessageProvider',
		schema: jsonObject,
		deviations: {
			messageProviderId: EACH_BY_ITSELF,
			messageProviderUrl: EACH_BY_ITSELF,
			messageProviderActivationDate:
				'The newer list has no public contract; a provider without a date is asked, which cannot lose anything.',
			apiSupportedVersion: 'Without it the address says the version, or 2.1 is spoken.',
			messageProviderName: SHOWN,
			messageProviderDescription: SHOWN,
			messageProviderTechnicalContact: SHOWN,
		},
	},
]);
