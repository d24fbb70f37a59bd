import { createHash } from 'node:crypto';
import { setMaxListeners } from 'node:events';
import { createServer as createHttpServer } from 'node:http';
import type { IncomingMessage, RequestListener, Server, ServerResponse } from 'node:http';
import { createServer as createHttpsServer } from 'node:https';
import type { AddressInfo, Socket } from 'node:net';
import { setTimeout as wait } from 'node:timers/promises';

import { startAdmin } from './admin';
import type { AdminRoutes, RunningAdmin } from './admin';
import { html } from './answer';
import type { Answer } from './answer';
import { Call } from './call';
import { CallLog } from './call-log';
import type { DetailedCallRecord } from './call-log';
import { TestAuthority } from './certificates';
import { MockClock } from './clock';
import { controlRoutes } from './controls';
import type { Control, N8nCredential } from './controls';
import { deliver } from './delivery';
import { maskHeaders } from './mask';
import { cannedAnswer, FaultQueue } from './injected-faults';
import type { FailNext } from './injected-faults';
import { renderPage } from './page';
import type { PageSection } from './page';
import { sharedControls } from './shared-controls';
import type { Choices } from './shared-controls';
import { negotiated, strictRefusal } from './strict';
import type { Receiver } from './strict';

/** What whoever starts a mock server chooses. */
export interface MockServerSettings {
	/** Port of the service; 0 (the default) takes a free one. */
	port?: number;
	/** Port of the administration interface; 0 (the default) takes a free one. */
	adminPort?: number;
	/** True for TLS with an authority of its own, or the authority to use. */
	tls?: boolean | TestAuthority;
	/** Milliseconds added before every answer of the service. */
	latency?: number;
	/** Receives as strictly as any server might; off when absent. */
	strict?: boolean;
	/** Things wait from the start, for a person to look at. */
	withThingsWaiting?: boolean;
}

/** What a service gives to be mocked. */
export interface MockServerDefinition {
	/** Title of the root page. */
	name: string;
	/**
	 * Handles one call. An exception becomes a 500 and is kept in `mockServer.faults`: it is a fault
	 * of the sandbox.
	 */
	handle: (call: Call) => Promise<Answer> | Answer;
	/** What the root page shows. */
	overview: () => PageSection[];
	/**
	 * Forgets what the service holds; calls, injected faults, clock and latency are reset by the mock
	 * server.
	 */
	reset: () => void | Promise<void>;
	/** Administration calls beyond those all mock servers share. */
	adminRoutes?: AdminRoutes;
	/** What a person can do on the root page, beyond what all mock servers share. */
	controls?: readonly Control[];
	/** Credentials that a person copies into n8n. */
	credentials?: () => readonly N8nCredential[];
	/** Choices that no document states. */
	choices?: Choices;
	/** Types of its answers; JSON when absent. */
	produced?: readonly string[];
	/** Strictness that is shared with other mock servers. */
	receiver?: Receiver;
	/** Removes what the service keeps outside memory. */
	dispose?: () => Promise<void>;
	clock?: MockClock;
	settings?: MockServerSettings;
}

const JSON_TYPES = ['application/json'];

/** Small bodies are read to their end before the answer, so that the log always has them. */
const AWAITED_BODY = 1024 * 1024;

/**
 * A running mock server: a strict HTTP(S) server on loopback with its log, clock, injected faults
 * and administration.
 */
export class MockServer {
	readonly calls = new CallLog();
	readonly injectedFaults = new FaultQueue();
	readonly clock: MockClock;
	/** Milliseconds added before every answer. */
	latency: number;
	/**
	 * Milliseconds added before the first answer on each connection: what a distant caller waits
	 * until TCP and TLS stand.
	 */
	connectionLatency = 0;
	/** Compress JSON for callers that accept it. */
	gzip = true;
	/** Exceptions thrown by the service while handling calls. */
	readonly faults: unknown[] = [];
	readonly receiver: Receiver;
	private readonly controls: readonly Control[];
	/** What the last control gave, for the page. */
	private done: { title: string; result: unknown } | undefined;
	private readonly closing = new AbortController();
	private readonly connectionNumbers = new WeakMap<Socket, number>();
	/** What notes the end of the last call on each connection. */
	private readonly lastCalls = new WeakMap<Socket, () => void>();
	private lastConnection = 0;
	private admin: RunningAdmin | undefined;

	private constructor(
		readonly definition: MockServerDefinition,
		private readonly server: Server,
		private readonly secure: boolean,
		/** Certificate of the authority (PEM) when TLS is on. */
		readonly ca: string | undefined,
	) {
		this.clock = definition.clock ?? new MockClock();
		// Each call that waits listens.
		setMaxListeners(0, this.closing.signal);
		this.latency = definition.settings?.latency ?? 0;
		this.receiver = definition.receiver ?? { strict: definition.settings?.strict ?? false };
		this.controls = [...(definition.controls ?? []), ...sharedControls(this, definition.choices)];
	}

	static async start(definition: MockServerDefinition): Promise<MockServer> {
		const { tls, port = 0, adminPort = 0 } = definition.settings ?? {};
		let mockServer: MockServer | undefined = undefined;
		const listener: RequestListener = (request, response) => {
			void mockServer?.receive(request, response);
		};
		const authority = tls === true ? await TestAuthority.create() : tls || undefined;
		const server = authority ? await secureServer(authority, listener) : createHttpServer(listener);
		// Idle connections are the callers' to close: a pool must never meet one that the server has
		// just closed.
		server.keepAliveTimeout = 0;
		mockServer = new MockServer(
			definition,
			server,
			authority !== undefined,
			authority?.certificate,
		);
		await mockServer.listen(port);
		mockServer.admin = await startAdmin(mockServer, adminPort, mockServer.routes());
		return mockServer;
	}

	/** Base URL without a trailing slash. */
	get url(): string {
		const { port } = this.server.address() as AddressInfo;
		// The address and not `localhost`, which clients may try over IPv6 first.
		return `${this.secure ? 'https' : 'http'}://127.0.0.1:${port}`;
	}

	/** Base URL of the administration interface (always plain HTTP), without a trailing slash. */
	get adminUrl(): string {
		return this.admin?.url ?? '';
	}

	/** Makes the next calls that match go wrong. */
	failNext(request: FailNext): void {
		this.injectedFaults.add(request);
	}

	/** Calls go right again. */
	clearFailures(): void {
		this.injectedFaults.clear();
	}

	/** Everything back to the state after the start, except settings of the service. */
	async reset(): Promise<void> {
		this.calls.clear();
		this.injectedFaults.clear();
		this.clock.reset();
		this.latency = this.definition.settings?.latency ?? 0;
		this.connectionLatency = 0;
		this.faults.length = 0;
		this.receiver.strict = this.definition.settings?.strict ?? false;
		await this.definition.reset();
	}

	/** Page that shows what the mock server holds, and what can be done with it. */
	page(): string {
		const served = this.calls
			.detailed()
			.filter(({ method, path }) => `${method} ${path}` !== 'GET /');
		const calls = served.slice(-50).reverse();
		const refused = calls
			.filter(({ status, reason }) => reason !== null || (status !== null && status >= 400))
			.slice(0, 10);
		const linked = ({ id, time, method, path }: DetailedCallRecord) => ({
			time,
			call: { text: `${method} ${path}`, href: `${this.adminUrl}/call?id=${id}` },
		});
		return renderPage({
			name: this.definition.name,
			adminUrl: this.adminUrl,
			credentials: this.definition.credentials?.() ?? [],
			controls: this.controls,
			done: this.done,
			sections: [
				{
					title: 'Refused calls',
					rows: refused.map((call) => ({
						...linked(call),
						status: call.status,
						why: call.reason ?? shortened(call.responseBody),
					})),
				},
				...this.definition.overview(),
				{
					title: 'Last calls',
					rows: calls.map((call) => ({
						...linked(call),
						operation: call.operation,
						status: call.status,
					})),
				},
				...(this.definition.choices
					? [
							{
								title: 'Settings',
								rows: Object.entries(this.definition.choices.current()).map(([name, value]) => ({
									name,
									value: JSON.stringify(value),
								})),
							},
						]
					: []),
				{ title: 'Counters', rows: [{ ...flatCounters(this), strict: this.receiver.strict }] },
			],
		});
	}

	/** Stops at once: pending answers and open connections are dropped. */
	async close(): Promise<void> {
		this.closing.abort();
		await this.admin?.close();
		await new Promise<void>((resolve) => {
			this.server.close(() => resolve());
			this.server.closeAllConnections();
		});
		await this.definition.dispose?.();
	}

	/** Administration calls beyond those that {@link startAdmin} knows by itself. */
	private routes(): AdminRoutes {
		const { choices, credentials, adminRoutes } = this.definition;
		return {
			...controlRoutes(this.controls, (title, result) => (this.done = { title, result })),
			'GET /n8n-credentials': () =>
				(credentials?.() ?? []).map(({ name, type, data }) => ({
					// The same at each start, so that a second import replaces the first one.
					id: createHash('sha256').update(name).digest('hex').slice(0, 16),
					name,
					type,
					data,
				})),
			...(choices
				? {
						'GET /settings': () => choices.current(),
						'PATCH /settings': ({ body }) => {
							choices.change(body as object);
							return choices.current();
						},
					}
				: {}),
			...adminRoutes,
		};
	}

	private async listen(port: number): Promise<void> {
		this.server.on(this.secure ? 'secureConnection' : 'connection', (socket: Socket) => {
			this.lastConnection += 1;
			this.connectionNumbers.set(socket, this.lastConnection);
			this.calls.connectionOpened();
			socket.on('error', () => socket.destroy());
		});
		await new Promise<void>((resolve, reject) => {
			this.server.once('error', reject);
			this.server.listen(port, '127.0.0.1', resolve);
		});
	}

	private async receive(request: IncomingMessage, response: ServerResponse): Promise<void> {
		const url = new URL(request.url ?? '/', 'http://mock.invalid');
		const started = performance.now();
		// Who asks again on a connection has had the whole answer before, although TLS says so some
		// turns of the event loop later.
		const overBefore = this.lastCalls.get(request.socket);
		overBefore?.();
		const record = this.calls.begin(this.newRecord(request, url));
		const call = new Call(request, url, record, this.receiver.strict);
		response.on('error', () => undefined);
		let isOver = false;
		const over = () => {
			if (isOver) return;
			isOver = true;
			record.milliseconds = Math.round((performance.now() - started) * 10) / 10;
			this.calls.end();
		};
		response.on('close', over);
		this.lastCalls.set(request.socket, over);
		const isFirst = overBefore === undefined;
		try {
			await this.answer(call, response, record, isFirst);
		} catch (error) {
			if (this.closing.signal.aborted || response.destroyed) return;
			this.faults.push(error);
			response.statusCode = record.status = 500;
			response.end('The sandbox failed');
		}
	}

	private async answer(
		call: Call,
		response: ServerResponse,
		record: DetailedCallRecord,
		isFirst: boolean,
	): Promise<void> {
		const signal = this.closing.signal;
		const latency = this.latency + (isFirst ? this.connectionLatency : 0);
		if (latency > 0) await wait(latency, undefined, { signal });
		const isPage = call.path === '/' && call.method === 'GET';
		const injectedFault = isPage ? undefined : this.injectedFaults.take(call.method, call.path);
		record.injectedFault = injectedFault?.kind ?? null;
		if (injectedFault?.kind === 'cutBefore') {
			response.destroy();
			return;
		}
		if (injectedFault?.kind === 'hang') return;
		if (injectedFault?.kind === 'delay') {
			await wait(injectedFault.milliseconds, undefined, { signal });
		}
		const answer = isPage
			? html(200, this.page())
			: (cannedAnswer(injectedFault) ?? (await this.handled(call)));
		if (isPage) call.recognisedAs('page');
		if (Number(call.header('content-length') ?? 0) <= AWAITED_BODY) await ended(call);
		call.stream().resume();
		await deliver(response, answer, {
			acceptsGzip: this.gzip && /\bgzip\b/.test(call.header('accept-encoding') ?? ''),
			withoutBody: call.method === 'HEAD',
			injectedFault,
			record,
		});
	}

	private async handled(call: Call): Promise<Answer> {
		const { produced = JSON_TYPES, handle } = this.definition;
		if (!call.strict) return await handle(call);
		return strictRefusal(call, produced) ?? negotiated(call, await handle(call));
	}

	private newRecord(request: IncomingMessage, url: URL): Omit<DetailedCallRecord, 'id'> {
		return {
			time: this.clock.now().toISOString(),
			method: request.method ?? 'GET',
			path: url.pathname,
			query: url.search,
			operation: null,
			status: null,
			milliseconds: null,
			connection: this.connectionNumbers.get(request.socket) ?? 0,
			authorization: request.headers.authorization?.split(' ')[0] ?? null,
			requestBytes: 0,
			requestSha256: null,
			responseBytes: 0,
			injectedFault: null,
			reason: null,
			requestHeaders: maskHeaders(request.headers),
			requestBody: null,
			responseHeaders: {},
			responseBody: null,
		};
	}
}

async function secureServer(authority: TestAuthority, listener: RequestListener): Promise<Server> {
	const { key, certificate } = await authority.issueServer();
	return createHttpsServer({ key, cert: certificate, minVersion: 'TLSv1.2' }, listener);
}

/** Waits for the end of the body, whoever reads it. */
async function ended(call: Call): Promise<void> {
	const stream = call.stream();
	if (stream.readableEnded || stream.destroyed) return;
	await new Promise<void>((resolve) => {
		stream.once('end', resolve);
		stream.once('close', resolve);
		stream.resume();
	});
}

function flatCounters(mockServer: MockServer): Record<string, number> {
	const { connections, calls, tokenRequests, greatestConcurrency } = mockServer.calls.counters();
	return { connections, calls, tokenRequests, greatestConcurrency };
}

const SHOWN_CHARACTERS = 300;

function shortened(body: Buffer | null): string {
	const text = body?.toString('utf8') ?? '';
	return text.length > SHOWN_CHARACTERS ? `${text.slice(0, SHOWN_CHARACTERS)}…` : text;
}
