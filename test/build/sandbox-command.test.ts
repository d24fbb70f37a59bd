import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { createRequire } from 'node:module';
import { resolve } from 'node:path';

const TSX = createRequire(__filename).resolve('tsx/cli');
const MAIN = resolve(__dirname, '../../sandbox/main.ts');

describe('npm run sandbox', () => {
	it('shows where the stand-ins are and stops when it is told to', async () => {
		const child = spawn(process.execPath, [TSX, MAIN, '--latency', '1'], {
			stdio: ['ignore', 'pipe', 'inherit'],
		});
		const ended = once(child, 'exit');
		try {
			let shown = '';
			for await (const chunk of child.stdout as AsyncIterable<Buffer>) {
				shown += chunk.toString('utf8');
				if (shown.includes('Ctrl-C stops.')) break;
			}
			const [url] = /http:\/\/127\.0\.0\.1:\d+(?= +\(a page)/.exec(shown) ?? [];
			expect(shown).toContain('HubEE');
			expect(shown).toContain('si-paris-certdc');
			const page = await fetch(url ?? '');
			expect(await page.text()).toContain('<h1>HubEE sandbox</h1>');
		} finally {
			child.kill('SIGTERM');
		}
		expect(await ended).toEqual([0, null]);
	}, 120_000);
});
