import { mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import type { N8nInstance } from '../../scripts/n8n/instance';
import { allScenarios } from '../templates/all';
import { FAULTS, isTrigger, stopsNextTo, withFault } from '../templates/faults';
import { INCOMPLETE_CALL, type Scenario } from '../templates/scenario';

let scenarios: Scenario[];
let filesFolder: string;

beforeAll(async () => {
	filesFolder = mkdtempSync(join(tmpdir(), 'guichet-scenarios-'));
	const n8n = { filesFolder, createCredential: () => Promise.resolve('1') };
	scenarios = await allScenarios(n8n as unknown as N8nInstance);
});

afterAll(async () => {
	for (const { close } of scenarios) await close();
	rmSync(filesFolder, { recursive: true });
});

it('every template is tried under failure', () => {
	const templates = readdirSync(join(__dirname, '../../workflows'))
		.filter((name) => name.endsWith('.json'))
		.map((name) => name.replace('.json', ''));
	expect([...new Set(scenarios.map(({ template }) => template))].sort()).toEqual(templates.sort());
});

it('the nodes that a scenario names are in its template', () => {
	for (const scenario of scenarios) {
		const { template, workflow, killedAfter, worst } = scenario;
		const { sideBy = [], believed = [], compared = [], nodes = [] } = scenario;
		const names = workflow().nodes.map(({ name }) => name);
		const others = [...sideBy, ...believed, ...compared, ...nodes];
		const named = [killedAfter, ...others, ...(worst ? [worst.node] : [])];
		expect({
			template,
			missing: named.filter((name) => name !== INCOMPLETE_CALL && !names.includes(name)),
		}).toEqual({
			template,
			missing: [],
		});
	}
});

it('a fault can be put into every node, and leaves the template as it is', () => {
	for (const scenario of scenarios) {
		const whole = scenario.workflow();
		const before = JSON.stringify(whole);
		const nodes = whole.nodes.filter((node) => !isTrigger(node));
		for (const { name } of nodes)
			for (const fault of FAULTS) {
				const faulty = withFault(whole, { node: name, fault });
				expect(JSON.stringify(faulty)).not.toBe(before);
			}
		expect(JSON.stringify(whole)).toBe(before);
	}
});

it('an end after a node is the failure of the next one, where that one alone follows and stops', () => {
	const node = (name: string, more: object = {}) => ({
		name,
		type: 'n8n-nodes-base.set',
		parameters: {},
		...more,
	});
	const workflow = (...chain: Array<[from: string, to: string[]]>) => ({
		name: 'A chain',
		nodes: [node('A'), node('B'), node('C'), node('Continues', { onError: 'continueErrorOutput' })],
		connections: Object.fromEntries(
			chain.map(([from, to]) => [
				from,
				{ main: [to.map((name) => ({ node: name, type: 'main' as const, index: 0 }))] },
			]),
		),
	});
	expect(stopsNextTo(workflow(['A', ['B']]), 'A')).toBe('B');
	expect(stopsNextTo(workflow(['A', ['B', 'C']]), 'A')).toBeUndefined();
	expect(stopsNextTo(workflow(['A', ['B']], ['C', ['B']]), 'A')).toBeUndefined();
	expect(stopsNextTo(workflow(['A', ['Continues']]), 'A')).toBeUndefined();
	expect(stopsNextTo(workflow(), 'A')).toBeUndefined();
});
