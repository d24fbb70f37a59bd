import { installN8n } from '../../scripts/n8n/install';
import { packedTarball } from '../../scripts/n8n/pack';

/** Does what takes minutes once, with its progress shown, before any test's time is counted. */
export default async function setup(): Promise<void> {
	await installN8n();
	await packedTarball();
}
