import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { N8nInstance } from '../../scripts/n8n/instance';
import { packedTarball } from '../../scripts/n8n/pack';
import { hubEeCredential } from './credential';
import { measureBigFile } from './big-file';
import { type Distance, measureReception, type ReceptionRow } from './reception';
import { type SandboxProcess, startSandboxProcess } from './sandbox-process';

/**
 * The answer of a service 20 ms away. Over the same distance a new connection costs two more round
 * trips: TCP, then TLS 1.3.
 */
const DISTANCES: Distance[] = [
	{ answer: 20, connection: 0 },
	{ answer: 20, connection: 40 },
];

export interface HubEeFigures {
	receptions: Array<{ distance: Distance; rows: ReceptionRow[] }>;
	/** Bytes above idle. */
	bigFilePeak: number;
}

/**
 * Reception of 200 télédossiers by our node, by a hand-built workflow, and by a bare client; then
 * one huge file.
 */
export async function measureHubEe(say: (text: string) => void): Promise<HubEeFigures> {
	const folder = mkdtempSync(join(tmpdir(), 'guichet-bench-'));
	const sandbox = await startSandboxProcess(0);
	const ca = join(folder, 'ca.pem');
	writeFileSync(ca, sandbox.ca);
	const n8n = await N8nInstance.start({
		tarball: await packedTarball(),
		env: {
			NODE_EXTRA_CA_CERTS: ca,
			N8N_DEFAULT_BINARY_DATA_MODE: 'filesystem',
			EXECUTIONS_TIMEOUT: '-1',
		},
	});
	try {
		const scene = { n8n, sandbox, credentials: await createCredentials(n8n, sandbox), say };
		const receptions: HubEeFigures['receptions'] = [];
		for (const distance of DISTANCES)
			receptions.push({ distance, rows: await measureReception(scene, distance) });
		say('one file of 1 GB …');
		return { receptions, bigFilePeak: await measureBigFile(scene) };
	} finally {
		await n8n.end();
		await sandbox.end();
		rmSync(folder, { recursive: true, force: true });
	}
}

async function createCredentials(
	n8n: N8nInstance,
	sandbox: SandboxProcess,
): Promise<Record<string, string>> {
	const { clientId, clientSecret, tokenUrl } = sandbox;
	return {
		hubEeOAuth2Api: await n8n.createCredential('HubEE', 'hubEeOAuth2Api', hubEeCredential(sandbox)),
		oAuth2Api: await n8n.createCredential('By hand', 'oAuth2Api', {
			grantType: 'clientCredentials',
			accessTokenUrl: tokenUrl,
			clientId,
			clientSecret,
			scope: 'SI',
			authentication: 'header',
		}),
	};
}
