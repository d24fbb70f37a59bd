// Loaded into n8n (and its task runner) before anything else: when the process that started it is gone, killed even,
// it removes the instance's folder and ends too. Tests and demo leave nothing behind.
const { rmSync } = require('node:fs');

const parent = process.ppid;
const folder = process.env.GUICHET_REMOVE_AT_END;

setInterval(() => {
	if (process.ppid === parent) return;
	if (folder) rmSync(folder, { recursive: true, force: true });
	process.kill(process.pid, 'SIGKILL');
}, 1_000).unref();
