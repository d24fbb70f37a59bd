import type { IDataObject, ILoadOptionsFunctions, INodeParameters, INodeType } from 'n8n-workflow';

import type { Choice, ListSearch } from '../../../lib/node/list-search';

export interface ListSetup {
	/** The data of the credential, of whatever type. */
	credential: IDataObject;
	/** What stands in the form at the moment. */
	parameters?: INodeParameters;
	search?: string;
	paginationToken?: string;
}

/** What n8n calls a list method on: the part of `ILoadOptionsFunctions` that lists use. */
export function fakeLoadOptions({ credential, parameters = {} }: ListSetup): ILoadOptionsFunctions {
	return {
		getCredentials: async () => await Promise.resolve(structuredClone(credential)),
		getCurrentNodeParameters: () => parameters,
		getNode: () => ({
			id: 'node',
			name: 'Temp-Node',
			type: 'n8n-nodes-guichet.test',
			typeVersion: 1,
			position: [0, 0],
			parameters,
		}),
	} as unknown as ILoadOptionsFunctions;
}

/** One list of a node, as the editor asks for it. */
export async function listOf(node: INodeType, name: string, setup: ListSetup) {
	const method = node.methods?.listSearch?.[name] as ListSearch | undefined;
	if (!method) throw new Error(`The node has no list ${name}`);
	return await method.call(fakeLoadOptions(setup), setup.search, setup.paginationToken);
}

/** The entries of a list. */
export async function choicesOf(node: INodeType, name: string, setup: ListSetup) {
	return (await listOf(node, name, setup)).results as Choice[];
}
