import { startHubEeSandbox } from '../../../sandbox/hubee';
import type { HubEeSandbox, HubEeSandboxOptions, Scope } from '../../../sandbox/hubee';

/** An answer, read whole. */
export interface Received {
	status: number;
	headers: Headers;
	/** Parsed JSON, or undefined. */
	json: unknown;
	bytes: Buffer;
	/** Messages of the `errors` list. */
	messages: string[];
}

export interface CallOptions {
	headers?: Record<string, string>;
	/** Sent as JSON. */
	body?: unknown;
	/** Sent as it is, as application/octet-stream unless the headers say otherwise. */
	bytes?: Uint8Array | string;
}

/** A caller of the sandbox with one identity: the barest client there can be. */
export class Caller {
	private token: string | undefined;

	constructor(
		private readonly sandbox: HubEeSandbox,
		private readonly clientId: string,
		private readonly scope: Scope,
	) {}

	async call(method: string, path: string, options: CallOptions = {}): Promise<Received> {
		this.token ??= await this.newToken();
		const headers: Record<string, string> = { authorization: `Bearer ${this.token}` };
		if (options.body !== undefined) headers['content-type'] = 'application/json';
		if (options.bytes !== undefined) headers['content-type'] = 'application/octet-stream';
		const response = await fetch(`${this.sandbox.url}${path}`, {
			method,
			headers: { ...headers, ...options.headers },
			body:
				options.bytes ?? (options.body === undefined ? undefined : JSON.stringify(options.body)),
			redirect: 'manual',
		});
		return await read(response);
	}

	/** A call of `/teledossiers/v1`. */
	async folder(method: string, path: string, options?: CallOptions): Promise<Received> {
		return await this.call(method, `/teledossiers/v1${path}`, options);
	}

	/** A call of `/referential/v1`. */
	async referential(method: string, path: string, options?: CallOptions): Promise<Received> {
		return await this.call(method, `/referential/v1${path}`, options);
	}

	async notifications(query = ''): Promise<SeenNotification[]> {
		return (await this.folder('GET', `/notifications${query}`)).json as SeenNotification[];
	}

	private async newToken(): Promise<string> {
		const { json } = await requestToken(this.sandbox, this.clientId, { scope: this.scope });
		return (json as { access_token: string }).access_token;
	}
}

export interface SeenNotification {
	id: string;
	caseId: string;
	eventId: string | null;
	processCode: string;
	eventActionType?: string | null;
	eventStatus?: string | null;
}

async function read(response: Response): Promise<Received> {
	const bytes = Buffer.from(await response.arrayBuffer());
	const isJson = response.headers.get('content-type')?.includes('json') ?? false;
	const json = isJson ? (JSON.parse(bytes.toString('utf8')) as unknown) : undefined;
	const { errors = [] } = (json ?? {}) as { errors?: Array<{ message: string }> };
	return {
		status: response.status,
		headers: response.headers,
		json,
		bytes,
		messages: errors.map(({ message }) => message),
	};
}

export async function requestToken(
	sandbox: HubEeSandbox,
	clientId: string,
	options: {
		scope?: string;
		secret?: string;
		grantType?: string;
		headers?: Record<string, string>;
		body?: string;
	} = {},
): Promise<Received> {
	const secret = options.secret ?? `${clientId}-secret`;
	const form = new URLSearchParams({
		grant_type: options.grantType ?? 'client_credentials',
		scope: options.scope ?? 'SI',
	});
	const response = await fetch(sandbox.tokenUrl, {
		method: 'POST',
		headers: {
			authorization: `Basic ${Buffer.from(`${clientId}:${secret}`).toString('base64')}`,
			'content-type': 'application/x-www-form-urlencoded',
			...options.headers,
		},
		body: options.body ?? form.toString(),
	});
	return await read(response);
}

/** One sandbox with a caller for each role. */
export interface Scene {
	sandbox: HubEeSandbox;
	si: Caller;
	siNice: Caller;
	osl: Caller;
	admin: Caller;
	datapass: Caller;
}

export async function openScene(options: HubEeSandboxOptions = {}): Promise<Scene> {
	const sandbox = await startHubEeSandbox(options);
	return {
		sandbox,
		si: new Caller(sandbox, 'si-paris', 'SI'),
		siNice: new Caller(sandbox, 'si-nice', 'SI'),
		osl: new Caller(sandbox, 'osl', 'OSL'),
		admin: new Caller(sandbox, 'admin', 'ADMIN'),
		datapass: new Caller(sandbox, 'datapass', 'DATAPASS'),
	};
}
