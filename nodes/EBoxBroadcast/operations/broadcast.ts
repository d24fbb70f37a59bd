import type { Resource } from '../../../lib/node/operation';
import type { NoService } from '../connect';
import { plan } from './plan';
import { prepare } from './prepare';
import { makeTestSet } from './test-set';

/** Resource "Broadcast". */
export const broadcastResource: Resource<NoService> = {
	name: 'Broadcast',
	value: 'broadcast',
	description: 'One document for the eBoxes of very many citizens, published by a batch of Smals',
	operations: [prepare, makeTestSet, plan],
};
