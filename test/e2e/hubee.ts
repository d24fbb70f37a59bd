import { readFileSync } from 'node:fs';
import { join } from 'node:path';

import type { HubEeSandbox } from '../../sandbox/hubee';
import type { WorkflowJson } from '../../scripts/n8n/instance';

/** A template of the package, as it is shipped. */
export function template(name: string): WorkflowJson {
	return JSON.parse(
		readFileSync(join(__dirname, '../../workflows', `${name}.json`), 'utf8'),
	) as WorkflowJson;
}

/** The template with this instance's folder in place of the usual one, as a person sets it. */
export function withFolder(workflow: WorkflowJson, folder: string): WorkflowJson {
	return JSON.parse(
		JSON.stringify(workflow).replaceAll('/home/node/.n8n-files', folder),
	) as WorkflowJson;
}

/** Data of a HubEE credential for one of the sandbox's clients. */
export function hubEeCredential(sandbox: HubEeSandbox, client = 'si-paris', scope = 'SI'): object {
	const { clientId, clientSecret } = sandbox.credential(client);
	return {
		environment: 'custom',
		baseUrl: sandbox.url,
		tokenUrl: sandbox.tokenUrl,
		clientId,
		clientSecret,
		scope,
		editorName: 'Guichet tests',
		applicationName: 'n8n',
		softwareVersion: '1.0',
		...(sandbox.ca ? { extraCa: sandbox.ca } : {}),
	};
}
