import { setTimeout as sleep } from 'node:timers/promises';

import { inN8n, PARALLEL, type Scene } from './reception';
import { ourWorkflow } from './workflows';

const BIG_FILE = 1_000_000_000;

/**
 * Bytes that n8n's main process took above idle at its peak while one file of a gigabyte was
 * received; it was started for this, and has received a small file before.
 */
export async function measureBigFile(scene: Scene): Promise<number> {
	const { n8n, sandbox } = scene;
	await sandbox.admin.reset();
	await sandbox.admin.setLatency(0);
	await n8n.restart();
	await receive(scene, 1000);
	await sleep(5_000);
	const idle = n8n.memory().rss;
	n8n.resetPeak();
	await receive(scene, BIG_FILE);
	return n8n.memory().peak - idle;
}

async function receive(scene: Scene, size: number): Promise<void> {
	await scene.sandbox.admin.deposit({ files: [{ fileName: 'big.bin', content: { size } }] });
	await inN8n(scene, ourWorkflow(1, PARALLEL));
}
