import http, { type ClientRequest, type IncomingMessage } from 'node:http';
import https from 'node:https';
import type { Socket } from 'node:net';

/** As Node's TLS sockets are, although their type does not say it. */
interface WatchedSocket extends Socket {
	secureConnecting?: boolean;
}

/**
 * Node's own client, which also remembers whether the request had a connection: afterwards a closed
 * socket does not tell any more.
 */
export class WatchedTransport {
	/** Whether a byte of the request can have reached the service (TLS included). */
	reached = false;

	private readonly client: typeof http | typeof https;

	/** @param connected told of the connection, once it stands */
	constructor(
		url: string,
		private readonly connected: (socket: Socket) => void = () => undefined,
	) {
		this.client = url.startsWith('https:') ? https : http;
	}

	readonly request = (
		options: https.RequestOptions,
		answered: (answer: IncomingMessage) => void,
	): ClientRequest =>
		this.client.request(options, answered).once('socket', (socket: WatchedSocket) => {
			const reached = () => {
				this.reached = true;
				this.connected(socket);
			};
			if (socket.secureConnecting) socket.once('secureConnect', reached);
			else if (socket.connecting) socket.once('connect', reached);
			else reached();
		});
}
