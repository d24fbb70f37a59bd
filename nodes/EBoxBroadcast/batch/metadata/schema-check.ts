import { BroadcastError } from '../errors';
import type { XmllintInput } from './xmllint';

/** An XSD of the user: the first file is the main schema, the others are what it imports. */
export type SchemaFiles = readonly XmllintInput[];

/** Exit codes of xmllint. */
const NOT_WELL_FORMED = 1;
const INVALID = 3;
const SCHEMA_UNUSABLE = 5;

const SHOWN_MESSAGES = 10;
/**
 * Documents per run: the memory of a run is bounded, and a broadcast in small lists has many files.
 */
const DOCUMENTS_PER_RUN = 100;

/** The last part of a path or URL, which is how a schema's imports are matched with the files. */
function baseName(path: string): string {
	return path.slice(Math.max(path.lastIndexOf('/'), path.lastIndexOf('\\')) + 1);
}

/**
 * Puts all schema files side by side: `schemaLocation="../types/v1/x.xsd"` becomes `x.xsd` when a
 * file of that name was given, so that users need not rebuild the folders of a published contract.
 */
function flatten(files: SchemaFiles): XmllintInput[] {
	const names = new Set(files.map((file) => baseName(file.fileName)));
	if (names.size !== files.length) {
		throw new BroadcastError('schema', 'Two of the schema files have the same name', 'Rename one');
	}
	return files.map((file, i) => ({
		fileName: schemaName(i, baseName(file.fileName)),
		contents: decoded(file.contents).replace(
			/(\bschemaLocation\s*=\s*)(["'])([^"']*)\2/g,
			(whole, start: string, quote: string, location: string) => {
				const name = baseName(location);
				return names.has(name) ? `${start}${quote}${encodeURI(name)}${quote}` : whole;
			},
		),
	}));
}

/** The main schema gets a name of ours: it goes onto a command line. */
function schemaName(index: number, name: string): string {
	return index === 0 ? 'schema/main.xsd' : `schema/${name}`;
}

function decoded(contents: string | Uint8Array): string {
	return typeof contents === 'string' ? contents : Buffer.from(contents).toString('utf8');
}

/**
 * Checks XML files with xmllint: against a schema when there is one, else whether they are
 * well-formed.
 *
 * @throws BroadcastError schema_invalid with xmllint's messages when a file does not pass, schema
 *   when the schema itself cannot be used
 */
export async function checkXml(
	files: readonly XmllintInput[],
	schema: SchemaFiles = [],
): Promise<void> {
	for (let i = 0; i < files.length; i += DOCUMENTS_PER_RUN) {
		await checkSome(files.slice(i, i + DOCUMENTS_PER_RUN), schema);
	}
}

async function checkSome(files: readonly XmllintInput[], schema: SchemaFiles): Promise<void> {
	const documents = files.map((file, i) => ({ ...file, fileName: `document${i + 1}.xml` }));
	const schemaArgs = schema.length > 0 ? ['--schema', 'schema/main.xsd'] : [];
	// One megabyte that is needed only here.
	const { runXmllint } = await import('./xmllint');
	const { exitCode, messages } = await runXmllint(
		['--noout', '--nonet', ...schemaArgs, ...documents.map((file) => file.fileName)],
		[...documents, ...flatten(schema)],
	);
	if (exitCode === 0) return;

	const named = (text: string): string =>
		text.replace(/document(\d+)\.xml/g, (_, n: string) => files[Number(n) - 1]?.fileName ?? '?');
	const shown = messages
		.filter((line) => line.trim() !== '' && !line.endsWith('validates'))
		.slice(0, SHOWN_MESSAGES)
		.map(named)
		.join('\n');
	if (exitCode === NOT_WELL_FORMED) {
		throw new BroadcastError('schema_invalid', `The metadata is not well-formed XML:\n${shown}`);
	}
	if (exitCode === SCHEMA_UNUSABLE) {
		throw new BroadcastError(
			'schema',
			`The XML schema cannot be used:\n${shown}`,
			'Give every XSD file that the main one imports, under the name it is imported by',
		);
	}
	throw new BroadcastError(
		'schema_invalid',
		exitCode === INVALID
			? `The metadata does not follow the XML schema:\n${shown}`
			: `The metadata could not be checked (xmllint code ${exitCode}):\n${shown}`,
		'Change the fields, the profile or the template; or leave the schema out',
	);
}
