import { allScenarios } from '../templates/all';
import { Matrix, worstOf } from '../templates/matrix';
import type { Scenario } from '../templates/scenario';

/**
 * Of each template the fault that would cost most; `npm run test:templates` tries all nodes with
 * all faults.
 */

let matrix: Matrix;
let scenarios: Scenario[] = [];

beforeAll(async () => {
	matrix = await Matrix.start();
	scenarios = await allScenarios(matrix.n8n);
});

afterAll(async () => {
	await matrix?.end();
	for (const { close } of scenarios) await close();
});

it('every template holds under its worst fault: nothing is lost, done twice or told OK wrongly', async () => {
	const seen: string[] = [];
	const problems: string[] = [];
	for (const scenario of scenarios) {
		const { template, part } = scenario;
		const { node, fault } = worstOf(scenario);
		const row = await matrix.row(scenario, { node, fault });
		const line = `${template}${part ? ` (${part})` : ''}: ${node} ${fault}, ${row.during} → ${row.after} of ${row.total}`;
		seen.push(line);
		problems.push(...row.problems.map((problem) => `${line}: ${problem}`));
	}
	process.stdout.write(`${seen.join('\n')}\n`);
	expect(problems).toEqual([]);
}, 1_200_000);
