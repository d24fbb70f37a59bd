import type { INodeTypeDescription } from 'n8n-workflow';
import { preparedWorkflow, type WorkflowJson } from '../../../scripts/n8n/workflows';

const types = [
	{ name: 'p.hub', credentials: [{ name: 'hubApi' }] },
	{ name: 'n8n-nodes-base.httpRequest', credentials: [{ name: 'httpBasicAuth' }] },
] as INodeTypeDescription[];

const workflow: WorkflowJson = {
	name: 'Receive',
	nodes: [
		{ name: 'Hub', type: 'p.hub', parameters: { limit: 50, url: 'https://real.example' } },
		{
			name: 'Call',
			type: 'n8n-nodes-base.httpRequest',
			parameters: { nodeCredentialType: 'hubApi' },
		},
		{ name: 'Set', type: 'n8n-nodes-base.set', parameters: {} },
	],
	connections: {},
	pinData: { Hub: [{ json: {} }] },
};

const byName = (prepared: WorkflowJson, name: string) =>
	prepared.nodes.find((node) => node.name === name);

it('gives a credential to each node that can use it, the HTTP Request node included', () => {
	const prepared = preparedWorkflow(workflow, types, { credentials: { hubApi: 'id-1' } });
	const given = { hubApi: { id: 'id-1', name: 'hubApi' } };
	expect(byName(prepared, 'Hub')?.credentials).toEqual(given);
	expect(byName(prepared, 'Call')?.credentials).toEqual(given);
	expect(byName(prepared, 'Set')?.credentials).toEqual({});
});

it('lays parameters over those of the file', () => {
	const parameters = { Hub: { url: 'http://127.0.0.1:9' } };
	const prepared = preparedWorkflow(workflow, types, { parameters, name: 'Mine' });
	expect(prepared.name).toBe('Mine');
	expect(byName(prepared, 'Hub')?.parameters).toEqual({ limit: 50, url: 'http://127.0.0.1:9' });
});

it('refuses parameters of a node that the workflow has not', () => {
	expect(() => preparedWorkflow(workflow, types, { parameters: { Hbu: {} } })).toThrow(
		'Receive has no node Hbu',
	);
});

it('runs all nodes: pinned data is left out unless it is asked for', () => {
	expect(preparedWorkflow(workflow, types, {}).pinData).toBeUndefined();
	expect(preparedWorkflow(workflow, types, { keepPinData: true }).pinData).toHaveProperty('Hub');
});
