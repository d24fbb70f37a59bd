import {
	caseAnswer,
	eventAnswer,
	folderAnswer,
	notificationAnswer,
	organizationAnswer,
	processAnswer,
	subscriptionAnswer,
} from '../../nodes/HubEe/api/answers';
import { describeAnswers, type PublishedAnswer } from './answer-contract';
import { HUBEE_CONTRACT } from './hubee-contract';
import { publishedContract } from './published';

const FOLDER = publishedContract('hubee', 'swagger', 'api_folder_v1.2.7.yaml');

const ALSO_NULL =
	'The contract requires the field and allows null in it; that it is missing says the same.';

const PUBLISHED: PublishedAnswer[] = [
	{
		file: FOLDER,
		name: 'Notification',
		schema: notificationAnswer,
		deviations: {
			recipient: 'Absent from the examples of the documentation and from a client in production.',
			transmitter: 'Absent from the examples of the documentation and from a client in production.',
			dateTime: ALSO_NULL,
		},
	},
	{ file: FOLDER, name: 'Case', schema: caseAnswer },
	{
		file: FOLDER,
		name: 'Event',
		schema: eventAnswer,
		deviations: {
			actionType: ALSO_NULL,
			notification: ALSO_NULL,
			createDateTime: ALSO_NULL,
			updateDateTime: ALSO_NULL,
		},
	},
	{ file: FOLDER, name: 'Folder', schema: folderAnswer },
	{
		file: publishedContract('hubee', 'swagger', 'api_subscription_v1.2.3.yaml'),
		name: 'Subscription',
		schema: subscriptionAnswer,
	},
	{
		file: publishedContract('hubee', 'swagger', 'recovered', 'api_organization_v1.2.0.yaml'),
		name: 'Organization',
		schema: organizationAnswer,
	},
	{
		file: publishedContract('hubee', 'swagger', 'recovered', 'api_process_v1.2.1.yaml'),
		name: 'Process',
		schema: processAnswer,
		deviations: { creationDateTime: ALSO_NULL },
	},
];

describeAnswers('HubEE', HUBEE_CONTRACT, PUBLISHED);
