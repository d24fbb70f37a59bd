/**
 * For developers: a picture of the editor of a running instance, of a whole workflow or of one
 * node's panel. No test needs it. The browser is Debian's (`apt-get install chromium pngquant`), or
 * the one that `CHROMIUM` names.
 *
 * @example
 * tsx scripts/n8n/screenshot.ts http://127.0.0.1:5678 <workflow id> reply.png ["Send Files"]
 */
import { dirname, resolve } from 'node:path';
import { chromium, type Page } from 'playwright-core';
import { run } from './run';
import { OWNER } from './settings';

export interface ScreenshotOptions {
	/** Address of the instance, such as `http://127.0.0.1:5678`. */
	baseUrl: string;
	workflowId: string;
	/** The PNG to write. */
	file: string;
	/** Opens this node's panel; without it the picture shows the whole workflow. */
	node?: string;
	/** In pixels; default 1600 × 1000. */
	size?: { width: number; height: number };
	/** The node creator with this text typed into its search, in place of the canvas. */
	search?: string;
}

const BROWSER_ARGUMENTS = [
	'--no-sandbox',
	'--disable-gpu',
	'--disable-quic',
	'--no-first-run',
	'--disable-background-networking',
	'--disable-component-update',
	'--disable-sync',
];

/** Signs in as the instance's owner, opens the workflow and saves the picture. */
export async function screenshot(options: ScreenshotOptions): Promise<void> {
	await inEditor(options, async (page) => {
		await openWorkflow(page, options.baseUrl, options.workflowId);
		if (options.search !== undefined) await openNodeCreator(page, options.search);
		else if (options.node) await openNode(page, options.node);
		else await fitToView(page);
		await page.screenshot({ path: options.file });
	});
	await shrink(options.file);
}

/**
 * Pictures travel with the package: 256 colours show the editor as well, in two fifths of the
 * bytes.
 */
export async function shrink(file: string): Promise<void> {
	const how = ['--speed', '1', '--nofs', '--strip', '--force', '--ext', '.png', '256'];
	await run('pngquant', [...how, resolve(file)], { cwd: dirname(resolve(file)) });
}

/** A browser page in which the instance's owner has signed in; it is closed when `work` ends. */
export async function inEditor(
	{ baseUrl, size }: Pick<ScreenshotOptions, 'baseUrl' | 'size'>,
	work: (page: Page) => Promise<void>,
): Promise<void> {
	const browser = await chromium.launch({
		executablePath: process.env.CHROMIUM ?? '/usr/bin/chromium',
		args: BROWSER_ARGUMENTS,
	});
	try {
		const page = await browser.newPage({ viewport: size ?? { width: 1600, height: 1000 } });
		// It may run beside other work.
		page.setDefaultTimeout(300_000);
		await signIn(page, baseUrl);
		await work(page);
	} finally {
		await browser.close();
	}
}

/** Opens a workflow's canvas and waits for its nodes. */
export async function openWorkflow(page: Page, baseUrl: string, id: string): Promise<void> {
	await page.goto(`${baseUrl}/workflow/${id}`);
	await page.locator('[data-test-id="canvas-node"]').first().waitFor();
}

async function signIn(page: Page, baseUrl: string): Promise<void> {
	const answer = await page.request.post(`${baseUrl}/rest/login`, {
		data: { emailOrLdapLoginId: OWNER.email, password: OWNER.password },
	});
	if (!answer.ok()) throw new Error(`Signing in answered ${answer.status()}`);
}

/** Zooms so that every node and note can be seen. */
export async function fitToView(page: Page): Promise<void> {
	await page.keyboard.press('1');
	await settle(page);
}

async function openNode(page: Page, name: string): Promise<void> {
	await page.locator(`[data-test-id="canvas-node"][data-node-name="${name}"]`).dblclick();
	await page.locator('[data-test-id="ndv"]').waitFor();
	await settle(page);
}

async function openNodeCreator(page: Page, search: string): Promise<void> {
	await page.locator('[data-test-id="node-creator-plus-button"]').first().click();
	await page.getByPlaceholder(/search nodes/i).fill(search);
	await settle(page);
}

/** Animations of the editor take up to half a second. */
async function settle(page: Page): Promise<void> {
	await page.waitForTimeout(1_500);
}

if (resolve(process.argv[1] ?? '') === __filename) {
	const [baseUrl, workflowId, file, node] = process.argv.slice(2);
	if (!baseUrl || !workflowId || !file) {
		console.error('usage: screenshot.ts <base URL> <workflow id> <file.png> [node name]');
		process.exit(2);
	}
	screenshot({ baseUrl, workflowId, file, node }).catch((error: unknown) => {
		console.error(error);
		process.exitCode = 1;
	});
}
