import type { OperationTable } from '../../lib/node/operation';
import { connectEBox, parallelItems } from './connect';
import { attachmentResource } from './operations/attachment';
import { connectionResource } from './operations/connection';
import { customRequestResource } from './operations/custom-request';
import { messageResource } from './operations/message';
import { providerResource } from './operations/provider';
import { publicationResource } from './operations/publication';
import { recipientResource } from './operations/recipient';
import { referenceDataResource } from './operations/reference-data';
import { summaryResource } from './operations/summary';
import { apiProfile } from './operations/api-profile';
import type { EBoxApi } from './connect';

/** Everything the e-Box Enterprise node does. */
export const eBoxTable: OperationTable<EBoxApi> = {
	service: 'e-Box Enterprise',
	resources: [
		messageResource,
		attachmentResource,
		summaryResource,
		referenceDataResource,
		providerResource,
		publicationResource,
		recipientResource,
		connectionResource,
		customRequestResource,
	],
	shared: [apiProfile],
	connect: connectEBox,
	parallelItems,
};
