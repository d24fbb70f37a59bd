import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';

import { DimonaSandbox, testSsin } from '../../sandbox/dimona';
import { N8nInstance } from '../../scripts/n8n/instance';
import { packedTarball } from '../../scripts/n8n/pack';
import { lastResults, resultFiles } from './dimona-results';
import { template, withFolder } from './hubee';

const LINES = 50;
const TYPE = 'socialSecurityCertificateOAuth2Api';
const PATIENCE_MS = 10 * 60_000;

/**
 * After so many declarations n8n is killed: at the first one, in the midst, while the last ones
 * wait for their results.
 */
const KILLS = [1, 17, 34, LINES];

let n8n: N8nInstance;
let sandbox: DimonaSandbox;

beforeAll(async () => {
	sandbox = await DimonaSandbox.start({ behaviour: { processingDelay: 1_000 } });
	// So slow that a kill always finds it at work.
	sandbox.mockServer.latency = 40;
	n8n = await N8nInstance.start({ tarball: await packedTarball() });
});

afterAll(async () => {
	await n8n?.end();
	await sandbox?.close();
});

const until = async (what: string, isSo: () => boolean) => {
	const deadline = Date.now() + PATIENCE_MS;
	while (!isSo()) {
		if (Date.now() > deadline) throw new Error(`waited in vain until ${what}`);
		await sleep(5);
	}
};

const day = new Intl.DateTimeFormat('sv-SE', { timeZone: 'Europe/Brussels' }).format(
	Date.now() + 86_400_000,
);

it(
	'a sheet of fifty lines is declared once, line by line, although n8n is killed four times; no result is lost',
	async () => {
		const file = join(n8n.filesFolder, 'dimona.csv');
		const lines = Array.from(
			{ length: LINES },
			(_, index) => `${index + 1},${testSsin(index + 1)},FLX,${day},17:00,21:30`,
		);
		writeFileSync(
			file,
			`reference,ssin,workerType,startDate,startHour,endHour\n${lines.join('\n')}\n`,
		);
		const credential = await n8n.createCredential('Dimona', TYPE, sandbox.credential());
		const workflow = withFolder(template('dimona-declare-sheet'), n8n.filesFolder);
		const node = workflow.nodes.find(({ name }) => name === 'Declare and Wait');
		const options = { ...(node?.parameters.options as object), pauseMs: 20, searchSeconds: 2 };
		const id = await n8n.importWorkflow(workflow, {
			credentials: { [TYPE]: credential },
			parameters: { 'Declare and Wait': { options } },
		});

		for (const declared of KILLS) {
			// The run ends with n8n, and not by itself.
			const run = n8n.run(id, { timeoutMs: PATIENCE_MS }).then(
				() => 'finished',
				() => 'killed',
			);
			await until(
				`${declared} are declared`,
				() => sandbox.registry.declarations.length >= declared,
			);
			await n8n.kill();
			expect(resultFiles(n8n.filesFolder)).toEqual([]);
			await n8n.restart();
			expect(await run).toBe('killed');
		}

		const last = await n8n.run(id, { timeoutMs: PATIENCE_MS });
		expect(last.error).toBeUndefined();

		sandbox.registry.settle();
		const periods = sandbox.registry.periods.map(({ worker }) => worker.ssin).sort();
		expect(periods).toEqual(
			Array.from({ length: LINES }, (_, index) => testSsin(index + 1)).sort(),
		);
		const written = lastResults(n8n.filesFolder).map((line) => line.split(','));
		expect(written.map(([reference, status]) => [reference, status])).toEqual(
			Array.from({ length: LINES }, (_, index) => [String(index + 1), 'accepted']),
		);
		const periodOf = (reference: string) =>
			sandbox.registry.periods.find(({ worker }) => worker.ssin === testSsin(Number(reference)))
				?.id;
		for (const [reference, , declarationId, periodId] of written) {
			expect(periodId).toBe(String(periodOf(reference)));
			expect(declarationId).toMatch(/^\d{12}$/);
		}
		console.log(
			`${LINES} lines, ${KILLS.length} kills: ${sandbox.registry.declarations.length} declarations, ${sandbox.registry.periods.length} periods`,
		);
		expect(sandbox.mockServer.faults).toEqual([]);
	},
	PATIENCE_MS,
);
