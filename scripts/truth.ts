import { spawnSync } from 'node:child_process';
import { join } from 'node:path';

/**
 * Runs the random histories of a service: `npm run truth -- <service> [histories] [seed] [path]`.
 * Without a seed another one is taken each time; it is printed.
 */
const [service = '', histories = '20000', seed = String(Date.now() % 0x7fffffff), path = ''] =
	process.argv.slice(2);
if (!/^[a-z]+$/.test(service)) {
	process.stderr.write('Say which service: npm run truth -- hubee 20000\n');
	process.exit(1);
}
const jest = join(__dirname, '../node_modules/jest/bin/jest.js');
const { status } = spawnSync(process.execPath, [jest, `test/truth/${service}`], {
	stdio: 'inherit',
	env: { ...process.env, TRUTH_HISTORIES: histories, TRUTH_SEED: seed, TRUTH_PATH: path },
});
process.exit(status ?? 1);
