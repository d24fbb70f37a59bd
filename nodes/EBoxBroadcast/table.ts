import type { OperationTable } from '../../lib/node/operation';
import { broadcastResource } from './operations/broadcast';
import { recipientResource } from './operations/recipient';

/** The broadcast procedure has no API: nothing is connected, files are prepared for a person to hand over. */
export type NoService = undefined;

export const eBoxBroadcastTable: OperationTable<NoService> = {
	service: 'eBox Broadcast',
	resources: [broadcastResource, recipientResource],
	connect: async () => undefined,
};
