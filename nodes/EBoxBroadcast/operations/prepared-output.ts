import type { IDataObject, INodeProperties } from 'n8n-workflow';

import type { ItemContext } from '../../../lib/node/item-context';
import { OutputItem } from '../../../lib/node/operation';
import type { ManifestFile } from '../batch/files/manifest';
import type { PreparedVersion, PrepareSettings } from '../batch/prepare';
import type { NoService } from '../connect';
import type { BinaryStore, StoredFile } from './binary-store';

/** What comes out, and in which form. */
export const outputFields: INodeProperties[] = [
	{
		displayName: 'Files',
		name: 'files',
		type: 'options',
		options: [
			{ name: 'Both', value: 'both', description: 'The files, and an archive of each version' },
			{ name: 'Separate Files', value: 'files' },
			{ name: 'ZIP Archive', value: 'zip', description: 'One archive per language version' },
		],
		default: 'files',
	},
	{
		displayName: 'Output',
		name: 'output',
		type: 'options',
		options: [
			{
				name: 'One Item per File',
				value: 'perFile',
				description: 'Each item has one file in the binary field data',
			},
			{
				name: 'One Item per Language Version',
				value: 'perVersion',
				description:
					'The files are in the binary fields document, metadata_1, recipients_1 …, manifest, rejects and zip',
			},
		],
		default: 'perVersion',
	},
];

export function filesOf(context: ItemContext<NoService>): PrepareSettings['output'] {
	const files = context.optionalText('files');
	return files === 'zip' || files === 'both' ? files : 'files';
}

/** `metadata_2` for the second list, `document` for what there is once. */
function binaryField({ role, list }: StoredFile): string {
	return list === undefined ? role : `${role}_${list}`;
}

/** Plain JSON: n8n stores items, and "undefined" is none of its values. */
function plain(value: unknown): IDataObject {
	return JSON.parse(JSON.stringify(value)) as IDataObject;
}

/** The prepared versions as items. Warnings appear below the output. */
export function outputItems(
	context: ItemContext<NoService>,
	prepared: PreparedVersion[],
	store: BinaryStore,
): OutputItem[] {
	for (const warning of prepared.flatMap(({ warnings }) => warnings)) context.warn(warning);
	const perFile = context.optionalText('output') === 'perFile';
	return prepared.flatMap((version) => {
		const files = store.of(version.manifest.language);
		return perFile ? fileItems(version, files) : [versionItem(version, files)];
	});
}

function versionItem(version: PreparedVersion, files: StoredFile[]): OutputItem {
	const { manifest, rejects, zip, warnings } = version;
	const { language, ticket, purpose } = manifest;
	const binary = Object.fromEntries(files.map((file) => [binaryField(file), file.binary]));
	const binaryFields = Object.fromEntries(files.map((file) => [binaryField(file), file.fileName]));
	const { summary } = manifest;
	const json = {
		...{ language, ticket, purpose, summary, manifest, rejects, zip, warnings, binaryFields },
	};
	return new OutputItem(plain(json), binary);
}

function fileItems({ manifest, zip, rejects }: PreparedVersion, files: StoredFile[]): OutputItem[] {
	const { language, ticket, purpose } = manifest;
	const known = new Map<string, Partial<ManifestFile>>([
		...manifest.files.map((file) => [file.fileName, file] as const),
		[rejects.fileName, { size: rejects.size, sha256: rejects.sha256 }],
		...(zip ? [[zip.fileName, zip] as const] : []),
	]);
	return files.map((file) => {
		const { role, fileName, mimeType, list } = file;
		const { size, sha256, recipients } = known.get(fileName) ?? {};
		// Rejects and manifest are for the institution itself.
		const handOver = role !== 'rejects' && role !== 'manifest';
		const json = plain({
			...{ language, ticket, purpose, role, handOver, fileName, mimeType, list },
			...{ size, sha256, recipients },
			...(role === 'manifest' ? { manifest } : {}),
		});
		return new OutputItem(json, { data: file.binary });
	});
}
