import { setTimeout as sleep } from 'node:timers/promises';

import { inN8n, PARALLEL, type Scene } from './reception';
import { ourWorkflow, returnWorkflow } from './workflows';

const BIG_FILE = 1_000_000_000;

/** Bytes that n8n's main process took above idle at its peak. */
export interface BigFilePeaks {
	/** While one file of a gigabyte was received. */
	received: number;
	/** While it was received and sent back. */
	returned: number;
}

/** Peak memory for one huge file, of an n8n that was started for it and has done the same with a small one. */
export async function measureBigFile(scene: Scene): Promise<BigFilePeaks> {
	const { n8n, sandbox } = scene;
	await sandbox.admin.reset();
	await sandbox.admin.setLatency(0);
	await n8n.restart();
	const peak = async (size: number, back: boolean) => {
		await sandbox.admin.drop({ files: [{ fileName: 'big.bin', content: { size } }] });
		await sleep(5_000);
		const idle = n8n.memory().rss;
		n8n.resetPeak();
		await inN8n(scene, back ? returnWorkflow() : ourWorkflow(1, PARALLEL));
		return n8n.memory().peak - idle;
	};
	await peak(1000, false);
	const received = await peak(BIG_FILE, false);
	await peak(1000, true);
	return { received, returned: await peak(BIG_FILE, true) };
}
