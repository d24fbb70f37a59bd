import type { Control, N8nCredential } from '../mock-server';

import type { CreatedEvent, NewDeposit, Deposited, IncomingEvent } from './administration/types';
import type { ScanRule } from './hub/antivirus';
import { organizationId } from './model';
import type { Client, OrganizationIdentifier } from './model';
import { SAMPLE_NAMES, type SampleName, SAMPLES } from './samples';
import { SI_ORGANIZATIONS } from './seed';

/** What the controls steer. */
interface Steered {
	deposit(deposit: NewDeposit): Promise<Deposited>;
	incomingEvent(event: IncomingEvent): Promise<CreatedEvent>;
	scanNext(rule: ScanRule): void;
	expireTokens(): void;
	/** The case that came last; undefined when there is none. */
	lastCase(): string | undefined;
}

const OF_THE_SAMPLE = 'as the sample';

const RECIPIENTS: Record<string, OrganizationIdentifier> = SI_ORGANIZATIONS;

/** Processes that everybody knows; an empty choice keeps the one of the sample. */
const PROCESSES = [OF_THE_SAMPLE, 'CERTDC', 'EtatCivil', 'OTV', 'JeChangeDeCoordonnees'];

export function hubEeControls(sandbox: Steered): Control[] {
	return [
		{
			name: 'drop',
			title: 'Drop a télédossier',
			explanation:
				'As if an online-service operator had sent it; the recipient is notified at once.',
			fields: [
				{ name: 'kind', label: 'Kind', value: 'XML and PDF', options: SAMPLE_NAMES },
				{ name: 'process', label: 'Process', value: OF_THE_SAMPLE, options: PROCESSES },
				{
					name: 'recipient',
					label: 'Recipient',
					value: OF_THE_SAMPLE,
					options: [OF_THE_SAMPLE, ...Object.keys(RECIPIENTS)],
				},
			],
			run: async ({ kind, process, recipient = '' }) => {
				const sample: NewDeposit = SAMPLES[kind as SampleName];
				const chosen = RECIPIENTS[recipient];
				return await sandbox.deposit({
					...sample,
					...(process === OF_THE_SAMPLE ? {} : { processCode: process }),
					// A file for one of two recipients is for the only one then.
					...(chosen
						? { recipients: [chosen], files: sample.files.map((file) => ({ ...file, cases: [0] })) }
						: {}),
				});
			},
		},
		{
			name: 'message',
			title: 'Write to the authority',
			explanation: 'A message of the operator on a case; the recipient is notified of the event.',
			fields: [
				{ name: 'case', label: 'Case ID', value: '' },
				{ name: 'message', label: 'Message', value: 'Où en est mon dossier ?' },
			],
			run: async ({ case: given, message }) => {
				const caseId = given || sandbox.lastCase();
				if (!caseId) throw new Error('There is no case yet: drop a télédossier first');
				return await sandbox.incomingEvent({ caseId, actionType: 'SENDING_MESSAGE', message });
			},
		},
		{
			name: 'virus',
			title: 'Let the next scan find a virus',
			explanation: 'The next uploaded file becomes CORRUPTED and can never be read.',
			fields: [{ name: 'files', label: 'Files', value: '1' }],
			run: ({ files }) => sandbox.scanNext({ outcome: 'CORRUPTED', times: Number(files) }),
		},
		{
			name: 'expire-tokens',
			title: 'Expire all tokens',
			fields: [],
			run: () => sandbox.expireTokens(),
		},
	];
}

/** The labels of the form in n8n, in its order. */
const LABELS = {
	environment: 'Environment',
	baseUrl: 'Base URL',
	tokenUrl: 'Token URL',
	clientId: 'Client ID',
	clientSecret: 'Client Secret',
	scope: 'Scope',
	editorName: 'Editor Name',
	applicationName: 'Application Name',
};

export function hubEeCredentials(
	clients: readonly Client[],
	addresses: { url: string; tokenUrl: string; ca: string | undefined },
): N8nCredential[] {
	return clients.map(({ clientId, clientSecret, scopes, organization }) => ({
		name: `HubEE sandbox: ${clientId} (${organizationId(organization)})`,
		type: 'hubEeOAuth2Api',
		data: {
			environment: 'custom',
			baseUrl: addresses.url,
			tokenUrl: addresses.tokenUrl,
			clientId,
			clientSecret,
			scope: scopes[0] ?? 'SI',
			editorName: 'Sandbox',
			applicationName: 'n8n',
			softwareVersion: '1.0',
			...(addresses.ca === undefined ? {} : { extraCa: addresses.ca }),
		},
		labels: {
			...LABELS,
			...(addresses.ca === undefined ? {} : { extraCa: 'Extra CA Certificates' }),
		},
	}));
}
