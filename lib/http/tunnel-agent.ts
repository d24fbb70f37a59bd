import type { ClientRequest } from 'node:http';
import type { AgentOptions } from 'node:https';

import { HttpsProxyAgent } from 'https-proxy-agent';

/** The code of the failure that a refused tunnel becomes. */
export const PROXY_REFUSED = 'EPROXYREFUSED';

/**
 * A CONNECT tunnel that keeps two promises which the library alone does not: the trust settings hold for the service behind the proxy (the
 * library applies them to the proxy only), and a proxy that refuses is a failure to connect and not an answer of the service.
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
		const socket = await super.connect(request, options);
		if (status === 200) return socket;
		socket.destroy();
		throw Object.assign(new Error(`The proxy refused the tunnel with HTTP ${status}`), {
			code: PROXY_REFUSED,
		});
	}
}
