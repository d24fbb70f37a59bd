import { OWNER } from './settings';

/** An answer of n8n's own interface that is not a success. */
export class N8nRestError extends Error {
	constructor(
		readonly status: number,
		call: string,
		/** The answer as n8n gave it. */
		readonly body: string,
	) {
		super(`${call} answered ${status}: ${body.slice(0, 2_000)}`);
	}
}

/**
 * A session of the instance's owner with n8n's internal REST interface, the one that the editor
 * uses.
 */
export class RestSession {
	private cookie = '';

	constructor(readonly baseUrl: string) {}

	/** Signs the owner in. Every other call does it by itself when it is needed. */
	async login(): Promise<void> {
		const response = await fetch(`${this.baseUrl}/rest/login`, {
			method: 'POST',
			headers: { 'content-type': 'application/json' },
			body: JSON.stringify({ emailOrLdapLoginId: OWNER.email, password: OWNER.password }),
		});
		if (!response.ok)
			throw new N8nRestError(response.status, 'POST /rest/login', await response.text());
		await response.arrayBuffer();
		this.cookie = response.headers
			.getSetCookie()
			.map((cookie) => cookie.split(';')[0])
			.join('; ');
	}

	async get<T>(path: string): Promise<T> {
		return await this.call<T>('GET', path);
	}

	async post<T>(path: string, body: unknown = {}): Promise<T> {
		return await this.call<T>('POST', path, body);
	}

	async patch<T>(path: string, body: unknown): Promise<T> {
		return await this.call<T>('PATCH', path, body);
	}

	async delete<T>(path: string): Promise<T> {
		return await this.call<T>('DELETE', path);
	}

	/** The answer as it comes, for what is not JSON. */
	async raw(path: string): Promise<Response> {
		return await this.send('GET', path);
	}

	/**
	 * `path` below `/rest`. n8n wraps most of its answers into `{ data }`, which is taken off here.
	 */
	private async call<T>(method: string, path: string, body?: unknown): Promise<T> {
		const response = await this.send(method, `/rest${path}`, body);
		const answer = (await response.json()) as T | { data: T };
		return typeof answer === 'object' && answer !== null && 'data' in answer
			? (answer as { data: T }).data
			: (answer as T);
	}

	private async send(method: string, path: string, body?: unknown): Promise<Response> {
		if (this.cookie === '') await this.login();
		const response = await fetch(`${this.baseUrl}${path}`, {
			method,
			// No kept connections: n8n closes an idle one after five seconds, just when a test comes back
			// to it.
			headers: { cookie: this.cookie, 'content-type': 'application/json', connection: 'close' },
			body: body === undefined ? undefined : JSON.stringify(body),
		});
		if (!response.ok)
			throw new N8nRestError(response.status, `${method} ${path}`, await response.text());
		return response;
	}
}
