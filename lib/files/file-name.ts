/** Longest name that file systems in use take, in bytes of UTF-8, with room for a suffix. */
const MAX_BYTES = 200;

/** Names that Windows reserves for devices, with or without an extension. */
const DEVICES = /^(con|prn|aux|nul|com\d|lpt\d)(\.|$)/i;

/**
 * Makes a name that came from outside safe to store: no path, no control or reserved characters, no
 * leading dot or dash, no trailing dot or space, not a device, not empty, not too long. Accents and
 * other scripts stay.
 *
 * @param maxBytes of UTF-8; the extension stays
 * @example safeFileName('../acte: 1.pdf') // 'acte_ 1.pdf'
 */
export function safeFileName(name: string, fallback = 'file', maxBytes = MAX_BYTES): string {
	const clean = bearable(name.replace(/^.*[\\/]/s, ''))
		.normalize('NFC')
		.replace(/[\p{Cc}\p{Cf}\p{Cs}\p{Zl}\p{Zp}]/gu, '')
		.replace(/[<>:"|?*]/g, '_')
		.replace(/^[\s.-]+/, '')
		.replace(/[\s.]+$/, '');
	const named = clean === '' ? fallback : DEVICES.test(clean) ? `_${clean}` : clean;
	return shortened(named, maxBytes);
}

/**
 * Gives each name once: a second `a.pdf` becomes `a (2).pdf`. Case is ignored, because some file
 * systems do. The number makes no name longer than `maxBytes`.
 *
 * @example
 * const names = new UniqueNames();
 * [names.take('acte.pdf'), names.take('acte.pdf')];
 */
export class UniqueNames {
	constructor(private readonly maxBytes = MAX_BYTES) {}

	private readonly taken = new Set<string>();

	/** By name, the number that the next of that name tries first. */
	private readonly next = new Map<string, number>();

	take(name: string): string {
		const { stem, extension } = split(name);
		let unique = name;
		let number = this.next.get(name.toLowerCase()) ?? 2;
		for (; this.taken.has(unique.toLowerCase()); number++)
			unique = withSuffix(stem, ` (${number})${extension}`, this.maxBytes);
		this.next.set(name.toLowerCase(), number);
		this.taken.add(unique.toLowerCase());
		return unique;
	}
}

function split(name: string): { stem: string; extension: string } {
	const dot = name.lastIndexOf('.');
	return dot > 0 && name.length - dot <= 12
		? { stem: name.slice(0, dot), extension: name.slice(dot) }
		: { stem: name, extension: '' };
}

/**
 * A name of any length, cut to one that is quick to work on; its beginning and its extension stay.
 */
function bearable(name: string): string {
	return name.length > 1000 ? name.slice(0, 500) + name.slice(-500) : name;
}

function shortened(name: string, maxBytes: number): string {
	if (Buffer.byteLength(name) <= maxBytes) return name;
	const { stem, extension } = split(name);
	return withSuffix(stem, extension, maxBytes);
}

/** A stem, cut where it has to be, and what stands behind it. */
function withSuffix(stem: string, suffix: string, maxBytes: number): string {
	if (Buffer.byteLength(stem + suffix) <= maxBytes) return stem + suffix;
	const characters = [...stem];
	while (characters.length > 0 && Buffer.byteLength(characters.join('') + suffix) > maxBytes)
		characters.pop();
	// What was inside the name before may not stand at its end.
	return characters.join('').replace(/[\s.]+$/, '') + suffix;
}
