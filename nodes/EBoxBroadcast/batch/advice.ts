import type { CheckedVersion } from './language-version';

/** Bytes above which it is worth asking; the procedure names no limit. */
const LARGE_DOCUMENT = 10 * 1024 * 1024;

/** What a person should know about a version; none of it is an obstacle. */
export function adviceOn({ version, counts, document }: CheckedVersion): string[] {
	const warnings: string[] = [];
	const { language } = version;
	if (version.document.mimeType !== 'application/pdf') {
		warnings.push(
			`Version "${language}": the citizens' web application handles only PDF properly, and the document is ${version.document.mimeType}`,
		);
	}
	if (counts.unusualMonths > 0) {
		warnings.push(
			`Version "${language}": ${counts.unusualMonths} numbers have a month that national numbers do not have, although their check number fits`,
		);
	}
	if (document.size > LARGE_DOCUMENT) {
		warnings.push(
			`Version "${language}": the document has ${document.size} bytes; the limit of the batch is not published, ask before`,
		);
	}
	return warnings;
}
