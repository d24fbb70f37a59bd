// Brings the dependencies up to date before a command that needs them, so that each command works
// on a fresh clone. Plain JavaScript: it runs before anything is installed.
import { spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

const root = dirname(dirname(fileURLToPath(import.meta.url)));
const stamp = join(root, 'node_modules', '.guichet-lock-hash');
const hash = createHash('sha256')
	.update(readFileSync(join(root, 'package-lock.json')))
	.digest('hex');

const [major, minor] = process.versions.node.split('.').map(Number);
if (major < 20 || (major === 20 && minor < 19)) {
	console.error(`Node ${process.versions.node} is too old: 20.19 or newer is needed.`);
	process.exit(1);
}
if (!existsSync(stamp) || readFileSync(stamp, 'utf8') !== hash) {
	console.error('Installing the development dependencies (once, about half a minute) …');
	const args = ['ci', '--ignore-scripts', '--no-audit', '--no-fund'];
	const { status } = spawnSync('npm', args, {
		cwd: root,
		stdio: 'inherit',
		shell: process.platform === 'win32',
	});
	if (status !== 0) process.exit(status ?? 1);
	writeFileSync(stamp, hash);
}
