import type { TextCallRecord } from './admin';
import type { CallFilter, CallRecord, Counters } from './call-log';
import type { FailNext } from './injected-faults';

/** Steers a mock server from another process, through its administration interface. */
export class MockServerAdminClient {
	private readonly base: string;

	constructor(adminUrl: string) {
		this.base = adminUrl.replace(/\/+$/, '');
	}

	/** Every call received that matches, in order of arrival. */
	async calls(filter: CallFilter = {}): Promise<CallRecord[]> {
		return await this.request('GET', `/calls${queryOf(filter)}`);
	}

	/** The same with headers and bodies (Authorization reduced to its scheme, secrets masked). */
	async callsWithContent(filter: CallFilter = {}): Promise<TextCallRecord[]> {
		return await this.request('GET', `/calls${queryOf({ ...filter, content: true })}`);
	}

	async clearCalls(): Promise<void> {
		await this.request('DELETE', '/calls');
	}

	async counters(): Promise<Counters> {
		return await this.request('GET', '/counters');
	}

	/** The time of the mock server. */
	async now(): Promise<Date> {
		return new Date((await this.request<{ now: string }>('GET', '/clock')).now);
	}

	async advanceClock(milliseconds: number): Promise<void> {
		await this.request('POST', '/clock', { advance: milliseconds });
	}

	async setClock(instant: Date): Promise<void> {
		await this.request('POST', '/clock', { set: instant.toISOString() });
	}

	/**
	 * Adds this many milliseconds before every answer, and these before the first one on each
	 * connection.
	 */
	async setLatency(latency: number, connection = 0): Promise<void> {
		await this.request('PUT', '/latency', { latency, connection });
	}

	/** Makes the next calls that match go wrong. */
	async failNext(request: FailNext): Promise<void> {
		await this.request('POST', '/fail-next', request);
	}

	/** Injected faults that have not happened yet. */
	async pendingFailures(): Promise<FailNext[]> {
		return await this.request('GET', '/fail-next');
	}

	async clearFailures(): Promise<void> {
		await this.request('DELETE', '/fail-next');
	}

	/** Certificate of the authority (PEM), null without TLS. */
	async ca(): Promise<string | null> {
		return (await this.request<{ ca: string | null }>('GET', '/ca')).ca;
	}

	/** Faults of the sandbox itself; a test that ends with one is not to be believed. */
	async faults(): Promise<string[]> {
		return await this.request('GET', '/faults');
	}

	async reset(): Promise<void> {
		await this.request('POST', '/reset');
	}

	/** Throws with the text of the refusal when the mock server does not accept. */
	protected async request<T = void>(method: string, path: string, body?: unknown): Promise<T> {
		const response = await fetch(`${this.base}${path}`, {
			method,
			// No kept connections: the mock server may close an idle one just when it is used again.
			headers: {
				connection: 'close',
				...(body === undefined ? {} : { 'content-type': 'application/json' }),
			},
			body: body === undefined ? undefined : JSON.stringify(body),
		});
		const text = await response.text();
		if (!response.ok) {
			throw new Error(`${method} ${path} was refused with ${response.status}: ${text}`);
		}
		return (text === '' ? undefined : JSON.parse(text)) as T;
	}
}

function queryOf(values: object): string {
	const query = new URLSearchParams();
	for (const [name, value] of Object.entries(values)) {
		if (value !== undefined) query.set(name, String(value));
	}
	const text = query.toString();
	return text === '' ? '' : `?${text}`;
}
