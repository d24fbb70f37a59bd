/**
 * Every way in which a server, a proxy or a library may write a secret that it was sent: as it is,
 * encoded for a URL, a form, JSON, HTML, or inside base64, as basic authentication has it.
 */
export function shapesOf(secret: string): string[] {
	const json = jsonInner(secret);
	const shapes = [
		secret,
		...percentEncoded(secret),
		json,
		jsonInner(json),
		asciiJson(secret),
		...htmlEscaped(secret),
		...insideBase64(secret),
	];
	// Some servers escape the slash too.
	return [...new Set([...shapes, ...shapes.map((shape) => shape.replaceAll('/', '\\/'))])];
}

const jsonInner = (text: string): string => JSON.stringify(text).slice(1, -1);

function asciiJson(text: string): string {
	return jsonInner(text).replace(
		/[\u0080-\uffff]/g,
		(unit) => `\\u${unit.charCodeAt(0).toString(16).padStart(4, '0')}`,
	);
}

function percentEncoded(text: string): string[] {
	// Half a surrogate pair, which cannot be encoded, becomes the replacement character, as it does
	// on its way over the network.
	const whole = Buffer.from(text).toString();
	const upper = [
		encodeURIComponent(whole),
		encodeURI(whole),
		new URLSearchParams({ x: whole }).toString().slice(2),
	];
	return [
		...upper,
		...upper.map((shape) => shape.replace(/%[0-9A-F]{2}/g, (code) => code.toLowerCase())),
	];
}

function htmlEscaped(text: string): string[] {
	const escaped = text
		.replaceAll('&', '&amp;')
		.replaceAll('<', '&lt;')
		.replaceAll('>', '&gt;')
		.replaceAll('"', '&quot;');
	return [escaped, ...['&#39;', '&#x27;', '&apos;'].map((quote) => escaped.replaceAll("'", quote))];
}

/** Fewer characters of base64 would take out ordinary words. */
const SHORTEST_BASE64 = 6;

/**
 * The characters of base64 that depend on the secret alone, whatever stands before and behind it.
 */
function insideBase64(secret: string): string[] {
	const bytes = Buffer.from(secret);
	return [0, 1, 2].flatMap((before) => {
		const bits = (before + bytes.length) * 8;
		const whole = Buffer.concat([Buffer.alloc(before), bytes]).toString('base64');
		const core = whole.slice(Math.ceil((before * 8) / 6), Math.floor(bits / 6));
		if (core.length < SHORTEST_BASE64) return [];
		return [core, core.replaceAll('+', '-').replaceAll('/', '_')];
	});
}
