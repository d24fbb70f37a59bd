import type { IDataObject } from 'n8n-workflow';

import { Office, OSL_ACCOUNT } from './office';

const SI_ACCOUNT = { clientId: 'si-paris', clientSecret: 'si-paris-secret', scope: 'SI' };

let office: Office;
beforeEach(async () => {
	office = await Office.open(OSL_ACCOUNT);
});
afterEach(async () => await office.close());

/** A case at a status; an authority has set it. */
async function caseAt(status?: string): Promise<{ caseId: string; folderId: string }> {
	const { folderId, cases } = await office.sandbox.deposit({
		processCode: 'EtatCivil',
		files: [{ fileName: 'demande.xml', content: { text: 'x' } }],
	});
	const [{ id: caseId }] = cases;
	if (status)
		await office.sandbox.incomingEvent({
			caseId,
			side: 'SI',
			actionType: 'STATUS_UPDATE',
			caseNewStatus: status,
		});
	return { caseId, folderId };
}

/** Everything that our side did on a case and the other side can see. */
const visible = (caseId: string, side: 'SI' | 'OSL' = 'OSL') =>
	office.desk
		.caseNow(caseId)
		.events.filter((event) => event.side === side && event.status !== 'IN_PROGRESS');

/** Three tries of one run, or as many as n8n makes: it ends when nothing fails. */
async function tries(
	operation: string,
	parameters: IDataObject,
	credential: IDataObject = OSL_ACCOUNT,
): Promise<IDataObject[]> {
	const [context, results] = [{}, [] as IDataObject[]];
	const items = [office.item({ data: ['acte.pdf', 'content'] })];
	for (let n = 0; n < 3; n++) {
		const run = await office.run(operation, parameters, {
			items,
			context,
			credential,
			continueOnFail: true,
		});
		const [{ json }] = run.items;
		results.push(json);
		if (!('error' in json)) break;
		office.sandbox.mockServer.injectedFaults.clear();
	}
	return results;
}

const OPERATIONS: Array<
	[string, string | undefined, IDataObject, (ids: { folderId: string }) => IDataObject]
> = [
	['event:sendFiles', undefined, { newStatus: 'IN_PROGRESS' }, () => ({})],
	['event:sendFiles', undefined, { skipIfSent: false }, () => ({})],
	['event:sendFiles', undefined, { skipIfSent: false, newStatus: 'DONE' }, () => ({})],
	['case:answerRequest', 'ADD_AWAITING', {}, () => ({})],
	['case:answerRequest', 'ADD_AWAITING', { message: 'Voici' }, () => ({ withFiles: false })],
	['case:answerRequest', 'ADD_AWAITING', { skipIfSent: false }, () => ({})],
	['case:reopen', 'CLOSED', {}, ({ folderId }) => ({ folderId })],
	['case:reopen', 'CLOSED', { skipIfSent: false }, ({ folderId }) => ({ folderId })],
	['case:close', 'DONE', {}, ({ folderId }) => ({ folderId })],
	['case:updateStatus', undefined, {}, () => ({ status: 'IN_PROGRESS' })],
	['case:updateStatus', undefined, { skipIfSet: false }, () => ({ status: 'IN_PROGRESS' })],
	['event:create', undefined, { message: 'Bonjour' }, () => ({ actionType: 'SENDING_MESSAGE' })],
	[
		'event:create',
		undefined,
		{ message: 'Bonjour', skipIfSent: true },
		() => ({ actionType: 'SENDING_MESSAGE' }),
	],
];

const looksFirst = ([operation, , fields]: (typeof OPERATIONS)[number]) =>
	operation === 'event:create'
		? fields.skipIfSent === true
		: fields.skipIfSent !== false && fields.skipIfSet !== false;

describe.each(OPERATIONS.filter(looksFirst))(
	'%s (%s, %j) in three executions at once',
	(operation, status, fields, more) => {
		it('does it once', async () => {
			const ids = await caseAt(status);
			const parameters = {
				caseId: ids.caseId,
				attachmentType: 'documents',
				additionalFields: fields,
				...more(ids),
			};
			const runs = [1, 2, 3].map(
				async () =>
					await office.run(operation, parameters, {
						items: [office.item({ data: ['acte.pdf', 'content'] })],
						credential: OSL_ACCOUNT,
					}),
			);
			await Promise.all(runs);
			expect(visible(ids.caseId)).toHaveLength(1);
		});
	},
);

/** How a call can fail whose effect is there all the same, or not at all. */
const FAULTS = [
	['the answer is lost', { kind: 'cutAfter' }, 1],
	['the answer and all later ones of the try are lost', { kind: 'cutAfter' }, 1000],
] as const;

describe.each(OPERATIONS)(
	"n8n's Retry On Fail of %s (%s, %j)",
	(operation, status, fields, more) => {
		it.each(FAULTS)(
			'makes one of three tries, whichever call it is where %s',
			async (_, how, times) => {
				for (let skip = 0; ; skip++) {
					await office.sandbox.reset();
					const ids = await caseAt(status);
					const { mockServer } = office.sandbox;
					mockServer.failNext({ path: '/teledossiers/', skip, times, how });
					const results = await tries(operation, {
						caseId: ids.caseId,
						attachmentType: 'documents',
						additionalFields: fields,
						...more(ids),
					});
					const wasHit = mockServer.calls
						.list()
						.some(({ injectedFault }) => injectedFault === how.kind);
					mockServer.injectedFaults.clear();
					expect(visible(ids.caseId).length).toBeLessThanOrEqual(1);
					const last = results.at(-1);
					if (last && !('error' in last)) expect(visible(ids.caseId)).toHaveLength(1);
					if (!wasHit) break;
				}
			},
		);
	},
);

it('a status that was set before a deposit that HubEE refuses is taken back', async () => {
	const { caseId } = await caseAt('SI_RECEIVED');
	office.sandbox.mockServer.failNext({
		method: 'POST',
		path: '/events$',
		how: {
			kind: 'status',
			status: 400,
			body: '{"errors":[{"code":400,"message":"no"}]}',
			contentType: 'application/json',
		},
	});
	await office.failure(
		'event:sendFiles',
		{
			caseId,
			attachmentType: 'documents',
			additionalFields: { newStatus: 'DONE', alsoPatchCase: true },
		},
		{ items: [office.item({ data: ['acte.pdf', 'content'] })], credential: SI_ACCOUNT },
	);
	expect(office.desk.caseNow(caseId).status).toBe('SI_RECEIVED');
	expect(visible(caseId, 'SI')).toHaveLength(1);
});
