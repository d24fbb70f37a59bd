import type { SandboxProcess } from './sandbox-process';

/** Data of a HubEE credential for the sandbox. */
export function hubEeCredential({
	url,
	tokenUrl,
	clientId,
	clientSecret,
	ca,
}: SandboxProcess): object {
	return {
		environment: 'custom',
		baseUrl: url,
		tokenUrl,
		clientId,
		clientSecret,
		scope: 'SI',
		editorName: 'Guichet bench',
		applicationName: 'n8n',
		softwareVersion: '1.0',
		extraCa: ca,
	};
}
