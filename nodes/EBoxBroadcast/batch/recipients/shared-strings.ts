/** Bytes that the texts of a workbook may take; a list of the whole country needs less. */
const MOST_BYTES = 192 * 1024 * 1024;
const FIRST_BYTES = 64 * 1024;

/**
 * The shared strings of a workbook, by their index. A list of 650,000 numbers as text has as many
 * strings: they are kept as bytes, 15 each, where strings of JavaScript take three times as much.
 */
export class SharedStrings {
	private bytes = Buffer.allocUnsafe(FIRST_BYTES);
	private used = 0;
	private ends = new Uint32Array(1024);
	private count = 0;

	/** @returns false when the workbook holds more text than is kept */
	add(text: string): boolean {
		const size = Buffer.byteLength(text, 'utf8');
		if (this.used + size > MOST_BYTES) return false;
		if (this.used + size > this.bytes.length) {
			const wider = Buffer.allocUnsafe(Math.max(this.bytes.length * 2, this.used + size));
			this.bytes.copy(wider, 0, 0, this.used);
			this.bytes = wider;
		}
		this.used += this.bytes.write(text, this.used, 'utf8');
		if (this.count === this.ends.length) {
			const wider = new Uint32Array(this.count * 2);
			wider.set(this.ends);
			this.ends = wider;
		}
		this.ends[this.count++] = this.used;
		return true;
	}

	at(index: number): string | undefined {
		const end = index < this.count ? this.ends[index] : undefined;
		if (end === undefined) return undefined;
		return this.bytes.toString('utf8', index === 0 ? 0 : this.ends[index - 1], end);
	}
}
