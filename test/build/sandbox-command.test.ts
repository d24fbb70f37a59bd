import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { createRequire } from 'node:module';
import { resolve } from 'node:path';

const TSX = createRequire(__filename).resolve('tsx/cli');
const MAIN = resolve(__dirname, '../../sandbox/main.ts');

describe('npm run sandbox', () => {
	it('shows where the stand-ins are and stops when it is told to', async () => {
		const child = spawn(process.execPath, [TSX, MAIN, '--latency', '1'], {
			stdio: ['ignore', 'pipe', 'pipe'],
		});
		let warned = '';
		child.stderr.on('data', (chunk: Buffer) => (warned += chunk.toString('utf8')));
		const ended = once(child, 'exit');
		try {
			let shown = '';
			for await (const chunk of child.stdout as AsyncIterable<Buffer>) {
				shown += chunk.toString('utf8');
				if (shown.includes('Ctrl-C stops.')) break;
			}
			const pages = [...shown.matchAll(/Page +(http:\/\/127\.0\.0\.1:\d+)/g)].map(([, url]) => url);
			expect(pages).toHaveLength(4);
			expect(shown).toContain('HubEE');
			expect(shown).toContain('si-paris-certdc');
			const page = await fetch(pages[0]);
			expect(await page.text()).toContain('<h1>HubEE sandbox</h1>');
			// Télédossiers wait from the start.
			expect(await (await fetch(`${pages[0]}/notifications`)).json()).not.toEqual([]);
		} finally {
			child.kill('SIGTERM');
		}
		expect(await ended).toEqual([0, null]);
		// No library complains of a Node that the package allows.
		expect(warned).toBe('');
	}, 120_000);
});
