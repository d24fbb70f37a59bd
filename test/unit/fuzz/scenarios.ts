import type { IDataObject, INodeExecutionData } from 'n8n-workflow';

import { executeTable } from '../../../lib/node/execute';
import { formOf } from '../../../lib/node/form';
import { forgetAllTokens } from '../../../lib/oauth/token-source';
import { aspOneAlertTable } from '../../../nodes/AspOneAlert/table';
import { hubEeTable } from '../../../nodes/HubEe/table';
import { HubEeTrigger } from '../../../nodes/HubEe/HubEeTrigger.node';
import { EBoxEnterpriseTrigger } from '../../../nodes/EBoxEnterprise/EBoxEnterpriseTrigger.node';
import { triggerForm } from '../../../nodes/EBoxEnterprise/trigger/form';
import { eBoxTable } from '../../../nodes/EBoxEnterprise/table';
import { forgetReferenceData } from '../../../nodes/EBoxEnterprise/api/reference-names';
import type { AspOneSandbox } from '../../../sandbox/aspone';
import { type EBoxSandbox, ENTERPRISE } from '../../../sandbox/ebox';
import type { HubEeSandbox } from '../../../sandbox/hubee';
import { Harness } from '../../contract/dimona/harness';
import { credentialFor } from '../ebox/federation';
import { BinaryStore } from '../fakes/binary-store';
import { type ExecutionSetup, fakeExecution } from '../fakes/execution';
import { fakePolling } from '../fakes/polling';
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
	const credentialsOf = (isQueue: boolean) => {
		const { clientId, clientSecret } = sandbox.credential(isQueue ? 'si-paris' : 'admin');
		return {
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
	};
	const operation = (name: string, parameters: IDataObject, file = false): Scenario['run'] => {
		const [resource, value] = splitName(name);
		// Only a service has a queue of its own.
		const credentials = credentialsOf(['notification', 'event', 'connection'].includes(resource));
		const files = file ? withFile() : {};
		return runOf(hubEeTable, resource, value, parameters, { credentials, ...files });
	};
	const before: RunBefore = async (...call) => {
		const [item] = await operation(...call)();
		return item?.json ?? {};
	};
	const scenario = (
		name: string,
		parametersOf: (seen: HubEeState, run: RunBefore) => IDataObject | Promise<IDataObject>,
		file = false,
	): Prepared => ({
		name: `hubee ${name}`,
		withToken: name === 'notification:getMany',
		prepare: async () => {
			await sandbox.reset();
			forgetAllTokens();
			return operation(name, await parametersOf(await hubEeState(sandbox), before), file);
		},
	});
	const trigger: Prepared = {
		name: 'hubee trigger:poll',
		withToken: false,
		prepare: async () => {
			await sandbox.reset();
			forgetAllTokens();
			await hubEeState(sandbox);
			const credentials = credentialsOf(true);
			const { properties } = new HubEeTrigger().description;
			return async () => {
				const { polling } = fakePolling({ properties, credentials });
				return (await new HubEeTrigger().poll.call(polling))?.flat() ?? [];
			};
		},
	};
	return [
		trigger,
		scenario('account:check', () => ({})),
		scenario('connection:check', () => ({})),
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
		scenario(
			'case:answerRequest',
			async ({ caseId }, run) => {
				await run('case:updateStatus', { caseId, status: 'ADD_AWAITING' });
				return { caseId, attachmentType: 'documents' };
			},
			true,
		),
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
		scenario('event:uploadAttachment', depositOf, true),
		scenario('event:downloadAttachment', ({ event, eventFileId }) => ({
			...event,
			attachmentId: eventFileId,
		})),
		scenario('event:delete', depositOf),
		scenario('folder:submit', () => folderForm({ externalId: 'FUZZ-2026-1' }), true),
		scenario('folder:create', () => folderForm({ externalId: 'FUZZ-2026-1' }), true),
		scenario('folder:get', ({ folderId }) => ({ folderId })),
		scenario('folder:uploadAttachment', newFolderOf, true),
		scenario('folder:updateStatus', ({ folderId }) => ({ folderId, globalStatus: 'CLOSED' })),
		scenario('folder:close', ({ folderId }) => ({ folderId })),
		scenario('folder:delete', newFolderOf),
		scenario('organization:getMany', () => ({})),
		scenario('organization:get', () => PARIS_FORM),
		scenario('organization:create', () => ORGANIZATION_FORM),
		scenario('organization:ensure', () => ORGANIZATION_FORM),
		scenario('organization:update', () => ({ ...PARIS_FORM, changes: { name: 'Autre' } })),
		scenario('process:getMany', () => ({})),
		scenario('process:get', () => ({ processCode: 'OTV' })),
		scenario('process:create', async (_, run) => {
			const process: IDataObject = await run('process:get', { processCode: 'OTV' });
			const given = { creationDateTime: undefined, updateDateTime: undefined };
			return { process: { ...process, ...given, code: 'Nouveau' } };
		}),
		scenario('process:update', () => ({ processCode: 'OTV', changes: { name: 'Autre' } })),
		scenario('subscription:getMany', () => ({})),
		scenario('subscription:get', ({ subscriptionId }) => ({ subscriptionId })),
		scenario('subscription:create', async (_, run) => {
			await run('organization:create', ORGANIZATION_FORM);
			return { ...SUBSCRIPTION_FORM, ...ORGANIZATION };
		}),
		scenario('subscription:ensure', () => SUBSCRIPTION_FORM),
		scenario('subscription:ensure', async (_, run) => {
			await run('organization:create', ORGANIZATION_FORM);
			return { ...SUBSCRIPTION_FORM, ...ORGANIZATION };
		}),
		scenario('subscription:update', ({ subscriptionId }) => ({
			subscriptionId,
			changes: { email: 'a@example.fr' },
		})),
		scenario('subscription:activate', ({ subscriptionId }) => ({ subscriptionId })),
	];
}

/** Runs another operation first and gives its item. */
type RunBefore = (
	operation: string,
	parameters: IDataObject,
	file?: boolean,
) => Promise<IDataObject>;

/** A deposit that declares the file of {@link withFile} and has not been sent. */
async function depositOf({ caseId }: HubEeState, run: RunBefore): Promise<IDataObject> {
	const attachment = { fileName: 'x.pdf', type: 'documents', size: 1, mimeType: 'application/pdf' };
	const { eventId, attachments } = await run('event:create', {
		caseId,
		actionType: 'ATTACH_DEPOSIT',
		additionalFields: { attachments: [attachment] },
	});
	return { caseId, eventId, attachmentId: (attachments as IDataObject[])[0]?.id };
}

/** A folder that declares the file of {@link withFile} and has not been completed. */
async function newFolderOf(_: HubEeState, run: RunBefore): Promise<IDataObject> {
	const form = folderForm({ externalId: 'FUZZ-2026-2' });
	const { folderId, attachments } = await run('folder:create', form, true);
	return { folderId, attachmentId: (attachments as IDataObject[])[0]?.id };
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
	const deposited = await sandbox.deposit({
		processCode: 'EtatCivil',
		files: [{ fileName: 'a.pdf', content: { text: 'the content of a file' } }],
	});
	const [{ id: caseId, notificationId }] = deposited.cases;
	const { eventId, attachments } = await sandbox.incomingEvent({
		caseId,
		actionType: 'ATTACH_DEPOSIT',
		files: [{ fileName: 'b.pdf', content: { text: 'b' } }],
	});
	const [{ id: subscriptionId }] = sandbox.hub.subscriptions.all();
	return {
		caseId,
		notificationId,
		folderId: deposited.folderId,
		fileId: deposited.attachments[0].id,
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
		scenario('declaration:declareRow', () => {
			const { ssin, startDate, ...form } = other();
			return {
				...form,
				columns: { mappingMode: 'defineBelow', value: { ssin, startDate } },
			};
		}),
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
		scenario('connection:check', async () => await Promise.resolve({})),
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
		scenario('declaration:submitUpdate', async () => ({
			periodId: String((await declared()).periodId),
			changes: { endDate: harness.day(20) },
			options: { pauseMs: 0 },
		})),
		scenario('declaration:submitCancel', async () => ({
			periodId: String((await declared()).periodId),
			options: { pauseMs: 0 },
		})),
	];
}

export function eBoxScenarios(sandbox: EBoxSandbox): Prepared[] {
	const credentials = {
		socialSecurityCertificateOAuth2Api: credentialFor(sandbox) as IDataObject,
	};
	const apiProfile = { trustedHosts: sandbox.trustedHosts.join(', ') };
	const run = async (operation: string, parameters: IDataObject, file = false) => {
		forgetReferenceData();
		const [resource, name] = splitName(operation);
		const form = { apiProfile, ...parameters };
		const files = file ? withFile() : {};
		return await runOf(eBoxTable, resource, name, form, { credentials, ...files })();
	};
	const prepared = (name: string, prepare: Prepared['prepare']): Prepared => ({
		name: `e-box ${name}`,
		withToken: name === 'summary:get',
		prepare: async () => {
			await sandbox.mockServers.nsso.reset();
			forgetAllTokens();
			return await prepare();
		},
	});
	const scenario = (operation: string, parameters: IDataObject = {}, file = false): Prepared =>
		prepared(
			operation,
			async () => await Promise.resolve(async () => await run(operation, parameters, file)),
		);
	/** An operation on a message that was published before. */
	const onPublished = (
		operation: string,
		parametersOf: (messageId: string) => IDataObject,
	): Prepared =>
		prepared(operation, async () => {
			const [item] = await run('publication:publish', publication, true);
			const messageId = String(item?.json.messageId);
			const parameters = parametersOf(messageId);
			return async () => await run(operation, { ...publication, messageId, ...parameters });
		});
	const trigger = prepared(
		'trigger:poll',
		async () =>
			await Promise.resolve(async () => {
				forgetReferenceData();
				const parameters = { apiProfile, options: { existing: true, onProviderFailure: 'item' } };
				const { polling } = fakePolling({ properties: triggerForm, parameters, credentials });
				return (await new EBoxEnterpriseTrigger().poll.call(polling))?.flat() ?? [];
			}),
	);
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
		trigger,
		scenario('message:getAll', { returnAll: true }),
		scenario('message:get', message),
		scenario('message:get', { ...v3, simplify: false }),
		scenario('message:getBody', { messageId: 'nsso-0004', providerId: 'nsso' }),
		scenario('message:getPaymentData', { messageId: 'regional-0001', providerId: 'regional' }),
		scenario('message:archive', message),
		scenario('message:hide', message),
		scenario('message:show', v3),
		scenario('message:moveToPartition', { ...v3, partition: 'HR' }),
		scenario('message:executeAction', v3),
		scenario('message:reply', { ...v3, subject: 'Antwoord', textLanguage: 'nl' }, true),
		scenario('attachment:getAll', message),
		scenario('attachment:get', { ...message, attachmentId: 'notice' }),
		scenario('attachment:download', { ...message, attachmentId: 'notice' }),
		scenario('connection:check'),
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
		scenario('publication:publish', { ...publication, providerId: 'documents' }, true),
		scenario('publication:publishReply', { ...publication, originalMessageId: 'nsso-0001' }, true),
		scenario('recipient:getPreferences', { enterpriseNumbers: '0206731645' }),
		onPublished('publication:link', () => ({ recipients: '0406798006' })),
		onPublished('publication:searchStatus', () => ({ recipientId: '0206731645' })),
		onPublished('customRequest:send', (messageId) => ({
			method: 'POST',
			path: '/linkEboxMessage',
			body: JSON.stringify({
				messageId,
				recipients: [{ eboxType: 'enterprise', eboxIdValue: '0406798006' }],
			}),
		})),
		scenario('customRequest:send', {
			method: 'GET',
			path: '/ebox/messages',
			providerId: 'official',
			paged: true,
			returnAll: true,
		}),
		scenario('customRequest:send', { method: 'GET', path: '/ebox', providerId: 'official' }),
	];
}

/** @param sameLogin all runs of a scenario log in as the same person */
export function aspOneScenarios(sandbox: AspOneSandbox, sameLogin = false): Prepared[] {
	const scenario = (
		operation: string,
		parameters: IDataObject = {},
		resource = 'configuration',
	): Prepared => ({
		name: `aspone ${resource}:${operation}`,
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
					userLogin: runs === 0 || sameLogin ? login : `user${runs}@example.fr`,
					userAuthentication: 'password',
					userPassword: password,
					serviceVersion: '1.0',
					wsdlSource: 'builtIn',
				};
				runs++;
				return await runOf(
					aspOneAlertTable,
					resource,
					operation,
					{ accountName: 'CABINET01', ...parameters },
					{ credentials: { aspOneWsseApi } },
				)();
			};
		},
	});
	const changes = { changes: { alertActive: false, mailsToAdd: 'a@example.fr' } };
	const list = { alertsFrom: 'list', alertList: 'TVA ARS negative 7' };
	return [
		scenario('get'),
		scenario('check', {}, 'connection'),
		scenario('modify', { ...changes, ...list }),
		scenario('modify', { ...list, options: { sendCurrentAlerts: true, skipUnchanged: true } }),
		scenario('modifyMany', { ...changes, ...list }),
		scenario('activate'),
		scenario('deactivate'),
	];
}
