import { createHash } from 'node:crypto';
import { BroadcastError } from './errors';
import type { DigestMethod, MetadataFields } from './metadata/metadata';
import type { NissSet } from './recipients/niss-keys';
import { type FileSink, fileStem } from './files/output-file';
import {
	checkRecipients,
	type CheckedRecipients,
	type RecipientCounts,
	type RecipientSource,
} from './recipients/recipients';
import { recipientWarnings, unreadable } from './recipients/summary';
import { RejectList, type RejectSummary } from './recipients/reject-list';

/** The document to publish; opened as often as it is needed, never held whole. */
export interface BroadcastDocument {
	mimeType: string;
	open(): Promise<AsyncIterable<Uint8Array>>;
}

/** One language version: a broadcast of its own for Smals. */
export interface LanguageVersion {
	/** such as "fr"; unique in the campaign */
	language: string;
	metadata: Omit<MetadataFields, 'digest' | 'digestMethod' | 'sequence'>;
	/** sequence of the first list */
	firstSequence: number;
	document: BroadcastDocument;
	recipients: RecipientSource;
}

export interface DocumentDigest {
	size: number;
	/** hexadecimal */
	sha256: string;
	method: DigestMethod;
	/** by `method`, base64 */
	digest: string;
}

/** A version whose recipients and document have been read. */
export interface CheckedVersion extends CheckedRecipients {
	version: LanguageVersion;
	document: DocumentDigest;
	rejects: RejectSummary;
}

export interface VersionRules {
	purpose: 'production' | 'acceptance test';
	label?: string;
	onReject: 'continue' | 'stop';
	/** what to do with a person who is on the list of another language version */
	onSecondVersion: 'keepFirst' | 'stop' | 'allow';
	digestMethod: DigestMethod;
}

/** Reads the document once: size and digests. */
async function digestDocument(
	document: BroadcastDocument,
	method: DigestMethod,
): Promise<DocumentDigest> {
	const sha256 = createHash('sha256');
	const other = method === 'SHA-512' ? createHash('sha512') : undefined;
	let size = 0;
	for await (const chunk of await document.open()) {
		size += chunk.length;
		sha256.update(chunk);
		other?.update(chunk);
	}
	const bytes = sha256.digest();
	return {
		size,
		sha256: bytes.toString('hex'),
		method,
		digest: (other?.digest() ?? bytes).toString('base64'),
	};
}

/**
 * Reads and checks the recipients and the document of one version.
 *
 * @param before numbers of the versions before this one
 * @throws BroadcastError rejected_recipients or person_in_two_versions when the rules say "stop"
 */
export async function checkVersion(
	version: LanguageVersion,
	rules: VersionRules,
	sets: { earlier: NissSet; before: NissSet[]; seen: NissSet },
	sink: FileSink,
): Promise<CheckedVersion> {
	const { language } = version;
	const stem = fileStem({ ticket: version.metadata.ticket, language, label: rules.label });
	const list = new RejectList(sink, `${stem}_rejects.csv`, language);
	try {
		const checked = await checkRecipients(version.recipients, {
			onReject: list.add,
			earlier: sets.earlier,
			otherVersions: rules.onSecondVersion === 'allow' ? [] : sets.before,
			seen: sets.seen,
		});
		const rejects = await list.finish();
		assertRules(language, checked.counts, rejects, rules);
		const document = await digestDocument(version.document, rules.digestMethod);
		if (document.size === 0) {
			throw new BroadcastError('metadata', `The document of version "${language}" is empty`);
		}
		return { ...checked, version, document, rejects };
	} finally {
		await list.abandon();
	}
}

function assertRules(
	language: string,
	counts: RecipientCounts,
	{ first }: RejectSummary,
	rules: VersionRules,
): void {
	const { otherVersion } = counts.rejected;
	const wrong = unreadable(counts);
	const lines = (reasons: (reason: string) => boolean): string =>
		first
			.filter(({ reason }) => reasons(reason))
			.slice(0, 5)
			.map(({ line, reason, masked }) => `line ${line}: ${reason} (${masked})`)
			.join('; ');
	if (rules.onReject === 'stop' && wrong > 0) {
		const repeated = ['duplicate', 'earlierList', 'otherVersion'];
		throw new BroadcastError(
			'rejected_recipients',
			`${wrong} records of version "${language}" are no national numbers: ${lines((reason) => !repeated.includes(reason))}`,
			rules.purpose === 'production'
				? 'Correct the list (Recipients: Check lists all rejects), or set On Rejected Numbers to Continue Without Them'
				: 'Correct the list of testers; Recipients: Check lists all rejects',
		);
	}
	if (rules.onSecondVersion === 'stop' && otherVersion > 0) {
		throw new BroadcastError(
			'person_in_two_versions',
			`${otherVersion} recipients of version "${language}" are on the list of a version before it: ${lines((reason) => reason === 'otherVersion')}`,
			'Correct the lists, or set On a Person in Two Versions to Keep the First Version',
		);
	}
}

/** Bytes above which it is worth asking; the procedure names no limit. */
const LARGE_DOCUMENT = 10 * 1024 * 1024;

/** What a person should know about a version; none of it is an obstacle. */
export function versionWarnings(checked: CheckedVersion): string[] {
	const { version, document } = checked;
	const warnings = recipientWarnings(checked);
	if (version.document.mimeType !== 'application/pdf') {
		warnings.push(
			`the citizens' web application handles only PDF properly, and the document is ${version.document.mimeType}`,
		);
	}
	if (document.size > LARGE_DOCUMENT) {
		warnings.push(
			`the document has ${document.size} bytes; the limit of the batch is not published, ask before`,
		);
	}
	return warnings.map((warning) => `Version "${version.language}": ${warning}`);
}
