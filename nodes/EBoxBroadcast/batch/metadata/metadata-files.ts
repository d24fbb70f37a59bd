import { createHash } from 'node:crypto';
import { BroadcastError } from '../errors';
import { fileStem, numberedName } from '../files/output-file';
import type { ListPlan } from '../recipients/lists';
import { metadataXml, PROFILE_BASIS, type MetadataFields, type MetadataProfile } from './metadata';
import { fillTemplate } from './metadata-template';
import type { Manifest } from '../files/manifest';
import { checkXml, type SchemaFiles } from './schema-check';
import type { CheckedVersion } from '../language-version';

/** Where the form of the XML comes from. */
export type MetadataForm =
	{ kind: 'profile'; profile: MetadataProfile } | { kind: 'template'; text: string };

export interface MetadataSettings {
	form: MetadataForm;
	/**
	 * one XML per list, each with its own sequence (a repeated ticket and sequence would replace the
	 * message of the list before), or one for the document and all its lists
	 */
	xmlPer: 'list' | 'document';
	/** XML schema of the user; empty for none */
	schema: SchemaFiles;
}

export interface MetadataFile {
	fileName: string;
	text: string;
	sequence?: number;
	/** absent when the file stands for all lists */
	list?: number;
}

/** Whether the XML can tell two messages of one ticket apart. */
function hasSequence(form: MetadataForm): boolean {
	return form.kind === 'profile'
		? form.profile.withSequence
		: /\[\[\s*sequence\s*\]\]/.test(form.text);
}

/**
 * The metadata files of one language version.
 *
 * @throws BroadcastError metadata, template
 */
export function metadataFiles(
	checked: CheckedVersion,
	lists: readonly ListPlan[],
	settings: MetadataSettings,
	label?: string,
): MetadataFile[] {
	const { version, document } = checked;
	const named = { ticket: version.metadata.ticket, language: version.language, label };
	const sequenced = hasSequence(settings.form);
	const fieldsFor = (list: number): MetadataFields => ({
		...version.metadata,
		digest: document.digest,
		digestMethod: document.method,
		...(sequenced ? { sequence: version.firstSequence + list } : {}),
	});
	const textFor = (fields: MetadataFields, list?: ListPlan): string => {
		const { form } = settings;
		if (form.kind === 'profile') return metadataXml(fields, form.profile);
		return fillTemplate(form.text, fields, {
			language: version.language,
			digestHex:
				document.method === 'SHA-256'
					? document.sha256
					: Buffer.from(document.digest, 'base64').toString('hex'),
			documentSize: document.size,
			recipients: list?.count ?? checked.recipients.length,
			listFile: list ? numberedName(named, list.number, lists.length, 'csv') : '',
			listNumber: list?.number ?? 0,
			listCount: lists.length,
		});
	};
	if (settings.xmlPer === 'document') {
		const fields = fieldsFor(0);
		const fileName = `${fileStem(named)}.xml`;
		return [{ fileName, text: textFor(fields), sequence: fields.sequence }];
	}
	return lists.map((list, i) => {
		const fields = fieldsFor(i);
		return {
			fileName: numberedName(named, list.number, lists.length, 'xml'),
			text: textFor(fields, list),
			sequence: fields.sequence,
			list: list.number,
		};
	});
}

/**
 * Refuses a campaign in which one message would replace another: the eBox takes a repeated pair of
 * ticket and sequence as a new version of the same message (EboxMessage guide 1.9).
 *
 * @throws BroadcastError repeated_ticket
 */
export function assertDistinctMessages(
	campaign: ReadonlyArray<{ ticket: string; language: string; files: readonly MetadataFile[] }>,
): void {
	const owners = new Map<string, string>();
	for (const { ticket, language, files } of campaign) {
		for (const { sequence } of files) {
			const message = `ticket "${ticket}"${sequence === undefined ? '' : `, sequence ${sequence}`}`;
			const owner = owners.get(message);
			if (owner !== undefined) {
				throw new BroadcastError(
					'repeated_ticket',
					`Two messages have ${message}: the second would replace the first (versions "${owner}" and "${language}")`,
					'Give each language version its own ticket or first sequence, and keep Sequence in the XML when there is one XML per list',
				);
			}
			owners.set(message, language);
		}
	}
}

/** Checks every metadata file of a campaign in one run, and says what was used. */
export async function checkMetadata(
	files: readonly MetadataFile[],
	{ form, schema }: MetadataSettings,
): Promise<Manifest['metadataForm']> {
	const builtIn = form.kind === 'profile';
	// Our own form is well-formed by construction; what a user adds is not.
	if (schema.length > 0 || !builtIn || form.profile.extraXml.trim() !== '') {
		const documents = files.map(({ fileName, text }) => ({ fileName, contents: text }));
		await checkXml(documents, schema);
	}
	const [main] = schema;
	return {
		form: builtIn ? 'built-in profile' : 'template of the user',
		basis: builtIn ? PROFILE_BASIS : 'the template, as the user gave it',
		checkedAgainst: main ? main.fileName : 'none',
		...(main ? { schemaSha256: createHash('sha256').update(main.contents).digest('hex') } : {}),
	};
}
