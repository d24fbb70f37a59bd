/**
 * For developers: makes `docs/images/templates/<template>.png`, a picture of each workflow of `workflows/` on the canvas
 * of a real n8n, for `workflows/README.md`. Needs Debian's `chromium`, as `screenshot.ts` does.
 *
 * @example
 * tsx scripts/n8n/template-pictures.ts [template …]
 */
import { mkdirSync, readdirSync, readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import type { Page } from 'playwright-core';
import { N8nInstance, type WorkflowJson } from './instance';
import { packedTarball } from './pack';
import { fitToView, inEditor, openWorkflow } from './screenshot';

const ROOT = resolve(__dirname, '../..');
const TEMPLATES = join(ROOT, 'workflows');
const PICTURES = join(ROOT, 'docs/images/templates');
const SIZE = { width: 1300, height: 760 };
const MARGIN = 16;

/** Everything of the editor that lies over the canvas. */
const CHROME =
	'[data-test-id="canvas-controls"], [data-test-id="canvas-execute-workflow-button"], .vue-flow__panel, .vue-flow__background, #sidebar, #header { visibility: hidden !important; }';

async function main(wanted: string[]): Promise<void> {
	const n8n = await N8nInstance.start({ tarball: await packedTarball() });
	try {
		mkdirSync(PICTURES, { recursive: true });
		const names = readdirSync(TEMPLATES)
			.filter((file) => file.endsWith('.json'))
			.map((file) => file.replace('.json', ''))
			.filter((name) => wanted.length === 0 || wanted.includes(name));
		await inEditor({ baseUrl: n8n.baseUrl, size: SIZE }, async (page) => {
			for (const name of names) {
				const text = readFileSync(join(TEMPLATES, `${name}.json`), 'utf8');
				const id = await n8n.importWorkflow(JSON.parse(text) as WorkflowJson);
				await openWorkflow(page, n8n.baseUrl, id);
				await fitToView(page);
				await pictureOfCanvas(page, join(PICTURES, `${name}.png`));
				console.log(name);
			}
		});
	} finally {
		await n8n.end();
	}
}

/** The canvas alone, cut to the nodes and notes that are on it. */
async function pictureOfCanvas(page: Page, path: string): Promise<void> {
	await page.addStyleTag({ content: CHROME });
	const boxes = await Promise.all(
		(await page.locator('.vue-flow__node').all()).map(async (node) => await node.boundingBox()),
	);
	const seen = boxes.filter((box) => box !== null);
	const left = Math.min(...seen.map(({ x }) => x)) - MARGIN;
	const top = Math.min(...seen.map(({ y }) => y)) - MARGIN;
	const right = Math.max(...seen.map(({ x, width }) => x + width)) + 3 * MARGIN;
	// The names stand below the nodes, outside of their boxes.
	const bottom = Math.max(...seen.map(({ y, height }) => y + height)) + 3 * MARGIN;
	await page.screenshot({
		path,
		clip: { x: left, y: top, width: right - left, height: bottom - top },
	});
}

main(process.argv.slice(2)).catch((error: unknown) => {
	console.error(error);
	process.exitCode = 1;
});
