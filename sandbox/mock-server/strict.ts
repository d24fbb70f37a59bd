import type { Answer } from './answer';
import type { Call } from './call';

/**
 * Whether a sandbox receives as strictly as any server might, beyond what its own service is known
 * to refuse. One object may be shared by several mock servers.
 */
export interface Receiver {
	strict: boolean;
}

/** What a strict receiver has against a call before it is handled; undefined for nothing. */
export function strictRefusal(call: Call, produced: readonly string[]): Answer | undefined {
	if (/\bchunked\b/i.test(call.header('transfer-encoding') ?? '')) {
		call.refusedBecause('Strict receiver: the body comes in chunks, without a Content-Length');
		return refusal(411, 'Length Required');
	}
	const mayChange = !['GET', 'HEAD'].includes(call.method);
	if (mayChange && !produced.some((type) => accepts(call, type)))
		return notAcceptable(call, produced.join(' or '));
	return undefined;
}

/** The answer, or 406 where the caller does not accept its type. */
export function negotiated(call: Call, answer: Answer): Answer {
	const type = answer.body && ('json' in answer.body ? jsonType(answer.body) : answer.body.type);
	if (answer.status >= 300 || type === undefined || accepts(call, type)) return answer;
	return notAcceptable(call, type);
}

const jsonType = ({ type }: { type?: string }): string => type ?? 'application/json';

function notAcceptable(call: Call, type: string): Answer {
	const accept = call.header('accept') ?? '';
	call.refusedBecause(`Strict receiver: the answer is ${type}, and Accept says "${accept}"`);
	return refusal(406, 'Not Acceptable');
}

const refusal = (status: number, text: string): Answer => ({
	status,
	body: { text, type: 'text/plain' },
});

/** Whether the caller takes a type (RFC 9110, 12.5.1); without `Accept` it takes all. */
function accepts(call: Call, type: string): boolean {
	const accept = call.header('accept');
	if (accept === undefined) return true;
	const [wanted = ''] = type.split(';');
	const ranges = accept.split(',').map((range) => range.split(';').map((part) => part.trim()));
	return ranges.some(([range = '', ...parameters]) => {
		if (parameters.some((parameter) => /^q=0(\.0*)?$/.test(parameter))) return false;
		return range === '*/*' || range === wanted || range === wanted.replace(/\/.*/, '/*');
	});
}

/** Characters that some file system or header does not take in a name, and names of dots. */
const UNSAFE_NAME = /[\p{Cc}<>:"/\\|?*]|^\.+$|^\s|[\s.]$/u;

const LONGEST_NAME = 255;

/** Why a strict receiver refuses a file's name; undefined for a good one. */
export function nameFault(fileName: string): string | undefined {
	if (Buffer.byteLength(fileName) > LONGEST_NAME)
		return `the file name has more than ${LONGEST_NAME} bytes`;
	return UNSAFE_NAME.test(fileName)
		? `the file name "${fileName}" has a character that not every system takes`
		: undefined;
}
