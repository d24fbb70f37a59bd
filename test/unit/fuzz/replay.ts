import { Readable } from 'node:stream';

import type { ExchangeRequest, RawAnswer } from '../../../lib/http/exchange';
import type { RecordedAnswer } from './mutate';

type Exchange = (
	request: ExchangeRequest,
	timeoutMs: number,
	signal?: AbortSignal,
) => Promise<RawAnswer>;

/** Stands in the place of the only function that opens a socket. */
export class Replay {
	private recording?: RecordedAnswer[];

	private answers: RecordedAnswer[] = [];

	private served = new Set<RecordedAnswer>();

	/** Milliseconds that waits have taken; nobody waits for real while answers are replayed. */
	waitedMs = 0;

	constructor(private readonly real: Exchange) {}

	get isReplaying(): boolean {
		return this.recording === undefined;
	}

	/** What the services answer while `work` runs. */
	async record(work: () => Promise<unknown>): Promise<RecordedAnswer[]> {
		const answers: RecordedAnswer[] = [];
		this.recording = answers;
		try {
			await work();
		} finally {
			this.recording = undefined;
		}
		return answers;
	}

	/** The answers that the next calls get, each once, the last one of a request for good. */
	play(answers: RecordedAnswer[]): void {
		this.answers = answers;
		this.served = new Set();
		this.waitedMs = 0;
	}

	wasServed(answer: RecordedAnswer): boolean {
		return this.served.has(answer);
	}

	readonly exchange: Exchange = async (request, timeoutMs, signal) => {
		if (!this.recording) return await this.next(request);
		const raw = await this.real(request, timeoutMs, signal);
		const chunks: Buffer[] = [];
		for await (const chunk of raw.body) chunks.push(chunk as Buffer);
		const headers = Object.fromEntries(
			Object.entries(raw.headers).filter(([name]) => name !== 'content-length'),
		);
		const recorded = {
			request: nameOf(request),
			status: raw.status,
			headers,
			bytes: Buffer.concat(chunks),
		};
		this.recording.push(recorded);
		return rawOf(recorded, raw.url);
	};

	private async next(request: ExchangeRequest): Promise<RawAnswer> {
		const { body } = request;
		if (body && 'form' in body && typeof body.form === 'function') await body.form();
		if (body && 'stream' in body) for await (const chunk of await body.stream()) void chunk;
		const fitting = this.answers.filter((one) => one.request === nameOf(request));
		const answer = fitting.find((one) => !this.served.has(one)) ?? fitting.at(-1);
		if (!answer) return rawOf(UNKNOWN, request.url);
		this.served.add(answer);
		return rawOf(answer, request.url);
	}
}

const UNKNOWN: RecordedAnswer = {
	request: '',
	status: 404,
	headers: { 'content-type': 'application/json' },
	bytes: Buffer.from('{"message":"Nothing was recorded for this request"}'),
};

/** `GET /cases/1`: the query and the host are left out. */
const nameOf = ({ method, url }: ExchangeRequest): string => `${method} ${new URL(url).pathname}`;

const rawOf = ({ status, headers, bytes }: RecordedAnswer, url: string): RawAnswer => ({
	status,
	headers,
	url,
	body: Readable.from(bytes.length > 0 ? [bytes] : [], { objectMode: false }),
});
