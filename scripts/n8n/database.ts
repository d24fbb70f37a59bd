import {
	copyFileSync,
	cpSync,
	existsSync,
	mkdirSync,
	mkdtempSync,
	readdirSync,
	rmSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { cacheFolder, madeOnce } from './cache';
import type { N8nInstallation } from './install';
import { freePort, spawnN8n } from './process';
import { withProgress } from './progress';
import { instanceEnvironment, instanceFolders } from './settings';
import { isReady } from './readiness';

/**
 * Gives an instance an empty database that has n8n's tables and its owner. The tables are made once
 * for each n8n version (a few hundred migrations, some ten seconds) and copied from the cache
 * afterwards.
 */
export async function provideDatabase(n8n: N8nInstallation, userFolder: string): Promise<void> {
	const { database } = instanceFolders(userFolder);
	if (existsSync(database)) return;
	const template = await madeOnce(
		join(cacheFolder(), `database-${n8n.hash}`),
		async (folder) =>
			await withProgress('Making an empty n8n database (once)', () => migrate(n8n, folder)),
	);
	cpSync(template, dirname(database), { recursive: true });
}

async function migrate(n8n: N8nInstallation, folder: string): Promise<void> {
	const userFolder = mkdtempSync(join(tmpdir(), 'guichet-n8n-database-'));
	const port = await freePort();
	const env = instanceEnvironment({
		n8n: n8n.folder,
		userFolder,
		port,
		brokerPort: await freePort(),
	});
	const server = spawnN8n(n8n, ['start'], {
		cwd: userFolder,
		env: { ...env, GUICHET_REMOVE_AT_END: userFolder },
	});
	try {
		await server.until(async () => await isReady(port, server.log), 180_000);
		await server.stop();
		mkdirSync(folder);
		const { data } = instanceFolders(userFolder);
		// With its write-ahead log: n8n ends without merging that into the database.
		for (const file of readdirSync(data).filter((name) => /^database\.sqlite(-wal)?$/.test(name)))
			copyFileSync(join(data, file), join(folder, file));
	} finally {
		await server.kill();
		rmSync(userFolder, { recursive: true, force: true });
	}
}
