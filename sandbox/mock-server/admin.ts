import { createServer } from 'node:http';
import type { IncomingMessage, ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';

import type { CallFilter, CallLog, DetailedCallRecord } from './call-log';
import type { MockClock } from './clock';
import type { FailNext, FaultQueue } from './injected-faults';

/**
 * Input of an administration call: the body, JSON or of a form (undefined without one), and the
 * query.
 */
export interface AdminInput {
	body: unknown;
	query: URLSearchParams;
}

/**
 * Administration calls of a service, by `METHOD /path`. The value returned is answered as JSON
 * (204 when undefined); an exception becomes a 400 with its message.
 */
export type AdminRoutes = Record<string, (input: AdminInput) => unknown>;

/** What the administration steers of a mock server. */
export interface AdministeredServer {
	readonly calls: CallLog;
	readonly injectedFaults: FaultQueue;
	readonly clock: MockClock;
	latency: number;
	connectionLatency: number;
	readonly ca: string | undefined;
	readonly faults: readonly unknown[];
	failNext(request: FailNext): void;
	reset(): Promise<void>;
	page(): string;
}

export interface RunningAdmin {
	url: string;
	close(): Promise<void>;
}

/** Everything all mock servers can be told, over HTTP. */
function sharedRoutes(mockServer: AdministeredServer): AdminRoutes {
	return {
		'GET /calls': ({ query }) => {
			const filter = callFilter(query);
			if (query.get('content') !== 'true') return mockServer.calls.list(filter);
			return mockServer.calls.detailed(filter).map(withTextBodies);
		},
		'GET /call': ({ query }) => {
			const found = mockServer.calls.detailed().find(({ id }) => id === Number(query.get('id')));
			if (!found) throw new Error('There is no such call');
			return withTextBodies(found);
		},
		'DELETE /calls': () => mockServer.calls.clear(),
		'GET /counters': () => mockServer.calls.counters(),
		'GET /clock': () => ({ now: mockServer.clock.now().toISOString() }),
		'POST /clock': ({ body }) => {
			const { advance, set } = body as { advance?: number; set?: string };
			if (set !== undefined) mockServer.clock.set(new Date(set));
			if (advance !== undefined) mockServer.clock.advance(advance);
			return { now: mockServer.clock.now().toISOString() };
		},
		'GET /latency': () => ({
			latency: mockServer.latency,
			connection: mockServer.connectionLatency,
		}),
		'PUT /latency': ({ body }) => {
			const { latency, connection = 0 } = body as { latency: number; connection?: number };
			mockServer.latency = latency;
			mockServer.connectionLatency = connection;
		},
		'GET /fail-next': () => mockServer.injectedFaults.pending(),
		'POST /fail-next': ({ body }) => mockServer.failNext(body as FailNext),
		'DELETE /fail-next': () => mockServer.injectedFaults.clear(),
		'GET /ca': () => ({ ca: mockServer.ca ?? null }),
		'GET /faults': () => mockServer.faults.map(String),
		'POST /reset': async () => await mockServer.reset(),
	};
}

/**
 * Starts the administration interface on a loopback port of its own, so that it can never shadow
 * a service's path.
 */
export async function startAdmin(
	mockServer: AdministeredServer,
	port: number,
	serviceRoutes: AdminRoutes = {},
): Promise<RunningAdmin> {
	const routes: AdminRoutes = { ...sharedRoutes(mockServer), ...serviceRoutes };
	const server = createServer((request, response) => {
		void answer(mockServer, routes, request, response);
	});
	await new Promise<void>((resolve, reject) => {
		server.once('error', reject);
		server.listen(port, '127.0.0.1', resolve);
	});
	return {
		url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
		close: async () =>
			await new Promise<void>((resolve) => {
				server.close(() => resolve());
				server.closeAllConnections();
			}),
	};
}

async function answer(
	mockServer: AdministeredServer,
	routes: AdminRoutes,
	request: IncomingMessage,
	response: ServerResponse,
): Promise<void> {
	const url = new URL(request.url ?? '/', 'http://admin.invalid');
	const { host, origin } = request.headers;
	if (!isLoopbackHost(host) || (origin !== undefined && !isLoopbackHost(hostOf(origin)))) {
		// A page of another site must not steer the sandbox, neither by a name that resolves to
		// loopback nor by a form.
		reply(response, 403, { error: 'Only loopback names are served' });
		return;
	}
	if (request.method === 'GET' && url.pathname === '/') {
		response.setHeader('content-type', 'text/html; charset=utf-8');
		response.end(mockServer.page());
		return;
	}
	const route = routes[`${request.method} ${url.pathname}`];
	if (!route) {
		reply(response, 404, { error: 'No such administration call', known: Object.keys(routes) });
		return;
	}
	try {
		const result = await route({ body: await readBody(request), query: url.searchParams });
		if (request.method === 'POST' && request.headers.accept?.includes('text/html')) {
			// A form of the page: back to the page.
			response.writeHead(303, { location: pageOf(request.headers.referer) }).end();
			return;
		}
		reply(response, result === undefined ? 204 : 200, result);
	} catch (error) {
		reply(response, 400, { error: error instanceof Error ? error.message : String(error) });
	}
}

function isLoopbackHost(host: string | undefined): boolean {
	return /^(127\.0\.0\.1|localhost|\[::1\])(:\d+)?$/.test(host ?? '');
}

function hostOf(origin: string): string | undefined {
	return URL.canParse(origin) ? new URL(origin).host : undefined;
}

/** The page that a form was on, where that is one of ours. */
function pageOf(referer = ''): string {
	return isLoopbackHost(hostOf(referer)) ? referer : '/';
}

/** JSON, whatever its type says (`curl -d` calls everything a form), or the fields of a form. */
async function readBody(request: IncomingMessage): Promise<unknown> {
	const chunks: Buffer[] = [];
	for await (const chunk of request as AsyncIterable<Buffer>) chunks.push(chunk);
	const text = Buffer.concat(chunks).toString('utf8');
	if (text === '') return undefined;
	const isForm = request.headers['content-type']?.startsWith('application/x-www-form-urlencoded');
	return isForm && !/^\s*[[{"]/.test(text)
		? Object.fromEntries(new URLSearchParams(text))
		: (JSON.parse(text) as unknown);
}

function reply(response: ServerResponse, status: number, value: unknown): void {
	response.statusCode = status;
	if (value === undefined) {
		response.end();
		return;
	}
	response.setHeader('content-type', 'application/json');
	response.end(JSON.stringify(value));
}

function callFilter(query: URLSearchParams): CallFilter {
	const after = query.get('after');
	return {
		method: query.get('method') ?? undefined,
		path: query.get('path') ?? undefined,
		operation: query.get('operation') ?? undefined,
		after: after === null ? undefined : Number(after),
	};
}

/** A call with its content as JSON can carry it. */
export type TextCallRecord = Omit<DetailedCallRecord, 'requestBody' | 'responseBody'> & {
	requestBody: string | null;
	responseBody: string | null;
};

function withTextBodies(record: DetailedCallRecord): TextCallRecord {
	return {
		...record,
		requestBody: record.requestBody?.toString('utf8') ?? null,
		responseBody: record.responseBody?.toString('utf8') ?? null,
	};
}
