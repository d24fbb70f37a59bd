/**
 * Puts every fault into every node of the templates, on a real n8n, and judges what came of it by
 * the state of the service, the files and what the caller was told. Writes
 * `docs/templates-under-failure.md` when all templates were run.
 *
 * @example
 * npm run test:templates
 * npm run test:templates -- hubee-receive-cases --faults fails,one
 */
import { writeFileSync } from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';

import { FAULTS, type Fault, faultsOf, withFault } from '../test/templates/faults';
import { hubEeScenarios } from '../test/templates/hubee';
import type { Scenario, Scenarios, Work } from '../test/templates/scenario';
import { installN8n } from './n8n/install';
import { N8nInstance } from './n8n/instance';
import { packedTarball } from './n8n/pack';

/** One per service; a service with scenarios of its own adds them here. */
const SERVICES: Scenarios[] = [hubEeScenarios];

const PAGE = join(__dirname, '../docs/templates-under-failure.md');

interface Row {
	template: string;
	node: string;
	fault: Fault;
	/** Done of five while the fault was there. */
	during: number;
	/** Done of five after the template ran once more as it is. */
	after: number;
	problems: string[];
}

/** Ends n8n when it is called: the end of the process at that point of an execution. */
async function startEnd(n8n: N8nInstance) {
	const server = createServer(() => void n8n.kill());
	await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
	const { port } = server.address() as AddressInfo;
	return {
		url: `http://127.0.0.1:${port}/`,
		close: () => {
			server.close();
			server.closeAllConnections();
		},
	};
}

async function tried(
	n8n: N8nInstance,
	scenario: Scenario,
	{ node, fault, endUrl }: { node: string; fault: Fault; endUrl: string },
): Promise<Row> {
	const work = await scenario.prepare();
	const whole = scenario.workflow();
	const { credentials, template } = scenario;
	const faulty = await n8n.importWorkflow(withFault(whole, node, fault, endUrl), { credentials });
	await work.act(faulty);
	if (!n8n.running) await n8n.restart();
	await n8n.deactivate(faulty).catch(() => undefined);
	const during = work.done();
	const problems = work.lies();
	if (fault === 'one' && scenario.together && during < 4)
		problems.push(`one bad item of five: ${during} of the others were done`);
	const after = await repeated(n8n, scenario, work);
	problems.push(...work.lies(), ...work.twice());
	if (after < 5) problems.push(`run again: ${after} of 5 done`);
	return { template, node, fault, during, after, problems: [...new Set(problems)] };
}

/** Lets the template run as it is, so that what was left is done. */
async function repeated(n8n: N8nInstance, scenario: Scenario, work: Work): Promise<number> {
	const { credentials } = scenario;
	const id = await n8n.importWorkflow(scenario.workflow(), { credentials });
	await work.act(id);
	return work.done();
}

async function main(args: string[]): Promise<void> {
	const at = args.indexOf('--faults');
	const faults = at < 0 ? FAULTS : (args[at + 1] ?? '').split(',');
	const names = at < 0 ? args : args.slice(0, at);
	await installN8n();
	const n8n = await N8nInstance.start({ tarball: await packedTarball() });
	const end = await startEnd(n8n);
	const rows: Row[] = [];
	const scenarios: Scenario[] = [];
	try {
		for (const service of SERVICES) scenarios.push(...(await service(n8n)));
		const wanted = scenarios.filter(
			({ template }) => names.length === 0 || names.includes(template),
		);
		for (const scenario of wanted)
			for (const { node, fault } of faultsOf(scenario.workflow())) {
				if (!faults.includes(fault)) continue;
				const row = await tried(n8n, scenario, { node, fault, endUrl: end.url });
				rows.push(row);
				console.log(lineOf(row));
			}
	} finally {
		end.close();
		await n8n.end();
		for (const scenario of scenarios) await scenario.close();
	}
	const bad = rows.filter(({ problems }) => problems.length > 0);
	if (names.length === 0) writeFileSync(PAGE, pageOf(rows, faults));
	console.log(`${rows.length} tried, ${bad.length} with a problem`);
	if (bad.length > 0) process.exitCode = 1;
}

const lineOf = ({ template, node, fault, during, after, problems }: Row) =>
	`| ${template} | ${node} | ${fault} | ${during} | ${after} | ${problems.join('; ') || '–'} |`;

function pageOf(rows: Row[], faults: string[]): string {
	const bad = rows.filter(({ problems }) => problems.length > 0).length;
	return `# Templates under failure

Made by \`npm run test:templates\`; do not edit. Each line is one run on a real n8n: the template has five things to do, one of its nodes has a fault (${faults.join(', ')}), and afterwards the template runs once more as it is.

- *fails*: the node fails for each of its items · *empty*: it gives nothing · *one*: it fails for the third item · *ends*: n8n is ended right after it.
- *During* and *after*: how many of the five were done with the fault, and after the template ran once more.
- A *problem* is: something acknowledged, closed or told OK that was not done; something done twice; something lost; one bad item that held up the others.

${rows.length} runs, ${bad} with a problem.

| Template | Node | Fault | During | After | Problem |
| --- | --- | --- | --- | --- | --- |
${rows.map(lineOf).join('\n')}
`;
}

void main(process.argv.slice(2));
