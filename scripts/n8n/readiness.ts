/**
 * Whether an n8n main process has migrated its database, and taken up its active workflows: it says
 * so in its log when that is done, a moment after its address answers.
 */
export async function isReady(port: number, log: string): Promise<boolean> {
	return (await answers(port, '/healthz/readiness')) && log.includes('Editor is now accessible');
}

/** Whether a path answers with 200. */
export async function answers(port: number, path: string): Promise<boolean> {
	try {
		const response = await fetch(`http://127.0.0.1:${port}${path}`);
		await response.arrayBuffer();
		return response.ok;
	} catch {
		return false;
	}
}
