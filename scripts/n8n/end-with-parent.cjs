// Loaded into n8n (and its task runner) before anything else: when the process that started it is gone, killed even,
// it removes the instance's folder and ends too. Tests and demo leave nothing behind.
const { rmSync } = require('node:fs');

const parent = process.ppid;
const folder = process.env.GUICHET_REMOVE_AT_END;
const isOrphan = () => process.ppid !== parent;

function removeFolder() {
	if (folder && isOrphan()) rmSync(folder, { recursive: true, force: true, maxRetries: 3 });
}

// n8n may notice first, by writing to the closed pipe of its log.
process.on('exit', removeFolder);

setInterval(() => {
	if (!isOrphan()) return;
	removeFolder();
	process.kill(process.pid, 'SIGKILL');
}, 1_000).unref();
