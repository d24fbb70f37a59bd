import { once } from 'node:events';
import { createServer, type IncomingMessage, request as httpRequest, type Server } from 'node:http';
import { connect, type AddressInfo, type Socket } from 'node:net';

/** A proxy on loopback that lets everything through and writes down what it is asked for. */
export interface TestProxy {
	url: string;
	/** Such as `GET http://127.0.0.1:1234/thing`, `CONNECT 127.0.0.1:1234`. */
	seen: string[];
	/** Everything that went through tunnels, as text. */
	readonly bytes: string;
	close(): Promise<void>;
}

/** @param refuseWith a status that everything is answered with, such as 407 */
export async function testProxy(refuseWith?: number): Promise<TestProxy> {
	const seen: string[] = [];
	const sockets = new Set<Socket>();
	let bytes = '';
	const server: Server = createServer((request, response) => {
		seen.push(`${request.method} ${request.url}`);
		if (refuseWith) {
			response.writeHead(refuseWith).end();
			return;
		}
		const onward = httpRequest(
			request.url ?? '',
			{ method: request.method, headers: request.headers },
			(answer: IncomingMessage) => {
				response.writeHead(answer.statusCode ?? 500, answer.headers);
				answer.pipe(response);
			},
		);
		request.pipe(onward);
	});
	server.on('connection', (socket) => {
		sockets.add(socket);
		socket.on('error', () => undefined);
	});
	server.on('connect', (request, client: Socket) => {
		seen.push(`CONNECT ${request.url}`);
		if (refuseWith) {
			client.end(`HTTP/1.1 ${refuseWith} Bad Gateway\r\ncontent-length: 6\r\n\r\nno way`);
			return;
		}
		const [host, port] = (request.url ?? '').split(':');
		const upstream = connect(Number(port), host, () => {
			client.write('HTTP/1.1 200 Connection established\r\n\r\n');
			upstream.pipe(client);
			client.pipe(upstream);
		});
		sockets.add(upstream);
		upstream.on('error', () => client.destroy());
		client.on('data', (chunk: Buffer) => (bytes += chunk.toString('latin1')));
	});
	server.listen(0, '127.0.0.1');
	await once(server, 'listening');
	return {
		url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
		seen,
		get bytes() {
			return bytes;
		},
		close: async () => {
			sockets.forEach((socket) => socket.destroy());
			await new Promise((resolve) => server.close(resolve));
		},
	};
}
