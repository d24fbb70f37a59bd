import type { INode, INodeTypeDescription, IWorkflowBase } from 'n8n-workflow';

/** A workflow as the editor exports it, and as `workflows/*.json` hold it. */
export interface WorkflowJson {
	name: string;
	nodes: Array<Partial<INode> & Pick<INode, 'name' | 'type' | 'parameters'>>;
	connections: IWorkflowBase['connections'];
	settings?: IWorkflowBase['settings'];
	pinData?: IWorkflowBase['pinData'];
}

export interface ImportOptions {
	/** Name in place of the file's. */
	name?: string;
	/** Credential ids by credential type, put into every node that can use the type. */
	credentials?: Record<string, string>;
	/** Parameters by node name, laid over the node's own (one level deep). */
	parameters?: Record<string, INode['parameters']>;
	/** Keep the pinned data of the file. Default: no, for pinned nodes do not run. */
	keepPinData?: boolean;
}

/** A workflow made ready for an instance, as a person would after importing it. */
export function preparedWorkflow(
	workflow: WorkflowJson,
	types: INodeTypeDescription[],
	{ name, credentials = {}, parameters = {}, keepPinData = false }: ImportOptions,
): WorkflowJson {
	const unknown = Object.keys(parameters).filter(
		(node) => !workflow.nodes.some((candidate) => candidate.name === node),
	);
	if (unknown.length > 0) throw new Error(`${workflow.name} has no node ${unknown.join(', ')}`);
	const nodes = workflow.nodes.map((node, index) => ({
		id: `node-${index}`,
		typeVersion: 1,
		position: [index * 200, 0] as [number, number],
		...node,
		parameters: { ...node.parameters, ...parameters[node.name] },
		credentials: { ...node.credentials, ...usedCredentials(node, types, credentials) },
	}));
	return {
		name: name ?? workflow.name,
		nodes,
		connections: workflow.connections,
		settings: workflow.settings ?? { executionOrder: 'v1' },
		...(keepPinData ? { pinData: workflow.pinData } : {}),
	};
}

function usedCredentials(
	node: WorkflowJson['nodes'][number],
	types: INodeTypeDescription[],
	available: Record<string, string>,
): INode['credentials'] {
	const usable = new Set([
		...types
			.filter(({ name }) => name === node.type)
			.flatMap(({ credentials = [] }) => credentials.map((credential) => credential.name)),
		// The HTTP Request node names the credential type in a parameter.
		String(node.parameters.nodeCredentialType ?? ''),
		...Object.keys(node.credentials ?? {}),
	]);
	return Object.fromEntries(
		Object.entries(available)
			.filter(([type]) => usable.has(type))
			.map(([type, id]) => [type, { id, name: type }]),
	);
}
