import type { InjectedFault } from './injected-faults';

/** A call as the log shows it to other processes. */
export interface CallRecord {
	/** Running number, from 1. */
	id: number;
	/** Arrival, by the clock of the mock server (ISO 8601). */
	time: string;
	method: string;
	/** Path without the query. */
	path: string;
	/** Query with its question mark, or an empty string. */
	query: string;
	/** Name of the operation, once the service has recognised it. */
	operation: string | null;
	/** Status of the answer; null while it is being handled, or if the connection was cut. */
	status: number | null;
	/** From arrival to the last byte of the answer, in milliseconds. */
	milliseconds: number | null;
	/** Number of the connection, from 1. */
	connection: number;
	/** Scheme of the Authorization header, never its value. */
	authorization: string | null;
	requestBytes: number;
	/** Of the body received (hex); null without a body. */
	requestSha256: string | null;
	responseBytes: number;
	/** The injected fault that befell the call. */
	injectedFault: InjectedFault['kind'] | null;
	/** Why the call was refused, beyond what the answer says. */
	reason: string | null;
}

/** A call with what was in it. */
export interface DetailedCallRecord extends CallRecord {
	/** Lower-case names; Authorization shows its scheme only. */
	requestHeaders: Record<string, string>;
	/** Body as received up to 1 MiB, secrets of token requests masked; null when longer. */
	requestBody: Buffer | null;
	responseHeaders: Record<string, string>;
	/** Body as sent, up to 1 MiB and without streams; access tokens masked. */
	responseBody: Buffer | null;
}

/** Selects calls of the log. */
export interface CallFilter {
	method?: string;
	/** Regular expression on the path. */
	path?: string;
	operation?: string;
	/** Only calls with a greater number. */
	after?: number;
}

/** What has been counted since the start or the last `clear`. */
export interface Counters {
	connections: number;
	calls: number;
	tokenRequests: number;
	/**
	 * Greatest number of calls under way at the same time, each from its arrival to the last byte of
	 * its answer.
	 */
	greatestConcurrency: number;
	byOperation: Record<string, number>;
	byStatus: Record<string, number>;
}

/** Name every mock server gives to its token operation, so that `tokenRequests` can be counted. */
export const TOKEN_OPERATION = 'token';

/** Every call a mock server received, in order of arrival. */
export class CallLog {
	private records: DetailedCallRecord[] = [];
	private lastId = 0;
	private inFlight = 0;
	private greatestConcurrency = 0;
	private connections = 0;

	/** Whoever began it tells {@link end} when the last byte of its answer is gone. */
	begin(start: Omit<DetailedCallRecord, 'id'>): DetailedCallRecord {
		this.lastId += 1;
		const record = { id: this.lastId, ...start };
		this.records.push(record);
		this.inFlight += 1;
		this.greatestConcurrency = Math.max(this.greatestConcurrency, this.inFlight);
		return record;
	}

	end(): void {
		this.inFlight -= 1;
	}

	connectionOpened(): void {
		this.connections += 1;
	}

	/** Calls that match, with headers and bodies (in-process only). */
	detailed(filter: CallFilter = {}): DetailedCallRecord[] {
		const path = filter.path === undefined ? undefined : new RegExp(filter.path);
		return this.records.filter(
			(record) =>
				(filter.method === undefined || record.method === filter.method.toUpperCase()) &&
				(path === undefined || path.test(record.path)) &&
				(filter.operation === undefined || record.operation === filter.operation) &&
				(filter.after === undefined || record.id > filter.after),
		);
	}

	/** Calls that match, without headers and bodies. */
	list(filter: CallFilter = {}): CallRecord[] {
		return this.detailed(filter).map(withoutContent);
	}

	counters(): Counters {
		const byOperation: Record<string, number> = {};
		const byStatus: Record<string, number> = {};
		for (const { operation, status } of this.records) {
			const name = operation ?? 'unknown';
			byOperation[name] = (byOperation[name] ?? 0) + 1;
			const key = status === null ? 'none' : String(status);
			byStatus[key] = (byStatus[key] ?? 0) + 1;
		}
		return {
			connections: this.connections,
			calls: this.records.length,
			tokenRequests: byOperation[TOKEN_OPERATION] ?? 0,
			greatestConcurrency: this.greatestConcurrency,
			byOperation,
			byStatus,
		};
	}

	/** Forgets calls and counts; the numbers go on rising, so that `after` stays valid. */
	clear(): void {
		this.records = [];
		this.connections = 0;
		this.greatestConcurrency = this.inFlight;
	}
}

function withoutContent(record: DetailedCallRecord): CallRecord {
	const { requestHeaders, requestBody, responseHeaders, responseBody, ...rest } = record;
	void [requestHeaders, requestBody, responseHeaders, responseBody];
	return rest;
}
