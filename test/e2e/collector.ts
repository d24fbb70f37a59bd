import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';

/** An application of the user's that workflows report to: keeps the JSON bodies it receives. */
export interface Collector {
	url: string;
	received: Array<Record<string, unknown>>;
	/** Waits for so many, and gives them. */
	wait(count: number): Promise<Array<Record<string, unknown>>>;
	close(): Promise<void>;
}

export async function startCollector(): Promise<Collector> {
	const received: Array<Record<string, unknown>> = [];
	const server = createServer((request, response) => {
		let text = '';
		request.on('data', (chunk: Buffer) => (text += chunk.toString()));
		request.on('end', () => {
			received.push(JSON.parse(text) as Record<string, unknown>);
			response.end('{}');
		});
	});
	await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
	return {
		url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/`,
		received,
		wait: async (count) => {
			const deadline = Date.now() + 60_000;
			while (received.length < count) {
				if (Date.now() > deadline) throw new Error(`Only ${received.length} of ${count} came`);
				await sleep(50);
			}
			return received;
		},
		close: async () =>
			await new Promise<void>((resolve) => {
				server.close(() => resolve());
				server.closeAllConnections();
			}),
	};
}
