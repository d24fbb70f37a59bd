import { setImmediate as turn } from 'node:timers/promises';

import type { IDataObject } from 'n8n-workflow';

import type * as agentsModule from '../../../lib/http/agents';
import type * as clientModule from '../../../lib/http/client';
import type * as executeModule from '../../../lib/node/execute';
import type * as formModule from '../../../lib/node/form';
import type * as tableModule from '../../../nodes/HubEe/table';
import { fakeExecution } from '../fakes/execution';
import { folderForm, Office, OSL_ACCOUNT } from './office';

const closing: Array<() => void> = [];

/** Longer than n8n's list takes to be read and written, as the waits of queue mode are. */
const aWhile = async () => {
	for (let turns = 0; turns < 40; turns++) await turn();
};

/** The node in an n8n process of its own, with modules of its own. */
function processOf(office: Office) {
	let run: ((processed: Set<string>) => Promise<IDataObject>) | undefined;
	jest.isolateModules(() => {
		const load = <Module extends object>(path: string) =>
			jest.requireActual<Module>(`../../../${path}`);
		const { executeTable } = load<typeof executeModule>('lib/node/execute');
		const { formOf } = load<typeof formModule>('lib/node/form');
		const { HttpClient } = load<typeof clientModule>('lib/http/client');
		const { hubEeTable } = load<typeof tableModule>('nodes/HubEe/table');
		closing.push(load<typeof agentsModule>('lib/http/agents').closeAllConnections);
		jest.spyOn(HttpClient.prototype, 'wait').mockImplementation(aWhile);
		run = async (processed) => {
			const { execution } = fakeExecution({
				properties: formOf(hubEeTable),
				parameters: {
					resource: 'folder',
					operation: 'submit',
					...folderForm({ externalId: 'DGS-EtatCivil-0000000000001' }),
				},
				credentials: { hubEeOAuth2Api: office.desk.credential(OSL_ACCOUNT) },
				items: [office.item({ data: ['acte.pdf', 'content'] })],
				store: office.store,
				processed,
			});
			const [[{ json }]] = await executeTable(execution, hubEeTable);
			return json;
		};
	});
	if (!run) throw new Error('The modules were not loaded');
	return run;
}

let office: Office;
beforeEach(async () => {
	jest.replaceProperty(process, 'env', { ...process.env, EXECUTIONS_MODE: 'queue' });
	office = await Office.open(OSL_ACCOUNT);
});
afterEach(async () => {
	for (const close of closing.splice(0)) close();
	await office.close();
});

it('completes one folder when two workers submit the same external ID at once', async () => {
	const processed = new Set<string>();
	const workers = [processOf(office), processOf(office)];
	const results = await Promise.all(workers.map(async (run) => await run(processed)));
	const folders = office.sandbox.listFolders();
	expect(folders).toHaveLength(1);
	expect(folders[0].globalStatus).not.toBe('HUBEE_RECEIVED');
	expect(results.map(({ folderId }) => folderId)).toEqual([folders[0].id, folders[0].id]);
	expect(results.map(({ submittedBefore }) => submittedBefore).sort()).toEqual([false, true]);
	// Whoever comes later is told of it.
	expect(await workers[0](processed)).toMatchObject({ submittedBefore: true });
});
