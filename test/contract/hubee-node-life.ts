import type { IDataObject, INodeExecutionData } from 'n8n-workflow';

import { SI_ORGANIZATIONS } from '../../sandbox/hubee';
import {
	ADMIN_ACCOUNT,
	chosenFiles,
	folderForm,
	NICE,
	Office,
	OSL_ACCOUNT,
	PARIS,
} from '../unit/hubee-osl/office';

const SI_ACCOUNT = { clientId: 'si-paris', clientSecret: 'si-paris-secret', scope: 'SI' };

/**
 * Every operation of the node once and more, the way its role uses it, with a note of which calls
 * each makes.
 */
export class NodeLife {
	/**
	 * By `resource:operation` of the node: the operations of the API that it called, by the
	 * sandbox's names.
	 */
	readonly called = new Map<string, Set<string>>();

	private constructor(readonly office: Office) {}

	static async open(): Promise<NodeLife> {
		return new NodeLife(await Office.open(OSL_ACCOUNT));
	}

	async live(): Promise<void> {
		for (const patchByOverride of [false, true]) {
			await this.folders({ patchByOverride });
			await this.cases({ patchByOverride });
			await this.events({ patchByOverride });
		}
		await this.lists();
		await this.referential();
		await this.connection();
	}

	private async run(
		operation: string,
		parameters: IDataObject,
		account: IDataObject = OSL_ACCOUNT,
		items?: INodeExecutionData[],
	): Promise<IDataObject> {
		const { calls } = this.office.sandbox.mockServer;
		const after = calls.list().at(-1)?.id ?? 0;
		const result = await this.office.run(operation, parameters, {
			credential: account,
			...(items ? { items } : {}),
		});
		const used = this.called.get(operation) ?? new Set<string>();
		for (const call of calls.list({ after })) {
			const name = call.operation ?? `${call.method} ${call.path}`;
			if (name !== 'token')
				used.add(call.method === 'POST' && name.startsWith('update') ? `POST ${name}` : name);
		}
		this.called.set(operation, used);
		return result.items[0]?.json ?? {};
	}

	private files(...names: string[]): INodeExecutionData[] {
		const files = names.map((name): [string, [string, string]] => [name, [`${name}.pdf`, name]]);
		return [this.office.item(Object.fromEntries(files))];
	}

	private async folders(options: IDataObject): Promise<void> {
		const recipients = {
			recipient: [PARIS, { ...NICE, partnerAttributes: 'statut=17' }],
		};
		const additionalFields = { applicantEmail: 'adeline@example.fr' };
		const form = folderForm({ recipients, additionalFields, options });
		const visible = chosenFiles(
			{ inputField: 'a', visibleTo: '1', fileName: 'pièce.pdf', mimeType: 'application/pdf' },
			{ inputField: 'b' },
		);
		await this.run('folder:submit', { ...form, ...visible }, OSL_ACCOUNT, this.files('a', 'b'));
		const created = await this.run('folder:create', form, OSL_ACCOUNT, this.files('data'));
		const { folderId } = created;
		const [{ id: attachmentId }] = created.attachments as Array<{ id: string }>;
		await this.run(
			'folder:uploadAttachment',
			{ folderId, attachmentId, options },
			OSL_ACCOUNT,
			this.files('data'),
		);
		await this.run('folder:get', { folderId, options });
		await this.run('folder:updateStatus', { folderId, globalStatus: 'HUBEE_COMPLETED', options });
		await this.run('folder:close', { folderId, options });
		const given = await this.run('folder:create', form, OSL_ACCOUNT, this.files('data'));
		await this.run('folder:delete', { folderId: given.folderId });
	}

	private async deposit(): Promise<{ caseId: string; folderId: string; notificationId: string }> {
		const { folderId, cases } = await this.office.sandbox.deposit({
			processCode: 'EtatCivil',
			recipients: [SI_ORGANIZATIONS.paris],
			files: [{ fileName: 'demande.xml', content: { text: '<x/>' } }],
		});
		return { folderId, caseId: cases[0].id, notificationId: cases[0].notificationId };
	}

	private async cases(options: IDataObject): Promise<void> {
		const { caseId, folderId, notificationId } = await this.deposit();
		const status = async (value: string, more: IDataObject = {}) =>
			await this.run(
				'case:updateStatus',
				{ caseId, status: value, additionalFields: more, options },
				SI_ACCOUNT,
			);
		const { attachments } = await this.run('case:get', { caseId, lite: false }, SI_ACCOUNT);
		await this.run('case:get', { caseId, lite: true }, SI_ACCOUNT);
		await this.run('case:receive', { caseId }, SI_ACCOUNT);
		const [{ id: attachmentId }] = attachments as Array<{ id: string }>;
		await this.run('case:downloadAttachment', { caseId, attachmentId }, SI_ACCOUNT);
		await status('IN_PROGRESS', { alsoPatchCase: true, comment: 'interne' });
		await status('ADD_AWAITING', { message: 'Une copie lisible', author: 'État civil' });
		const answer = { caseId, attachmentType: 'documents', options };
		await this.run('case:answerRequest', answer, OSL_ACCOUNT, this.files('complement'));
		await status('ADD_AWAITING');
		await this.run('case:answerRequest', {
			caseId,
			withFiles: false,
			additionalFields: { message: 'Voici' },
			options,
		});
		await status('DONE');
		await this.run('case:close', { caseId, folderId, options });
		const reopening = { caseId, folderId, attachmentType: 'documents', options };
		await this.run('case:reopen', reopening, OSL_ACCOUNT, this.files('nouveau'));
		await this.run('notification:acknowledge', { notificationId, caseId, eventId: '' }, SI_ACCOUNT);
	}

	private async events(options: IDataObject): Promise<void> {
		const { caseId, notificationId } = await this.deposit();
		const sending = { caseId, attachmentType: 'documents', options };
		const sent = await this.run('event:sendFiles', sending, OSL_ACCOUNT, this.files('a', 'b'));
		const ids = { caseId, eventId: sent.eventId, options };
		const { attachments } = await this.run('event:get', ids, SI_ACCOUNT);
		await this.run('event:receive', ids, SI_ACCOUNT);
		const [{ id: attachmentId }] = attachments as Array<{ id: string }>;
		await this.run('event:downloadAttachment', { ...ids, attachmentId }, SI_ACCOUNT);
		await this.run('event:acknowledge', ids, SI_ACCOUNT);
		const deposit = {
			caseId,
			actionType: 'ATTACH_DEPOSIT',
			additionalFields: {
				attachments: [
					{ fileName: 'data.pdf', type: 'documents', size: 4, mimeType: 'application/pdf' },
				],
			},
		};
		const event = await this.run('event:create', deposit, SI_ACCOUNT);
		const [declared] = event.attachments as Array<{ id: string }>;
		const own = { caseId, eventId: event.eventId, attachmentId: declared.id, options };
		await this.run('event:uploadAttachment', own, SI_ACCOUNT, this.files('data'));
		await this.run('event:updateStatus', { ...own, eventStatus: 'SENT' }, SI_ACCOUNT);
		const given = await this.run('event:create', deposit, SI_ACCOUNT);
		await this.run('event:delete', { caseId, eventId: given.eventId }, SI_ACCOUNT);
		const message = await this.run('event:create', {
			caseId,
			actionType: 'SENDING_MESSAGE',
			additionalFields: { message: 'Bonjour', partnerAttributes: 'a=b', author: 'A' },
		});
		const queue = this.office.sandbox.listNotifications();
		const told = queue.find(({ eventId }) => eventId === message.eventId);
		await this.run(
			'notification:acknowledge',
			{ notificationId: told?.id, caseId, eventId: message.eventId, options },
			SI_ACCOUNT,
		);
		await this.run('notification:delete', { notificationId, options }, SI_ACCOUNT);
	}

	private async lists(): Promise<void> {
		await this.run('notification:getMany', {}, SI_ACCOUNT);
		const accountSecrets = JSON.stringify([{ name: 'Service', ...OSL_ACCOUNT }]);
		await this.run('account:check', {}, { ...SI_ACCOUNT, accountSecrets });
		await this.run('subscription:getMany', {
			filters: { processCodes: 'EtatCivil,OTV', status: 'Actif', orderBy: 'asc(process_code)' },
		});
	}

	/** With a case in the queue, and as the one who may read the referential. */
	private async connection(): Promise<void> {
		await this.deposit();
		await this.run('connection:check', {}, SI_ACCOUNT);
		await this.run('connection:check', {}, ADMIN_ACCOUNT);
	}

	private async referential(): Promise<void> {
		const organization = {
			organizationType: 'SI',
			siret: '21040107100019',
			branchCode: '04107',
			name: 'Commune de Manosque',
			postalCode: '04100',
			territory: 'ALPES-DE-HAUTE-PROVENCE',
			email: 'contact@manosque.example.fr',
			additionalFields: { phoneNumber: '04 92 70 34 00', country: 'France' },
		};
		await this.run('organization:ensure', organization, ADMIN_ACCOUNT);
		await this.run('organization:create', { ...organization, branchCode: '04108' }, ADMIN_ACCOUNT);
		await this.run('organization:get', organization, ADMIN_ACCOUNT);
		await this.run(
			'organization:update',
			{ ...organization, changes: { name: 'M' } },
			ADMIN_ACCOUNT,
		);
		const many = { returnAll: true, filters: { type: 'SI', siret: organization.siret } };
		await this.run('organization:getMany', many, ADMIN_ACCOUNT);
		const subscription = {
			...organization,
			processCode: 'EtatCivil',
			datapassId: 4711,
			administratorEmail: 'a@manosque.example.fr',
			administratorFirstName: 'Adeline',
			administratorLastName: 'Test',
			additionalFields: { administratorPhone: '0492703400', email: 'contact@manosque.example.fr' },
		};
		const ensured = await this.run('subscription:ensure', subscription, ADMIN_ACCOUNT);
		const { subscriptionId } = ensured;
		await this.run('subscription:create', { ...subscription, branchCode: '04108' }, ADMIN_ACCOUNT);
		await this.run('subscription:get', { subscriptionId }, ADMIN_ACCOUNT);
		await this.run('subscription:activate', { subscriptionId }, ADMIN_ACCOUNT);
		const changes = { notificationFrequency: 'unitaire' };
		await this.run('subscription:update', { subscriptionId, changes }, ADMIN_ACCOUNT);
		const filters = { datapassId: '4711' };
		await this.run('subscription:getMany', { returnAll: true, filters }, ADMIN_ACCOUNT);
		const processCode = 'OTV';
		const current = await this.run('process:get', { processCode }, ADMIN_ACCOUNT);
		const process: IDataObject = { ...current, code: 'Nouveau' };
		delete process.creationDateTime;
		delete process.updateDateTime;
		await this.run('process:create', { process }, ADMIN_ACCOUNT);
		await this.run('process:update', { processCode, changes: { name: 'Autre' } }, ADMIN_ACCOUNT);
		await this.run('process:getMany', { filters: { siret: '13002603200016' } }, ADMIN_ACCOUNT);
	}
}
