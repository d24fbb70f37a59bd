/**
 * Tells on stderr what long work is doing: one line when it begins, the seconds while it runs, one
 * line when it ended. On a terminal the line is rewritten each second; in a log a line is added
 * every 20 seconds.
 */
export async function withProgress<T>(text: string, work: () => Promise<T>): Promise<T> {
	const started = Date.now();
	const seconds = () => `${Math.round((Date.now() - started) / 1000)} s`;
	const { isTTY } = process.stderr;
	const write = (line: string) => process.stderr.write(isTTY ? `\r\u001b[K${line}` : `${line}\n`);
	write(`${text} …`);
	const ticker = setInterval(() => write(`${text} … ${seconds()}`), isTTY ? 1_000 : 20_000);
	ticker.unref();
	try {
		const result = await work();
		write(`${text}: done in ${seconds()}`);
		return result;
	} catch (error) {
		write(`${text}: failed after ${seconds()}`);
		throw error;
	} finally {
		clearInterval(ticker);
		if (isTTY) process.stderr.write('\n');
	}
}
