/**
 * Makes a fresh clone ready, for the commands that promise to do all their own set-up: installs the development
 * dependencies when they are missing or older than the lock file. Plain JavaScript, for nothing is installed yet.
 */
import { spawnSync } from 'node:child_process';
import { existsSync, statSync } from 'node:fs';
import { fileURLToPath } from 'node:url';

const root = fileURLToPath(new URL('..', import.meta.url));
const [major, minor] = process.versions.node.split('.').map(Number);
if (major < 20 || (major === 20 && minor < 19)) {
	console.error(`Node 20.19 or newer is needed, this is ${process.version}`);
	process.exit(1);
}

// npm writes this file at the end of each installation.
const installed = `${root}node_modules/.package-lock.json`;
const isFresh = () =>
	existsSync(installed) &&
	statSync(installed).mtimeMs >= statSync(`${root}package-lock.json`).mtimeMs;

if (!isFresh()) {
	console.error('Installing the development dependencies (about a minute) …');
	const options = ['ci', '--ignore-scripts', '--no-audit', '--no-fund', '--loglevel=error'];
	const { status } = spawnSync('npm', options, { cwd: root, stdio: 'inherit' });
	if (status !== 0) process.exit(status ?? 1);
}
