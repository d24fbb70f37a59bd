/** What names the files of one language version. */
export interface NamedVersion {
	ticket: string;
	language: string;
	/** between language and number, for instance "test" */
	label?: string;
}

/** A part of a file name: letters, digits, dot, hyphen and underscore stay, everything else becomes "_". */
function safePart(text: string): string {
	return text.replace(/[^\p{L}\p{N}._-]/gu, '_').replace(/^\.+/, '_');
}

/** `<ticket>_<language>`, the beginning of every file name of a language version. */
export function fileStem({ ticket, language, label }: NamedVersion): string {
	return [ticket, language, label]
		.filter(Boolean)
		.map((part) => safePart(part ?? ''))
		.join('_');
}

/** `INFO-2025-FR-01_fr_01of04.csv`: number and total have as many digits, two at least. */
export function numberedName(
	version: NamedVersion,
	number: number,
	total: number,
	extension: string,
): string {
	const width = Math.max(2, String(total).length);
	const padded = (n: number): string => String(n).padStart(width, '0');
	return `${fileStem(version)}_${padded(number)}of${padded(total)}.${extension}`;
}
