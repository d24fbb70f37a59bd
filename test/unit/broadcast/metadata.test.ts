import fc from 'fast-check';
import {
	EBOX_MESSAGE_PROFILE,
	metadataXml,
	type MetadataFields,
	type MetadataProfile,
} from '../../../nodes/EBoxBroadcast/batch/metadata/metadata';
import {
	fillTemplate,
	type TemplateFacts,
} from '../../../nodes/EBoxBroadcast/batch/metadata/metadata-template';
import { checkXml } from '../../../nodes/EBoxBroadcast/batch/metadata/schema-check';
import { runXmllint } from '../../../nodes/EBoxBroadcast/batch/metadata/xmllint';
import { fitsXml } from '../../../lib/xml';
import { WITHOUT_CONTRACT } from '../../contract/published';
import { describeIf } from '../../skip';
import { OWN_SCHEMA, publishedSchema } from './published-schema';

const FIELDS: MetadataFields = {
	ticket: 'INFO-2025-FR-01',
	sequence: 1,
	application: 'employment:example:broadcast',
	institution: '0406798006',
	messageType: 'EXAMPLE_TYPE',
	title: 'Votre information annuelle',
	fileName: 'information_fr.pdf',
	mimeType: 'application/pdf',
	digestMethod: 'SHA-256',
	digest: 'YTONFS1mEb7N01hNH6S3KMsIS5mm4/rf+cgkiuhIoys=',
};

const profile = (change: Partial<MetadataProfile>): MetadataProfile => ({
	...EBOX_MESSAGE_PROFILE,
	...change,
});

describe('the metadata in the built-in form', () => {
	it('is, byte for byte, what the public schema asks for', () => {
		expect(metadataXml(FIELDS)).toBe(`<?xml version="1.0" encoding="UTF-8"?>
<StoreEboxMessageRequest xmlns="http://socialsecurity.be/eboxmessage/v1" xmlns:types="http://socialsecurity.be/eboxmessage/types/v1">
  <types:MessageID>
    <types:Ticket>INFO-2025-FR-01</types:Ticket>
    <types:Sequence>1</types:Sequence>
  </types:MessageID>
  <types:SenderID>
    <types:Application>employment:example:broadcast</types:Application>
    <types:Institution>0406798006</types:Institution>
  </types:SenderID>
  <types:MessageType>EXAMPLE_TYPE</types:MessageType>
  <types:Document>
    <types:Title>Votre information annuelle</types:Title>
    <types:Content>information_fr.pdf</types:Content>
    <types:Digest>
      <types:DigestMethod>SHA-256</types:DigestMethod>
      <types:DigestValue>YTONFS1mEb7N01hNH6S3KMsIS5mm4/rf+cgkiuhIoys=</types:DigestValue>
    </types:Digest>
    <types:DownloadFileName>information_fr.pdf</types:DownloadFileName>
    <types:MIME>application/pdf</types:MIME>
  </types:Document>
</StoreEboxMessageRequest>
`);
	});

	it('leaves out what the settings leave out, and takes other names', () => {
		const xml = metadataXml(
			FIELDS,
			profile({
				rootName: 'Batch',
				rootNamespace: '',
				childNamespace: '',
				withSequence: false,
				withSender: false,
				withContent: false,
				withDigest: false,
				withMime: false,
				extraXml: '<Priority>1</Priority>',
			}),
		);
		expect(xml).toBe(`<?xml version="1.0" encoding="UTF-8"?>
<Batch>
  <MessageID>
    <Ticket>INFO-2025-FR-01</Ticket>
  </MessageID>
  <MessageType>EXAMPLE_TYPE</MessageType>
  <Document>
    <Title>Votre information annuelle</Title>
    <DownloadFileName>information_fr.pdf</DownloadFileName>
  </Document>
  <Priority>1</Priority>
</Batch>
`);
	});

	it.each<[Partial<MetadataFields>, string]>([
		[{ ticket: '' }, 'Ticket must have 1 to 25 characters, and has 0'],
		[{ ticket: 'x'.repeat(26) }, 'Ticket must have 1 to 25 characters, and has 26'],
		[{ title: 'x'.repeat(401) }, 'Title must have 1 to 400'],
		[{ messageType: 'SHORT' }, 'Message Type must have 6 to 80'],
		[{ fileName: `${'x'.repeat(77)}.pdf` }, 'Download File Name must have 1 to 80'],
		[{ fileName: 'information' }, 'must have an extension'],
		[{ fileName: '../information.pdf' }, 'name without a folder'],
		[{ sequence: 100_000 }, 'Sequence must be a whole number from 0 to 99999'],
		[{ sequence: -1 }, 'Sequence must be'],
		[{ institution: '0406.798.006' }, 'enterprise number of 10 digits'],
		[{ institution: undefined }, 'Application and Institution go together'],
		[{ mimeType: 'image/png' }, '"image/png" is not one that the eBox admits'],
		[{ title: 'a\u0007b' }, 'Title holds a control character'],
	])('refuses %j', (change, message) => {
		expect(() => metadataXml({ ...FIELDS, ...change })).toThrow(message);
	});

	it('makes a URI of any file name', () => {
		expect(metadataXml({ ...FIELDS, fileName: 'a: 1#é.pdf' })).toContain(
			'<types:Content>a%3A%201%23%C3%A9.pdf</types:Content>',
		);
	});

	it('counts characters, not UTF-16 units', () => {
		expect(metadataXml({ ...FIELDS, ticket: '😀'.repeat(25) })).toContain('😀');
	});

	it.each(['a b', '1x', 'x><y', ''])('refuses %p as the name of an element', (rootName) => {
		expect(() => metadataXml(FIELDS, profile({ rootName }))).toThrow('cannot be the name');
	});
});

const FACTS: TemplateFacts = {
	language: 'fr',
	digestHex: '61',
	documentSize: 4,
	recipients: 3,
	listFile: 'a.csv',
	listNumber: 1,
	listCount: 2,
};

describe('a template', () => {
	it('is filled with escaped values', () => {
		const filled = fillTemplate(
			'<batch><ticket>[[ticket]]</ticket><title>[[ title ]]</title></batch>',
			{ ...FIELDS, title: 'R&D <x> "$&"' },
			FACTS,
		);
		expect(filled).toBe(
			'<batch><ticket>INFO-2025-FR-01</ticket><title>R&amp;D &lt;x&gt; &quot;$&amp;&quot;</title></batch>',
		);
	});

	it('names the placeholders that exist when one does not', () => {
		expect(() => fillTemplate('[[titel]]', FIELDS, FACTS)).toThrow('[[titel]], which does not');
		expect(() => fillTemplate('[[constructor]]', FIELDS, FACTS)).toThrow('does not exist');
	});
});

describe('the check against a schema', () => {
	const file = (contents: string, fileName = 'm.xml'): { fileName: string; contents: string } => ({
		fileName,
		contents,
	});
	const batch = (ticket: string): string =>
		`<batch><ticket>${ticket}</ticket><title>t</title></batch>`;

	it('lets a document pass that follows a schema of several files', async () => {
		await checkXml([file(batch('short')), file(batch('short too'), 'n.xml')], OWN_SCHEMA);
	});

	it('says which file breaks which rule', async () => {
		const files = [file(batch('short')), file(batch('much too long a ticket'), 'second.xml')];
		await expect(checkXml(files, OWN_SCHEMA)).rejects.toMatchObject({
			problem: 'schema_invalid',
			message: expect.stringMatching(/second\.xml:1: .*maxLength/),
		});
	});

	it('finds the one wrong document among very many', async () => {
		const files = Array.from({ length: 1500 }, (_, i) =>
			file(batch(i === 1234 ? 'much too long a ticket' : 'short'), `list_${i}.xml`),
		);
		await expect(checkXml(files, OWN_SCHEMA)).rejects.toThrow('list_1234.xml:1: ');
	});

	it('says when the schema lacks a file', async () => {
		await expect(checkXml([file(batch('x'))], OWN_SCHEMA.slice(0, 1))).rejects.toMatchObject({
			problem: 'schema',
			details: { hint: expect.stringContaining('every XSD file') },
		});
	});

	it('says when the text is no XML at all', async () => {
		await expect(checkXml([file('<a><b></a>')])).rejects.toMatchObject({
			problem: 'schema_invalid',
		});
	});

	it('cannot reach a file of the machine, even when told to resolve what the document names', async () => {
		const contents = `<!DOCTYPE batch [<!ENTITY x SYSTEM "file:///etc/passwd">]>${batch('&x;')}`;
		const { messages } = await runXmllint(['--noent', 'm.xml'], [file(contents)]);
		expect(messages.join('\n')).toContain('failed to load');
		expect(messages.join('\n')).not.toContain('root:');
	});
});

const schema = publishedSchema();
// Without the published contract these are shown as skipped.
describeIf(schema !== undefined, WITHOUT_CONTRACT)('against the public EboxMessage schema', () => {
	it('the built-in form is valid, whatever optional parts it has', async () => {
		const optional = ['withSequence', 'withSender', 'withDigest', 'withMime'] as const;
		const files = Array.from({ length: 16 }, (_, bits) => {
			const change = Object.fromEntries(optional.map((name, i) => [name, (bits & (1 << i)) !== 0]));
			return { fileName: `${bits}.xml`, contents: metadataXml(FIELDS, profile(change)) };
		});
		await checkXml(files, schema);
	});

	it('any text that our limits let pass is valid', async () => {
		const text = (minLength: number, maxLength: number): fc.Arbitrary<string> =>
			fc
				.string({ unit: 'grapheme', minLength, maxLength })
				.filter(
					(one) => fitsXml(one) && [...one].length >= minLength && [...one].length <= maxLength,
				);
		const fields = fc.record({
			ticket: text(1, 25),
			title: text(1, 400),
			messageType: text(6, 80),
			application: text(1, 150),
			fileName: text(1, 60).map((name) => `${name.replace(/[\\/]/g, '#')}x.pdf`),
			sequence: fc.integer({ min: 0, max: 99_999 }),
		});
		const samples = fc.sample(fields, 100).filter(({ fileName }) => [...fileName].length <= 80);
		const files = samples.map((sample, i) => ({
			fileName: `${i}.xml`,
			contents: metadataXml({ ...FIELDS, ...sample }),
		}));
		expect(files.length).toBeGreaterThan(50);
		await checkXml(files, schema);
	});

	it('refuses what our limits refuse', async () => {
		const contents = metadataXml(FIELDS).replace('INFO-2025-FR-01', 'x'.repeat(26));
		await expect(checkXml([{ fileName: 'm.xml', contents }], schema)).rejects.toThrow('maxLength');
	});
});
