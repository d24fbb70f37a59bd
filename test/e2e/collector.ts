import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';

/** An application of the user's that workflows report to: keeps the JSON bodies it receives. */
export interface Collector {
	url: string;
	received: Array<Record<string, unknown>>;
	/**
	 * Answers the next so many calls with 500 and keeps nothing of them; gives how many it did so.
	 */
	refuseNext(count: number): { refused: number };
	/** Waits for so many, and gives them. */
	wait(count: number): Promise<Array<Record<string, unknown>>>;
	close(): Promise<void>;
}

export async function startCollector(): Promise<Collector> {
	const received: Array<Record<string, unknown>> = [];
	let refusals = { left: 0, refused: 0 };
	const server = createServer((request, response) => {
		let text = '';
		request.on('data', (chunk: Buffer) => (text += chunk.toString()));
		request.on('end', () => {
			if (refusals.left > 0) {
				refusals.left--;
				refusals.refused++;
				response.writeHead(500).end('{}');
				return;
			}
			received.push(JSON.parse(text) as Record<string, unknown>);
			response.end('{}');
		});
	});
	await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
	return {
		url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/`,
		received,
		refuseNext: (count) => {
			refusals = { left: count, refused: 0 };
			return refusals;
		},
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
