import type { ClientRequest } from 'node:http';
import type { AgentOptions } from 'node:https';

import { HttpsProxyAgent } from 'https-proxy-agent';

import { isObject } from '../answers/json';

/** The code of the failure that a refused tunnel becomes. */
export const PROXY_REFUSED = 'EPROXYREFUSED';

/** The code of a connection that ended without an answer of the proxy that can be read. */
export const PROXY_UNANSWERED = 'EPROXYUNANSWERED';

/** The code of what a proxy answers that is no HTTP. */
export const PROXY_UNREADABLE = 'EPROXYUNREADABLE';

/** What went wrong with the proxy itself, before it let anything through. */
export class ProxyFailure extends Error {
	constructor(
		readonly code: string,
		/** Of its answer, if it gave one. */
		readonly status?: number,
	) {
		super(`The proxy let nothing through: ${code}`);
	}
}

/**
 * A CONNECT tunnel that keeps two promises which the library alone does not: the trust settings
 * hold for the service behind the proxy (the library applies them to the proxy only), and a proxy
 * that refuses is a failure to connect and not an answer of the service.
 */
export class TunnelAgent extends HttpsProxyAgent<string> {
	constructor(proxy: string, settings: AgentOptions) {
		super(proxy, settings);
		this.options = { ...this.options, noDelay: true, ...settings };
	}

	override async connect(
		request: ClientRequest,
		options: Parameters<HttpsProxyAgent<string>['connect']>[1],
	) {
		let status: number | undefined;
		request.once('proxyConnect', ({ statusCode }: { statusCode: number }) => {
			status = statusCode;
		});
		const socket = await super.connect(request, options).catch((error: unknown) => {
			// After its answer, what fails is the connection to the service.
			if (status === 200) throw error;
			throw new ProxyFailure(codeOf(error) ?? PROXY_UNANSWERED);
		});
		if (status === 200) return socket;
		socket.destroy();
		throw status === undefined || Number.isNaN(status)
			? new ProxyFailure(PROXY_UNREADABLE)
			: new ProxyFailure(PROXY_REFUSED, status);
	}
}

const codeOf = (error: unknown): string | undefined =>
	isObject(error) && typeof error.code === 'string' ? error.code : undefined;
