import { broadcastReport, measureBroadcast } from './broadcast';
import { guardStoreReport, measureGuardStore } from './dimona';
import { eBoxReport, measureEBox } from './ebox/listing';
import { measureHubEe } from './hubee/main';
import { hubEeReport } from './hubee/report';
import { keysReport, measureKeys } from './keys';
import { runProgram } from './program';
import { measureStart, startReport } from './start';

const say = (text: string) => console.error(text);

/**
 * All measurements in one run, as one report; with a name (`hubee`, `broadcast`, `start`) only that
 * one.
 */
const MEASUREMENTS: Record<string, () => Promise<string> | string> = {
	start: async () => startReport(await measureStart()),
	hubee: async () => hubEeReport(await measureHubEe(say)),
	dimona: async () => guardStoreReport(await measureGuardStore()),
	keys: async () => keysReport(await measureKeys()),
	ebox: async () => eBoxReport(await measureEBox(say)),
	broadcast: async () => broadcastReport(await measureBroadcast()),
};

async function main(): Promise<void> {
	const chosen = process.argv.slice(2);
	const reports: string[] = [];
	for (const [name, measure] of Object.entries(MEASUREMENTS)) {
		if (chosen.length > 0 && !chosen.includes(name)) continue;
		say(`Measuring ${name} …`);
		reports.push(await measure());
	}
	console.log(`\n${reports.join('\n\n')}`);
}

runProgram(main);
