import type { INodeParameters } from 'n8n-workflow';
import {
	errorOf,
	itemsOf,
	N8nInstance,
	type Execution,
	type WorkflowJson,
} from '../../scripts/n8n/instance';
import { packedTarball } from '../../scripts/n8n/pack';
import type { SchemaFiles } from '../../nodes/EBoxBroadcast/batch/metadata/schema-check';
import { WITHOUT_CONTRACT } from '../contract/published';
import { itIf } from '../skip';
import { OWN_SCHEMA, publishedSchema } from '../unit/broadcast/published-schema';
import { DOCUMENT, numbers } from '../unit/broadcast/support';

type Files = Record<string, { name: string; content: Uint8Array; type?: string }>;

let n8n: N8nInstance;

beforeAll(async () => {
	n8n = await N8nInstance.start({ tarball: await packedTarball() });
});

afterAll(async () => await n8n?.end());

let calls = 0;

/** Calls a workflow "webhook, perhaps a node between, our node", and waits for its end. */
async function run(
	parameters: INodeParameters,
	call: { files?: Files; json?: unknown },
	between: WorkflowJson['nodes'] = [],
): Promise<Execution> {
	const path = `call-${++calls}`;
	const nodes: WorkflowJson['nodes'] = [
		{
			name: 'Webhook',
			type: 'n8n-nodes-base.webhook',
			typeVersion: 2,
			webhookId: path,
			parameters: { path, httpMethod: 'POST', responseMode: 'onReceived', options: {} },
		},
		...between,
		{ name: 'Broadcast', type: 'n8n-nodes-guichet.eBoxBroadcast', parameters },
	];
	const connections = Object.fromEntries(
		nodes
			.slice(1)
			.map(({ name }, i) => [
				nodes[i].name,
				{ main: [[{ node: name, type: 'main' as const, index: 0 }]] },
			]),
	);
	const workflowId = await n8n.importWorkflow({ name: path, nodes, connections });
	await n8n.activate(workflowId);
	await n8n.callWebhook(path, call);
	return await n8n.waitForExecution({ workflowId });
}

/** The text of a binary field of the first item. */
async function fileText(execution: Execution, field: string): Promise<string> {
	const [{ binary }] = itemsOf(execution, 'Broadcast');
	return (await n8n.binary(String(binary?.[field].id))).toString('utf8');
}

const csvFile = (content: string): Files[string] => ({
	name: 'list.csv',
	content: Buffer.from(content),
	type: 'text/csv',
});

describe('Recipients: Check', () => {
	const check = { resource: 'recipient', operation: 'check' };

	it('cleans a file, leaves out an earlier list and gives the rejects', async () => {
		const execution = await run(
			{ ...check, source: 'file', binaryField: 'list', earlierLists: 'before' },
			{
				files: {
					list: csvFile(
						'nom,niss\na,85.07.30-033.28\nb,71022722580\nc,05010100113\nd,85073003328\n',
					),
					before: csvFile('05010100113\n'),
				},
			},
		);
		expect(itemsOf(execution, 'Broadcast')[0].json).toMatchObject({
			valid: false,
			read: 4,
			accepted: 1,
			rejectedTotal: 3,
			rejected: { checkNumber: 1, duplicate: 1, earlierList: 1 },
			dialect: { separator: ',', header: true, column: 2, columnName: 'niss' },
		});
		expect(await fileText(execution, 'recipients')).toBe('85073003328\n');
		expect((await fileText(execution, 'rejects')).split('\n')).toEqual([
			'line;reason;explanation;number',
			'3;checkNumber;the check number does not fit;71*******80',
			'4;earlierList;stands in an earlier list;05*******13',
			'5;duplicate;occurs before in this list;85*******28',
			'',
		]);
	});

	it.each([
		['a PDF', '%PDF-1.7', 'cannot be read: The list is a PDF document'],
		['masked numbers', '85*******28\n05*******13\n', 'holds no national number'],
	])('stops at an earlier list that is %s, for it would leave nobody out', async (_, text, why) => {
		const execution = await run(
			{ ...check, source: 'file', binaryField: 'list', earlierLists: 'good,before' },
			{
				files: {
					list: csvFile('85073003328\n'),
					good: csvFile('05010100113\n'),
					before: { ...csvFile(text), name: 'last year.csv' },
				},
			},
		);
		expect(execution.status).toBe('error');
		expect(errorOf(execution, 'Broadcast')?.message).toContain(
			`The earlier list "last year.csv" ${why}`,
		);
	});

	it('takes all items together as one list', async () => {
		const split = {
			name: 'Split',
			type: 'n8n-nodes-base.splitOut',
			parameters: {
				fieldToSplitOut: 'body.numbers',
				options: { destinationFieldName: 'niss' },
			},
		};
		const json = { numbers: ['85073003328', '05010100113', '85.07.30-033.28', 'x'] };
		const execution = await run(
			{ ...check, source: 'items', number: '={{ $json.niss }}' },
			{ json },
			[split],
		);
		const items = itemsOf(execution, 'Broadcast');
		expect(items).toHaveLength(1);
		expect(items[0].json).toMatchObject({
			accepted: 2,
			rejected: { duplicate: 1, characters: 1 },
			firstRejects: [
				{ line: 3, reason: 'duplicate' },
				{ line: 4, reason: 'characters' },
			],
		});
		expect(await fileText(execution, 'recipients')).toBe('85073003328\n05010100113\n');
	});

	it('says which column it cannot choose between', async () => {
		const both = [...numbers(20)].map((niss, i, all) => `${niss};${all[19 - i]}`).join('\n');
		const execution = await run(
			{ ...check, source: 'file', binaryField: 'list' },
			{ files: { list: csvFile(both) } },
		);
		expect(errorOf(execution, 'Broadcast')).toMatchObject({
			message: 'Columns 1 and 2 hold national numbers',
			description: 'Set Column to the name or the position of the right one',
		});
	});
});

const version = {
	language: 'fr',
	title: 'Votre information',
	ticket: 'INFO-FR',
	documentField: 'document',
	fileName: '',
	firstSequence: 1,
};
const message = {
	resource: 'broadcast',
	messageType: 'EXAMPLE_TYPE',
	institution: '0406798006',
	application: 'employment:example:broadcast',
};
const document = { name: 'information.pdf', content: DOCUMENT, type: 'application/pdf' };

describe('Broadcast: Make Test Set', () => {
	const testSet = { ...message, operation: 'makeTestSet', versions: { version: [version] } };

	it('makes one item per file for typed testers', async () => {
		const execution = await run(
			{
				...testSet,
				testSource: 'text',
				testRecipients: '85.07.30-033.28\n05010100113',
				output: 'perFile',
			},
			{ files: { document } },
		);
		const items = itemsOf(execution, 'Broadcast').map(({ json }) => json);
		expect(items.map(({ fileName, handOver }) => [fileName, handOver])).toEqual([
			['INFO-FR_fr_test_rejects.csv', false],
			['information.pdf', true],
			['INFO-FR_fr_test_01of01.xml', true],
			['INFO-FR_fr_test_01of01.csv', true],
			['INFO-FR_fr_test_manifest.json', false],
		]);
		expect(items[3]).toMatchObject({ purpose: 'acceptance test', recipients: 2, size: 24 });
	});

	it('refuses a list that is too long for a test', async () => {
		const execution = await run(
			{ ...testSet, testSource: 'file', testField: 'testers', testLimit: 5 },
			{ files: { document, testers: csvFile([...numbers(6)].join('\n')) } },
		);
		expect(errorOf(execution, 'Broadcast')?.message).toBe(
			'The test list of version "fr" has 6 recipients, and at most 5 are wanted',
		);
	});
});

describe('the XML of Broadcast: Prepare in the packed package', () => {
	const prepare = {
		...message,
		operation: 'prepare',
		versions: { version: [{ ...version, recipientsField: 'list' }] },
	};
	const list = csvFile([...numbers(10)].join('\n'));
	const asFiles = (schema: SchemaFiles): Files =>
		Object.fromEntries(
			schema.map(({ fileName, contents }, i) => [
				`xsd${i + 1}`,
				{ name: fileName.replace(/^.*\//, ''), content: Buffer.from(contents), type: 'text/xml' },
			]),
		);

	const TEMPLATE = {
		metadataForm: 'template',
		template: '<batch><ticket>[[ticket]]</ticket><title>[[title]] [[sequence]]</title></batch>',
		metadataOptions: { schemaFiles: 'xsd1,xsd2' },
	};

	it('is checked against a schema of the user, and the manifest says which', async () => {
		const files = { document, list, ...asFiles(OWN_SCHEMA) };
		const execution = await run({ ...prepare, ...TEMPLATE }, { files });
		expect(itemsOf(execution, 'Broadcast')[0].json.manifest).toMatchObject({
			metadataForm: { form: 'template of the user', checkedAgainst: 'batch.xsd' },
		});
		expect(await fileText(execution, 'metadata_1')).toBe(
			'<batch><ticket>INFO-FR</ticket><title>Votre information 1</title></batch>',
		);
	});

	it('is refused with the words of xmllint when it does not follow the schema', async () => {
		const files = { document, list, ...asFiles(OWN_SCHEMA) };
		const wrong = { ...TEMPLATE, template: '<batch><title>[[title]]</title></batch>' };
		const execution = await run({ ...prepare, ...wrong }, { files });
		const { message: text } = errorOf(execution, 'Broadcast') ?? {};
		expect(text).toContain('INFO-FR_fr_01of01.xml:1: ');
		expect(text).toContain('Expected is ( ticket )');
	});

	const schema = publishedSchema();
	itIf(schema !== undefined, WITHOUT_CONTRACT)(
		'passes the public EboxMessage schema in the built-in form',
		async () => {
			const files = { document, list, ...asFiles(schema ?? []) };
			const execution = await run(
				{ ...prepare, metadataOptions: { schemaFiles: 'xsd1,xsd2,xsd3' }, maximumSize: 4 },
				{ files },
			);
			expect(itemsOf(execution, 'Broadcast')[0].json.manifest).toMatchObject({
				metadataForm: {
					basis: 'based on the public EboxMessage XSD, not on the batch annex',
					checkedAgainst: 'EboxMessage_v1.xsd',
				},
				lists: { sizes: [4, 4, 2] },
			});
		},
	);
});
