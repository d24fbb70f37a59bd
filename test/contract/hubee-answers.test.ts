import {
	caseAnswer,
	eventAnswer,
	folderAnswer,
	notificationAnswer,
	organizationAnswer,
	processAnswer,
	subscriptionAnswer,
} from '../../nodes/HubEe/api/answers';
import * as v from 'valibot';

import { OpenApiDocument } from './openapi-document';
import { HUBEE_CONTRACT } from './hubee-contract';
import { describeWithContract, publishedContract } from './published';

interface Published {
	file: string;
	name: string;
	schema: v.GenericSchema;
	/** Fields that the contract requires and the schema does not, with the reason. */
	deviations?: Record<string, string>;
}

const ALSO_NULL =
	'The contract requires the field and allows null in it; that it is missing says the same.';

const PUBLISHED: Published[] = [
	{
		file: 'api_folder_v1.2.7.yaml',
		name: 'Notification',
		schema: notificationAnswer,
		deviations: {
			recipient: 'Absent from the examples of the documentation and from a client in production.',
			transmitter: 'Absent from the examples of the documentation and from a client in production.',
			dateTime: ALSO_NULL,
		},
	},
	{ file: 'api_folder_v1.2.7.yaml', name: 'Case', schema: caseAnswer },
	{
		file: 'api_folder_v1.2.7.yaml',
		name: 'Event',
		schema: eventAnswer,
		deviations: {
			actionType: ALSO_NULL,
			notification: ALSO_NULL,
			createDateTime: ALSO_NULL,
			updateDateTime: ALSO_NULL,
		},
	},
	{ file: 'api_folder_v1.2.7.yaml', name: 'Folder', schema: folderAnswer },
	{ file: 'api_subscription_v1.2.3.yaml', name: 'Subscription', schema: subscriptionAnswer },
	{
		file: 'recovered/api_organization_v1.2.0.yaml',
		name: 'Organization',
		schema: organizationAnswer,
	},
	{
		file: 'recovered/api_process_v1.2.1.yaml',
		name: 'Process',
		schema: processAnswer,
		deviations: { creationDateTime: ALSO_NULL },
	},
];

/** The fields without which the schema refuses an object. */
function requiredBy(schema: v.GenericSchema): string[] {
	const { issues = [] } = v.safeParse(schema, {});
	return issues.map(({ path }) => String(path?.[0]?.key)).sort();
}

describeWithContract(HUBEE_CONTRACT)('the schemas of HubEE answers', () => {
	it.each(PUBLISHED)('require of $name what the contract requires', (published) => {
		const { file, name, schema, deviations = {} } = published;
		const document = OpenApiDocument.read(publishedContract('hubee', 'swagger', file));
		const { required = [] } = document.resolve({ $ref: `#/components/schemas/${name}` });
		const expected = (required as string[]).filter((field) => !(field in deviations));
		expect(requiredBy(schema)).toEqual(expected.sort());
	});

	it.each(PUBLISHED)('name no deviation of $name that is none', (published) => {
		const { file, name, deviations = {} } = published;
		const document = OpenApiDocument.read(publishedContract('hubee', 'swagger', file));
		const { required = [] } = document.resolve({ $ref: `#/components/schemas/${name}` });
		expect(required).toEqual(expect.arrayContaining(Object.keys(deviations)));
	});
});
