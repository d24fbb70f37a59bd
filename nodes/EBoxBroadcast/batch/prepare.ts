import { BroadcastError } from './errors';
import {
	listBytes,
	planLists,
	LARGEST_LIST,
	PLAIN_LIST,
	type CutStrategy,
	type ListFormat,
	type ListPlan,
} from './recipients/lists';
import {
	manifestBytes,
	type EarlierList,
	type Manifest,
	type ManifestFile,
} from './files/manifest';
import { EBOX_MESSAGE_PROFILE } from './metadata/metadata';
import {
	assertDistinctMessages,
	checkMetadata,
	metadataFiles,
	type MetadataFile,
	type MetadataSettings,
} from './metadata/metadata-files';
import { NissSet } from './recipients/niss-keys';
import {
	DigestedBytes,
	fileStem,
	numberedName,
	store,
	type FileSink,
	type FileDigest,
	type OutputFile,
} from './files/output-file';
import { checkRecipients, type RecipientSource } from './recipients/recipients';
import type { RejectSummary } from './recipients/reject-list';
import { summaryOf, unreadable } from './recipients/summary';
import {
	checkVersion,
	versionWarnings,
	type CheckedVersion,
	type LanguageVersion,
	type VersionRules,
} from './language-version';
import { zipBytes, type ZipEntry } from './files/zip';

export interface PrepareSettings extends VersionRules {
	strategy: CutStrategy;
	maximumSize: number;
	listFormat: ListFormat;
	metadata: MetadataSettings;
	/** most recipients of a version; for a test set */
	limit?: number;
	output: 'files' | 'zip' | 'both';
}

export const DEFAULT_SETTINGS: PrepareSettings = {
	purpose: 'production',
	strategy: 'fill',
	maximumSize: LARGEST_LIST,
	listFormat: PLAIN_LIST,
	metadata: {
		form: { kind: 'profile', profile: EBOX_MESSAGE_PROFILE },
		xmlPer: 'list',
		schema: [],
	},
	onReject: 'continue',
	onSecondVersion: 'keepFirst',
	digestMethod: 'SHA-256',
	output: 'files',
};

export interface PreparedVersion {
	manifest: Manifest;
	rejects: RejectSummary;
	zip?: FileDigest & { fileName: string };
	/** advice for a person; nothing in it is an obstacle */
	warnings: string[];
}

/** A version with everything decided, before a file of it is made. */
interface PlannedVersion {
	checked: CheckedVersion;
	lists: ListPlan[];
	metadata: MetadataFile[];
}

/**
 * Makes the input files of a campaign: every version is checked to its end before the first file is
 * made, so that a refusal leaves nothing half done. The same input gives the same bytes.
 *
 * @param versions in the order of precedence: a person on two lists belongs to the first
 * @param earlier lists whose people are to be left out
 * @throws BroadcastError
 */
export async function prepareBroadcast(
	versions: readonly LanguageVersion[],
	earlier: readonly RecipientSource[],
	settings: PrepareSettings,
	sink: FileSink,
): Promise<PreparedVersion[]> {
	assertLanguages(versions);
	planLists(1, settings.strategy, settings.maximumSize);
	const left = await readEarlier(earlier);
	const { people } = left;
	const before: NissSet[] = [];
	const planned: PlannedVersion[] = [];
	for (const version of versions) {
		const seen = new NissSet();
		const checked = await checkVersion(version, settings, { earlier: people, before, seen }, sink);
		before.push(seen);
		planned.push(planVersion(checked, settings));
	}
	if (settings.metadata.xmlPer === 'list' || versions.length > 1) {
		assertDistinctMessages(
			planned.map(({ checked: { version }, metadata }) => ({
				ticket: version.metadata.ticket,
				language: version.language,
				files: metadata,
			})),
		);
	}
	const form = await checkMetadata(
		planned.flatMap(({ metadata }) => metadata),
		settings.metadata,
	);
	const prepared: PreparedVersion[] = [];
	for (const plan of planned) {
		prepared.push(await makeFiles(plan, { form, earlier: left.lists }, settings, sink));
	}
	const [first] = prepared;
	first?.warnings.unshift(...left.warnings);
	return prepared;
}

function assertLanguages(versions: readonly LanguageVersion[]): void {
	const languages = versions.map(({ language }) => language.trim().toLowerCase());
	const repeated = languages.find((language, i) => languages.indexOf(language) !== i);
	if (repeated === undefined) return;
	throw new BroadcastError(
		'repeated_language',
		`Two language versions are called "${repeated}"`,
		'Each language version is a broadcast of its own: give each its language',
	);
}

/** People who are to be left out, and what each list gave. */
export interface EarlierRecipients {
	people: NissSet;
	lists: EarlierList[];
	warnings: string[];
}

/**
 * The people of earlier lists. A list that gives no number would exclude nobody without a word, so
 * it is refused; lines that are no number are counted and warned of.
 *
 * @throws BroadcastError earlier_list
 */
export async function readEarlier(sources: readonly RecipientSource[]): Promise<EarlierRecipients> {
	const people = new NissSet();
	const lists: EarlierList[] = [];
	const warnings: string[] = [];
	for (const [i, source] of sources.entries()) {
		const name = (source.kind === 'csv' ? source.name : undefined) ?? `number ${i + 1}`;
		const { counts } = await checkRecipients(source, { seen: people, withoutOrder: true }).catch(
			(error: unknown) => {
				throw aboutEarlierList(name, error);
			},
		);
		const rejected = unreadable(counts);
		// Somebody who stands on two earlier lists is understood on both.
		const accepted = counts.read - rejected;
		if (accepted === 0) {
			throw new BroadcastError(
				'earlier_list',
				`The earlier list "${name}" holds no national number, so it would leave nobody out: ${summaryOf(counts)}`,
				'Give the list that was handed over, or take the name out of Earlier Lists',
			);
		}
		if (rejected > 0) {
			warnings.push(
				`Earlier list "${name}": ${rejected} of ${counts.read} lines are no national number, so these people are not left out`,
			);
		}
		lists.push({ name, read: counts.read, accepted, rejected });
	}
	return { people, lists, warnings };
}

function aboutEarlierList(name: string, error: unknown): unknown {
	if (!(error instanceof BroadcastError)) return error;
	const hint =
		error.problem === 'column_unclear'
			? 'Give it with one column of numbers: CSV Input Options hold for the recipients only'
			: error.details.hint;
	return new BroadcastError(
		'earlier_list',
		`The earlier list "${name}" cannot be read: ${error.message}`,
		hint,
	);
}

function planVersion(checked: CheckedVersion, settings: PrepareSettings): PlannedVersion {
	const { version, recipients } = checked;
	if (settings.limit !== undefined && recipients.length > settings.limit) {
		throw new BroadcastError(
			'test_set_too_large',
			`The test list of version "${version.language}" has ${recipients.length} recipients, and at most ${settings.limit} are wanted`,
			'A test goes to people whose eBox can be looked at: give a shorter list, or raise Maximum Test Recipients',
		);
	}
	if (recipients.length === 0) {
		throw new BroadcastError(
			'no_recipients',
			`There is no recipient in version "${version.language}": ${summaryOf(checked.counts)}`,
			'Look at the rejects: Recipients: Check lists every record with its reason',
		);
	}
	const lists = planLists(recipients.length, settings.strategy, settings.maximumSize);
	return {
		checked,
		lists,
		metadata: metadataFiles(checked, lists, settings.metadata, settings.label),
	};
}

/** A file of the broadcast that can be made as often as it is wanted. */
interface PlannedFile {
	file: OutputFile;
	facts: Pick<ManifestFile, 'recipients' | 'list' | 'sequence'>;
	open(): AsyncIterable<Uint8Array> | Iterable<Uint8Array> | Promise<AsyncIterable<Uint8Array>>;
}

function plannedFiles(
	{ checked, lists, metadata }: PlannedVersion,
	settings: PrepareSettings,
): PlannedFile[] {
	const { version, recipients } = checked;
	const { language } = version;
	const named = { ticket: version.metadata.ticket, language, label: settings.label };
	const { fileName } = version.metadata;
	return [
		{
			file: { role: 'document', fileName, mimeType: version.document.mimeType, language },
			facts: {},
			open: () => version.document.open(),
		},
		...metadata.map((xml): PlannedFile => ({
			file: {
				role: 'metadata',
				fileName: xml.fileName,
				mimeType: 'text/xml',
				language,
				list: xml.list,
			},
			facts: { list: xml.list, sequence: xml.sequence },
			open: () => [Buffer.from(xml.text, 'utf8')],
		})),
		...lists.map((list): PlannedFile => ({
			file: {
				role: 'recipients',
				fileName: numberedName(named, list.number, lists.length, 'csv'),
				mimeType: 'text/csv',
				language,
				list: list.number,
			},
			facts: { list: list.number, recipients: list.count },
			open: () => listBytes(recipients, list, settings.listFormat),
		})),
	];
}

async function makeFiles(
	plan: PlannedVersion,
	campaign: { form: Manifest['metadataForm']; earlier: EarlierList[] },
	settings: PrepareSettings,
	sink: FileSink,
): Promise<PreparedVersion> {
	const { checked, lists } = plan;
	const { version } = checked;
	const { ticket, messageType, title, institution } = version.metadata;
	const manifest: Manifest = {
		purpose: settings.purpose,
		language: version.language,
		ticket,
		messageType,
		title,
		...(institution === undefined ? {} : { institution }),
		metadataForm: campaign.form,
		summary: summaryOf(checked.counts),
		recipients: checked.counts,
		...(checked.dialect ? { inputDialect: checked.dialect } : {}),
		...(checked.workbook ? { inputWorkbook: checked.workbook } : {}),
		...(campaign.earlier.length > 0 ? { earlierLists: campaign.earlier } : {}),
		lists: {
			strategy: settings.strategy,
			maximumSize: settings.maximumSize,
			count: lists.length,
			sizes: lists.map(({ count }) => count),
			format: settings.listFormat,
		},
		files: [],
	};
	const stem = fileStem({ ticket, language: version.language, label: settings.label });
	const files = plannedFiles(plan, settings);
	if (settings.output !== 'zip') {
		for (const { file, facts, open } of files) {
			const measure = await store(sink, file, await open());
			manifest.files.push({ role: file.role, fileName: file.fileName, ...facts, ...measure });
		}
	}
	const zip =
		settings.output === 'files'
			? undefined
			: await makeZip(files, manifest, stem, version.language, sink);
	const file: OutputFile = {
		role: 'manifest',
		fileName: `${stem}_manifest.json`,
		mimeType: 'application/json',
		language: version.language,
	};
	await store(sink, file, [manifestBytes(manifest)]);
	return { manifest, rejects: checked.rejects, zip, warnings: versionWarnings(checked) };
}

/**
 * One archive with all files and the manifest; the manifest is filled on the way, unless it is
 * already.
 */
async function makeZip(
	files: readonly PlannedFile[],
	manifest: Manifest,
	stem: string,
	language: string,
	sink: FileSink,
): Promise<FileDigest & { fileName: string }> {
	const digested = new Map<PlannedFile, DigestedBytes>();
	const entries = files.map((piece): ZipEntry => ({
		name: piece.file.fileName,
		open: async () => {
			const bytes = new DigestedBytes(await piece.open());
			digested.set(piece, bytes);
			return bytes;
		},
	}));
	const fillManifest = (): void => {
		manifest.files = files.map((piece) => {
			const { role, fileName } = piece.file;
			const measure = digested.get(piece)?.measure ?? { size: 0, sha256: '' };
			return { role, fileName, ...piece.facts, ...measure };
		});
	};
	entries.push({
		name: `${stem}_manifest.json`,
		open: () => {
			fillManifest();
			return new DigestedBytes([manifestBytes(manifest)]);
		},
	});
	const fileName = `${stem}.zip`;
	const measure = await store(
		sink,
		{ role: 'zip', fileName, mimeType: 'application/zip', language },
		zipBytes(entries),
	);
	return { ...measure, fileName };
}
