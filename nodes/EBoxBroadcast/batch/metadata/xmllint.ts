import { Worker } from 'node:worker_threads';
import { xmllintFiles } from './xmllint-files';

/** A file in the virtual file system of a run; it sees no other file and no network. */
export interface XmllintInput {
	fileName: string;
	contents: string | Uint8Array;
}

export interface XmllintRun {
	exitCode: number;
	/** what xmllint says, line by line */
	messages: string[];
}

const PAGES_PER_MEBIBYTE = 16;
/** 64 KiB pages; the public EboxMessage schema needs less than half of the maximum. */
const MEMORY = { initial: 16 * PAGES_PER_MEBIBYTE, maximum: 64 * PAGES_PER_MEBIBYTE };

/**
 * What runs in the worker after the library's runner. The runner by itself would look for its
 * .wasm file on disk, and the package is bundled without loose files.
 */
const START = `
;(() => {
	const { parentPort, workerData } = require('node:worker_threads');
	const messages = [];
	const say = (text) => messages.push(text);
	Module({
		inputFiles: workerData.files,
		arguments: workerData.args,
		wasmBinary: workerData.wasm,
		wasmMemory: new WebAssembly.Memory(workerData.memory),
		print: say,
		printErr: say,
		onExit: (exitCode) => parentPort.postMessage({ exitCode, messages }),
		onAbort: (reason) => parentPort.postMessage({ exitCode: -1, messages: [String(reason)] }),
	});
})();
`;

/**
 * Runs xmllint in a worker thread: the program ends its process when it is done, and a hostile
 * document may cost it time, so it does not run in n8n's main thread.
 */
export async function runXmllint(args: string[], files: XmllintInput[]): Promise<XmllintRun> {
	const { runner, wasm } = xmllintFiles();
	const worker = new Worker(runner + START, {
		eval: true,
		workerData: { args, files, wasm, memory: MEMORY },
	});
	try {
		return await new Promise<XmllintRun>((resolve, reject) => {
			worker.once('message', (run: XmllintRun) => resolve(run));
			worker.once('error', reject);
			worker.once('exit', (code) =>
				reject(new Error(`xmllint stopped without an answer (${code})`)),
			);
		});
	} finally {
		await worker.terminate();
	}
}
