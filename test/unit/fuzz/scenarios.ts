import type { IDataObject, INodeExecutionData } from 'n8n-workflow';

import { executeTable } from '../../../lib/node/execute';
import { formOf } from '../../../lib/node/form';
import { forgetAllTokens } from '../../../lib/oauth/token-source';
import { aspOneAlertTable } from '../../../nodes/AspOneAlert/table';
import { hubEeTable } from '../../../nodes/HubEe/table';
import { eBoxTable } from '../../../nodes/EBoxEnterprise/table';
import { forgetReferenceData } from '../../../nodes/EBoxEnterprise/api/reference-names';
import type { AspOneSandbox } from '../../../sandbox/aspone';
import { type EBoxSandbox, ENTERPRISE } from '../../../sandbox/ebox';
import type { HubEeSandbox } from '../../../sandbox/hubee';
import { Harness } from '../../contract/dimona/harness';
import { credentialFor } from '../ebox/federation';
import { BinaryStore } from '../fakes/binary-store';
import { type ExecutionSetup, fakeExecution } from '../fakes/execution';
import { folderForm, PARIS } from '../hubee-osl/office';

/** One run of one operation, ready to be recorded and run again. */
export interface Scenario {
	/** `hubee case:receive` */
	name: string;
	/** Asks for a token anew; otherwise the one that was recorded is used. */
	withToken: boolean;
	run: () => Promise<INodeExecutionData[]>;
}

/** A sandbox brought into the state that the operation needs, before it is recorded. */
export interface Prepared extends Omit<Scenario, 'run'> {
	prepare: () => Promise<Scenario['run']>;
}

type Table = Parameters<typeof executeTable>[1];

const runOf =
	(
		table: unknown,
		resource: string,
		operation: string,
		parameters: IDataObject,
		setup: Partial<ExecutionSetup>,
	): Scenario['run'] =>
	async () => {
		const typed = table as Table;
		const { execution } = fakeExecution({
			properties: formOf(typed),
			parameters: { resource, operation, ...parameters },
			...setup,
		});
		return (await executeTable(execution, typed)).flat();
	};

const splitName = (operation: string): [string, string] => operation.split(':') as [string, string];

function withFile(): Pick<ExecutionSetup, 'store' | 'items'> {
	const store = new BinaryStore();
	return {
		store,
		items: [{ json: {}, binary: { data: store.put('x', 'x.pdf', 'application/pdf') } }],
	};
}

export function hubEeScenarios(sandbox: HubEeSandbox): Prepared[] {
	const scenario = (
		operation: string,
		parametersOf: (seen: HubEeState) => IDataObject,
		file = false,
	): Prepared => ({
		name: `hubee ${operation}`,
		withToken: operation === 'notification:getMany',
		prepare: async () => {
			await sandbox.reset();
			forgetAllTokens();
			const [resource, name] = splitName(operation);
			const parameters = parametersOf(await hubEeState(sandbox));
			// Only a service has a queue of its own.
			const isQueue = resource === 'notification' || resource === 'event';
			const { clientId, clientSecret } = sandbox.credential(isQueue ? 'si-paris' : 'admin');
			const credentials = {
				hubEeOAuth2Api: {
					environment: 'custom',
					baseUrl: sandbox.url,
					tokenUrl: sandbox.tokenUrl,
					clientId,
					clientSecret,
					scope: isQueue ? 'SI' : 'ADMIN',
					editorName: 'Test',
					applicationName: 'n8n',
					softwareVersion: '1.0',
				},
			};
			return runOf(hubEeTable, resource, name, parameters, {
				credentials,
				...(file ? withFile() : {}),
			});
		},
	});
	return [
		scenario('notification:getMany', () => ({})),
		scenario('notification:acknowledge', ({ event, notificationId }) => ({
			notificationId,
			...event,
		})),
		scenario('notification:delete', ({ notificationId }) => ({ notificationId })),
		scenario('case:get', ({ caseId }) => ({ caseId })),
		scenario('case:receive', ({ caseId }) => ({ caseId })),
		scenario('case:downloadAttachment', ({ caseId, fileId }) => ({ caseId, attachmentId: fileId })),
		scenario('case:updateStatus', ({ caseId }) => ({ caseId, status: 'DONE' })),
		scenario('case:answerRequest', ({ caseId }) => ({ caseId, attachmentType: 'documents' }), true),
		scenario('case:close', ({ caseId, folderId }) => ({ caseId, folderId })),
		scenario(
			'case:reopen',
			({ caseId, folderId }) => ({ caseId, folderId, attachmentType: 'documents' }),
			true,
		),
		scenario('event:sendFiles', ({ caseId }) => ({ caseId, attachmentType: 'documents' }), true),
		scenario('event:receive', ({ event }) => event),
		scenario('event:create', ({ caseId }) => ({ caseId, actionType: 'COM_ADD' })),
		scenario('event:get', ({ event }) => event),
		scenario('event:acknowledge', ({ event }) => event),
		scenario('event:updateStatus', ({ event }) => ({ ...event, eventStatus: 'RECEIVED' })),
		scenario('event:downloadAttachment', ({ event, eventFileId }) => ({
			...event,
			attachmentId: eventFileId,
		})),
		scenario('folder:submit', () => folderForm({ externalId: 'FUZZ-2026-1' }), true),
		scenario('folder:create', () => folderForm({ externalId: 'FUZZ-2026-1' }), true),
		scenario('folder:get', ({ folderId }) => ({ folderId })),
		scenario('folder:updateStatus', ({ folderId }) => ({ folderId, globalStatus: 'CLOSED' })),
		scenario('folder:close', ({ folderId }) => ({ folderId })),
		scenario('organization:getMany', () => ({})),
		scenario('organization:get', () => PARIS_FORM),
		scenario('organization:create', () => ORGANIZATION_FORM),
		scenario('organization:ensure', () => ORGANIZATION_FORM),
		scenario('organization:update', () => ({ ...PARIS_FORM, changes: { name: 'Autre' } })),
		scenario('process:getMany', () => ({})),
		scenario('process:get', () => ({ processCode: 'OTV' })),
		scenario('process:update', () => ({ processCode: 'OTV', changes: { name: 'Autre' } })),
		scenario('subscription:getMany', () => ({})),
		scenario('subscription:get', ({ subscriptionId }) => ({ subscriptionId })),
		scenario('subscription:ensure', () => SUBSCRIPTION_FORM),
		scenario('subscription:update', ({ subscriptionId }) => ({
			subscriptionId,
			changes: { email: 'a@example.fr' },
		})),
		scenario('subscription:activate', ({ subscriptionId }) => ({ subscriptionId })),
	];
}

const ORGANIZATION = { organizationType: 'SI', siret: '21040107100019', branchCode: '04107' };

const ORGANIZATION_FORM = {
	...ORGANIZATION,
	name: 'Commune de Manosque',
	postalCode: '04100',
	territory: 'ALPES-DE-HAUTE-PROVENCE',
	email: 'contact@manosque.example.fr',
};

/** One that the sandbox holds. */
const PARIS_FORM = { organizationType: 'SI', ...PARIS };

const SUBSCRIPTION_FORM = {
	...PARIS_FORM,
	processCode: 'EtatCivil',
	datapassId: 4711,
	administratorEmail: 'adeline@manosque.example.fr',
	administratorFirstName: 'Adeline',
	administratorLastName: 'Test',
};

type HubEeState = Awaited<ReturnType<typeof hubEeState>>;

async function hubEeState(sandbox: HubEeSandbox) {
	const dropped = await sandbox.drop({
		processCode: 'EtatCivil',
		files: [{ fileName: 'a.pdf', content: { text: 'the content of a file' } }],
	});
	const [{ id: caseId, notificationId }] = dropped.cases;
	const { eventId, attachments } = await sandbox.incomingEvent({
		caseId,
		actionType: 'ATTACH_DEPOSIT',
		files: [{ fileName: 'b.pdf', content: { text: 'b' } }],
	});
	const [{ id: subscriptionId }] = sandbox.hub.subscriptions.all();
	return {
		caseId,
		notificationId,
		folderId: dropped.folderId,
		fileId: dropped.attachments[0].id,
		event: { caseId, eventId },
		eventFileId: attachments[0].id,
		subscriptionId,
	};
}

export function dimonaScenarios(harness: Harness): Prepared[] {
	const other = () => harness.other({ operation: undefined, options: { pauseMs: 0 } });
	const declared = async (): Promise<IDataObject> => {
		const { json } = await harness.run(
			harness.other({ operation: 'submitAndWait', kind: 'in', options: { pauseMs: 0 } }),
		);
		return json[0];
	};
	const scenario = (
		operation: string,
		parametersOf: () => Promise<IDataObject> | IDataObject,
	): Prepared => ({
		name: `dimona ${operation}`,
		withToken: operation === 'period:get',
		prepare: async () => {
			await harness.reset();
			const parameters = await parametersOf();
			const [resource, name] = splitName(operation);
			return async () => (await harness.run({ ...parameters, resource, operation: name })).items;
		},
	});
	const search = { employerId: '125482497', returnAll: true };
	return [
		scenario('declaration:submitAndWait', () => ({ ...other(), kind: 'in' })),
		scenario('declaration:submitIn', other),
		scenario('declaration:getResult', async () => ({
			declarationId: (await declared()).declarationId,
		})),
		scenario('declaration:waitForResult', async () => ({
			declarationId: (await declared()).declarationId,
		})),
		scenario('declaration:search', async () => {
			await declared();
			return search;
		}),
		scenario('period:search', async () => {
			await declared();
			return search;
		}),
		scenario('relation:search', async () => {
			await declared();
			return search;
		}),
		scenario('period:get', async () => ({ periodId: String((await declared()).periodId) })),
		scenario('declaration:submitOut', async () => ({
			periodId: String((await declared()).periodId),
			endDate: harness.day(2),
			options: { pauseMs: 0 },
		})),
		scenario('declaration:submitCancel', async () => ({
			periodId: String((await declared()).periodId),
			options: { pauseMs: 0 },
		})),
	];
}

export function eBoxScenarios(sandbox: EBoxSandbox): Prepared[] {
	const scenario = (operation: string, parameters: IDataObject = {}, file = false): Prepared => ({
		name: `e-box ${operation}`,
		withToken: operation === 'summary:get',
		prepare: async () => {
			await sandbox.mockServers.nsso.reset();
			forgetAllTokens();
			forgetReferenceData();
			const [resource, name] = splitName(operation);
			return async () => {
				forgetReferenceData();
				return await runOf(
					eBoxTable,
					resource,
					name,
					{ apiProfile: { trustedHosts: sandbox.trustedHosts.join(', ') }, ...parameters },
					{
						credentials: {
							socialSecurityCertificateOAuth2Api: credentialFor(sandbox) as IDataObject,
						},
						...(file ? withFile() : {}),
					},
				)();
			};
		},
	});
	const message = { messageId: 'nsso-0001', providerId: 'official' };
	const v3 = { messageId: 'documents-0001', providerId: 'documents' };
	const publication = {
		recipientType: 'enterprise',
		recipientId: '206.731.645',
		messageTypeId: 'information-request',
		senderOrganizationId: ENTERPRISE,
		senderApplicationId: 'urn:app:documents',
		subject: 'Demande',
		textLanguage: 'fr',
		providerId: 'official',
	};
	return [
		scenario('message:getAll', { returnAll: true }),
		scenario('message:get', message),
		scenario('message:get', { ...v3, simplify: false }),
		scenario('message:archive', message),
		scenario('message:hide', message),
		scenario('message:show', v3),
		scenario('message:moveToPartition', { ...v3, partition: 'HR' }),
		scenario('message:executeAction', v3),
		scenario('message:reply', { ...v3, subject: 'Antwoord', textLanguage: 'nl' }, true),
		scenario('attachment:getAll', message),
		scenario('attachment:get', { ...message, attachmentId: 'notice' }),
		scenario('attachment:download', { ...message, attachmentId: 'notice' }),
		scenario('summary:get'),
		scenario('summary:getStatistics'),
		scenario('referenceData:getAll', { providers: 'official' }),
		scenario('referenceData:get', {
			kind: 'senderApplication',
			recordId: 'urn:app:contributions',
			providerId: 'documents',
		}),
		scenario('referenceData:downloadLogo', { recordId: '0206731645' }),
		scenario('provider:getAll'),
		scenario('publication:publish', publication, true),
		scenario('customRequest:send', { method: 'GET', path: '/ebox', providerId: 'official' }),
	];
}

export function aspOneScenarios(sandbox: AspOneSandbox): Prepared[] {
	const scenario = (operation: string, parameters: IDataObject = {}): Prepared => ({
		name: `aspone ${operation}`,
		withToken: false,
		prepare: async () => {
			await sandbox.mockServer.reset();
			const [{ login, password }] = sandbox.users;
			const { whiteLabel } = sandbox.behaviour;
			let runs = 0;
			return async () => {
				// Each run has a login of its own: a throttled login would hide what is asked for.
				const aspOneWsseApi = {
					environment: 'custom',
					endpoint: sandbox.endpoint,
					whiteLabelLogin: whiteLabel.login,
					whiteLabelPassword: whiteLabel.password,
					userLogin: runs === 0 ? login : `user${runs}@example.fr`,
					userAuthentication: 'password',
					userPassword: password,
					serviceVersion: '1.0',
					wsdlSource: 'builtIn',
				};
				runs++;
				return await runOf(
					aspOneAlertTable,
					'configuration',
					operation,
					{ accountName: 'CABINET01', ...parameters },
					{ credentials: { aspOneWsseApi } },
				)();
			};
		},
	});
	return [scenario('get'), scenario('activate'), scenario('deactivate')];
}
