import type { SchemaFiles } from '../../../nodes/EBoxBroadcast/batch/metadata/schema-check';
import { publishedBytes } from '../../contract/published';

/** The public EboxMessage schema. */
const FOLDER = 'ebox/soap/eboxmessage-1.8';

const FILES = [
	'be/socialsecurity/eboxmessage/v1/EboxMessage_v1.xsd',
	'be/socialsecurity/eboxmessage/types/v1/EboxMessage_types_v1.xsd',
	'org/ws-i/profiles/basic/1.1/xsd/swaref.xsd',
];

/** The schema's files, main one first; undefined when the published contract is not at hand. */
export function publishedSchema(): SchemaFiles | undefined {
	const files = FILES.map((fileName) => ({ fileName, contents: publishedBytes(FOLDER, fileName) }));
	return files.every(isThere) ? files : undefined;
}

const isThere = (file: {
	fileName: string;
	contents?: Buffer;
}): file is { fileName: string; contents: Buffer } => file.contents !== undefined;

/**
 * A small schema of our own that asks for the same order, for machines without the published one.
 */
export const OWN_SCHEMA: SchemaFiles = [
	{
		fileName: 'batch.xsd',
		contents: `<xs:schema xmlns:xs="http://www.w3.org/2001/XMLSchema">
	<xs:include schemaLocation="types/parts.xsd"/>
	<xs:element name="batch"><xs:complexType><xs:sequence>
		<xs:element name="ticket" type="ticket"/><xs:element name="title" type="xs:string"/>
	</xs:sequence></xs:complexType></xs:element>
</xs:schema>`,
	},
	{
		fileName: 'parts.xsd',
		contents: `<xs:schema xmlns:xs="http://www.w3.org/2001/XMLSchema">
	<xs:simpleType name="ticket"><xs:restriction base="xs:string"><xs:maxLength value="12"/></xs:restriction></xs:simpleType>
</xs:schema>`,
	},
];
