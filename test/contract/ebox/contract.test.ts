import type { DetailedCallRecord } from '../../../sandbox/mock-server';
import { ENTERPRISE } from '../../../sandbox/ebox';
import { partsOf } from '../../../sandbox/ebox/multipart';
import { federation } from '../../unit/ebox/federation';
import { run } from '../../unit/ebox/node';
import { BinaryStore } from '../../unit/fakes/binary-store';
import { OpenApiContract } from '../openapi';
import { OpenApiDocument } from '../openapi-document';
import { SchemaCompiler } from '../openapi-schema';
import { describeWithContract, publishedContract } from '../published';

const REGISTRY = publishedContract(
	'ebox',
	'openapi',
	'e-Box-Enterprise-swagger-v2.1-AP-Public.yaml',
);
const FEDERATION = publishedContract('ebox', 'openapi', 'ebox-federation-1.3.yaml');
const BASE = '/REST/ebox/enterprise/messageRegistry/v2';

const around = federation();

const official = { providerId: 'official' };

const publication = {
	...official,
	recipientType: 'enterprise',
	recipientId: '0206731645',
	messageTypeId: 'information-request',
	senderOrganizationId: ENTERPRISE,
	senderApplicationId: 'urn:app:documents',
	subject: 'Demande de renseignements',
	body: 'Voyez le fichier.',
	inputFields: 'data, annex',
	additionalFields: {
		attentionId: '94.02.27-225.80',
		attentionName: 'Service du personnel',
		businessData: { value: [{ key: 'file-number', text: '2026/00042' }] },
		expirationDate: '2030-01-01T00:00:00Z',
		filesSigned: true,
		paymentData:
			'{"paymentDataId":"p1","amount":1,"vatAmount":0,"currency":"EUR","dueDate":"2030-01-01T00:00:00Z","iban":"BE68539007547034"}',
		replyAuthorized: true,
	},
};

/** Every operation of the contract, the way the node calls it. */
async function useEverything(): Promise<void> {
	const { sandbox } = around;
	const message = { ...official, messageId: 'nsso-0001' };
	const all = { providers: 'official', returnAll: true };
	await run(sandbox, 'message.getAll', {
		...all,
		filters: {
			receivedAfter: '2020-01-01',
			receivedBefore: '2040-01-01',
			expiredAfter: '2020-01-01',
			expiredBefore: '2040-01-01',
			readStatus: 'false',
			visible: 'true',
			registeredMail: 'false',
			messageTypeId: 'contribution-notice',
			senderOrganizationId: '0206731645',
			senderApplicationId: 'urn:app:contributions',
			q: 'cotisation',
			qlang: 'fr',
		},
	});
	await run(sandbox, 'summary.get', { providers: 'official' });
	await run(sandbox, 'summary.getStatistics', { providers: 'official' });
	await run(sandbox, 'message.get', message);
	await run(sandbox, 'message.hide', message);
	await run(sandbox, 'message.archive', message);
	await run(sandbox, 'message.getBody', { ...official, messageId: 'nsso-0004' });
	await run(sandbox, 'attachment.getAll', message);
	await run(sandbox, 'attachment.get', { ...message, attachmentId: 'detail' });
	await run(sandbox, 'attachment.download', { ...message, attachmentId: 'detail' });
	sandbox.boxes.nsso.messages[0].paymentData = sandbox.boxes.regional.messages[0].paymentData;
	await run(sandbox, 'message.getPaymentData', message);
	for (const [kind, recordId] of [
		['messageType', 'attest-a1'],
		['senderOrganization', '0206731645'],
		['senderApplication', 'urn:app:contributions'],
	]) {
		const options = { refresh: true };
		await run(sandbox, 'referenceData.getAll', { providers: 'official', kind, options });
		await run(sandbox, 'referenceData.get', { ...official, kind, recordId });
		if (kind !== 'messageType')
			await run(sandbox, 'referenceData.downloadLogo', { ...official, logoKind: kind, recordId });
	}
	await publishAndFollow();
	await run(sandbox, 'provider.getAll');
	await run(sandbox, 'message.get', { ...official, messageId: 'unknown' }).catch(() => undefined);
	await run(sandbox, 'customRequest.send', {
		...official,
		path: '/ebox/messages',
		additionalFields: { query: '{"page": 1, "pageSize": 1}' },
	});
}

async function publishAndFollow(): Promise<void> {
	const { sandbox } = around;
	const store = new BinaryStore();
	const items = [
		{
			json: {},
			binary: {
				data: store.put('%PDF-1.4', 'demande.pdf', 'application/pdf'),
				annex: store.put('a;b', 'détail.csv', 'text/csv'),
			},
		},
	];
	const { json } = await run(sandbox, 'publication.publish', publication, { items, store });
	const sent = { ...official, messageId: json[0].messageId };
	await run(
		sandbox,
		'publication.publishReply',
		{ ...publication, originalMessageId: 'nsso-0001' },
		{ items, store },
	);
	await run(sandbox, 'publication.link', { ...sent, recipients: '0206731645, 0800002352' });
	await run(sandbox, 'publication.searchStatus', { ...sent, recipientId: '0206731645' });
}

const isOf = (path: string) => (call: DetailedCallRecord) => call.path.startsWith(`${path}/`);

function faultsOf(contract: OpenApiContract, call: DetailedCallRecord): string[] {
	const request = {
		method: call.method,
		path: call.path,
		query: call.query,
		headers: call.requestHeaders,
		body: call.requestBody,
	};
	const answer = {
		status: call.status ?? 0,
		headers: call.responseHeaders,
		body: call.responseBody,
	};
	return [...contract.requestFaults(request), ...contract.answerFaults(request, answer)];
}

describeWithContract(REGISTRY)('message registry 2.1, as published', () => {
	it('has nothing against any of its twenty operations as the node calls and the sandbox answers them', async () => {
		const contract = OpenApiContract.read(REGISTRY, [], BASE);
		await useEverything();
		const calls = around.sandbox.mockServers.nsso.calls.detailed().filter(isOf(BASE));
		expect(calls.flatMap((call) => faultsOf(contract, call))).toEqual([]);
		const asked = new Set(calls.map(({ operation }) => operation));
		const published = contract.operations.map(({ operationId }) => operationId);
		expect(published).toHaveLength(20);
		expect(published.filter((operation) => !asked.has(operation ?? ''))).toEqual([]);
	});

	it('has nothing against the description of a publication and its parts', async () => {
		const schemas = new SchemaCompiler(OpenApiDocument.read(REGISTRY));
		await publishAndFollow();
		const calls = around.sandbox.mockServers.nsso.calls.detailed({ operation: 'postMessage' });
		expect(calls).toHaveLength(2);
		for (const { requestBody, requestHeaders } of calls) {
			const parts = partsOf(requestBody ?? Buffer.alloc(0), requestHeaders['content-type']);
			expect(parts.map(({ name, fileName, mediaType }) => [name, fileName, mediaType])).toEqual([
				['upfile1', 'demande.pdf', 'application/pdf'],
				['upfile2', 'détail.csv', 'text/csv'],
				['messageToPublish', undefined, undefined],
			]);
			const json = JSON.parse(parts[2].bytes.toString('utf8')) as unknown;
			const schema = { $ref: '#/definitions/MessageToPublish' };
			expect(schemas.faults(schema, json, 'request')).toEqual([]);
			expect(Number(requestHeaders['content-length'])).toBe(requestBody?.length);
		}
	});

	it('would notice an unknown parameter', () => {
		const contract = OpenApiContract.read(REGISTRY, [], BASE);
		const request = { method: 'GET', path: `${BASE}/ebox/messages`, query: 'partition=GENERAL' };
		expect(contract.requestFaults(request)).toEqual([
			'GET /ebox/messages: query partition is not in the contract',
		]);
	});
});

describeWithContract(FEDERATION)('federation 1.3, as published', () => {
	it('has nothing against the list of providers as the node asks for it and the sandbox gives it', async () => {
		const contract = OpenApiContract.read(FEDERATION);
		around.sandbox.listed = ['nsso', 'documents', 'regional', 'maintenance', 'retired', 'coming'];
		await run(around.sandbox, 'provider.getAll');
		const calls = around.sandbox.mockServers.nsso.calls
			.detailed()
			.filter(isOf('/REST/ebox/enterprise/federation/v1'));
		expect(calls).toHaveLength(1);
		expect(calls.flatMap((call) => faultsOf(contract, call))).toEqual([]);
	});

	it('has nothing against preferences as the node asks for them and the sandbox gives them', async () => {
		const contract = OpenApiContract.read(FEDERATION);
		const enterpriseNumbers = '0206731645, 0406798006, 0212148896, 0474028805';
		await run(around.sandbox, 'recipient.getPreferences', { enterpriseNumbers });
		const calls = around.sandbox.mockServers.nsso.calls
			.detailed()
			.filter(({ path }) => path.endsWith('/eboxPreferences/search'));
		expect(calls).toHaveLength(1);
		expect(calls.flatMap((call) => faultsOf(contract, call))).toEqual([]);
	});
});
