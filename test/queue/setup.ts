import { queueServers } from '../../scripts/n8n/queue/debian';
import prepareN8n from '../e2e/setup';

/** Does what takes minutes once, with its progress shown, before any test's time is counted. */
export default async function setup(): Promise<void> {
	await queueServers();
	await prepareN8n();
}
