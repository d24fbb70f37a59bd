import type { OperationTable } from '../../lib/node/operation';
import { connectNothing, type NoService } from './connect';
import { broadcastResource } from './operations/broadcast';
import { recipientResource } from './operations/recipient';

export const eBoxBroadcastTable: OperationTable<NoService> = {
	service: 'eBox Broadcast',
	resources: [broadcastResource, recipientResource],
	connect: connectNothing,
};
