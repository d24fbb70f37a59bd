/**
 * For developers: makes `docs/images/templates/<template>.png`, a picture of each workflow of
 * `workflows/` on the canvas of a real n8n, for `workflows/README.md`. Needs Debian's `chromium`
 * and `pngquant`, as `screenshot.ts` does.
 *
 * @example
 * tsx scripts/n8n/template-pictures.ts [template …]
 */
import { mkdirSync, readdirSync, readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import type { Page } from 'playwright-core';
import { N8nInstance, type WorkflowJson } from './instance';
import { packedTarball } from './pack';
import { fitToView, inEditor, openWorkflow, shrink } from './screenshot';

const ROOT = resolve(__dirname, '../..');
const TEMPLATES = join(ROOT, 'workflows');
const PICTURES = join(ROOT, 'docs/images/templates');
const SIZE = { width: 1000, height: 580 };
/**
 * For workflows whose nodes lie further apart than `WIDE` units, so that their texts can be read.
 */
const LARGE = { width: 1380, height: 800 };
const WIDE = 2000;
const MARGIN = 16;
const TYPES = ['aspOneWsseApi', 'hubEeOAuth2Api', 'socialSecurityCertificateOAuth2Api'];

/** Leaves nothing of the editor but the canvas with its nodes, lines and notes. */
const CANVAS_ALONE = `
	body * { visibility: hidden; }
	.vue-flow__transformationpane, .vue-flow__transformationpane * { visibility: visible; }
	[data-test-id="canvas-node-status-issues"], [data-test-id="node-issues"] { display: none; }
`;

async function main(wanted: string[]): Promise<void> {
	const n8n = await N8nInstance.start({ tarball: await packedTarball(), timeoutMs: 600_000 });
	try {
		const credentials = await emptyCredentials(n8n);
		mkdirSync(PICTURES, { recursive: true });
		const names = readdirSync(TEMPLATES)
			.filter((file) => file.endsWith('.json'))
			.map((file) => file.replace('.json', ''))
			.filter((name) => wanted.length === 0 || wanted.includes(name));
		await inEditor({ baseUrl: n8n.baseUrl, size: SIZE }, async (page) => {
			for (const name of names) {
				const text = readFileSync(join(TEMPLATES, `${name}.json`), 'utf8');
				const workflow = JSON.parse(text) as WorkflowJson;
				const id = await n8n.importWorkflow(workflow, { credentials });
				await page.setViewportSize(widthOf(workflow) > WIDE ? LARGE : SIZE);
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

/** One of each kind, so that no node shows a warning. By type. */
async function emptyCredentials(n8n: N8nInstance): Promise<Record<string, string>> {
	const credentials: Record<string, string> = {};
	for (const type of TYPES) credentials[type] = await n8n.createCredential(type, type, {});
	return credentials;
}

/** From the first node or note to the last one, in units of the canvas. */
function widthOf({ nodes }: WorkflowJson): number {
	const places = nodes.map(({ position }) => position?.[0] ?? 0);
	return Math.max(...places) - Math.min(...places);
}

/** The canvas alone, cut to the nodes and notes that are on it. */
async function pictureOfCanvas(page: Page, path: string): Promise<void> {
	await page.addStyleTag({ content: CANVAS_ALONE });
	const boxes = await Promise.all(
		(await page.locator('.vue-flow__node').all()).map(async (node) => await node.boundingBox()),
	);
	const seen = boxes.filter((box) => box !== null);
	const left = Math.min(...seen.map(({ x }) => x)) - MARGIN;
	const top = Math.min(...seen.map(({ y }) => y)) - MARGIN;
	// The names stand below the nodes and the plus signs beside them, outside of their boxes.
	const right = Math.max(...seen.map(({ x, width }) => x + width)) + 4 * MARGIN;
	const bottom = Math.max(...seen.map(({ y, height }) => y + height)) + 3 * MARGIN;
	await page.screenshot({
		path,
		clip: { x: left, y: top, width: right - left, height: bottom - top },
	});
	await shrink(path);
}

main(process.argv.slice(2)).catch((error: unknown) => {
	console.error(error);
	process.exitCode = 1;
});
