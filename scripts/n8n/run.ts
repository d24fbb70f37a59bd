import { spawn } from 'node:child_process';

export interface RunOptions {
	cwd: string;
	env?: NodeJS.ProcessEnv;
}

/**
 * Runs a command to its end and returns what it wrote to stdout.
 * @throws Error with the last lines of both outputs when it does not exit with 0.
 */
export async function run(command: string, args: string[], options: RunOptions): Promise<string> {
	return await new Promise((resolve, reject) => {
		const child = spawn(command, args, { ...options, stdio: ['ignore', 'pipe', 'pipe'] });
		let stdout = '';
		let both = '';
		child.stdout.setEncoding('utf8').on('data', (text: string) => {
			stdout += text;
			both += text;
		});
		child.stderr.setEncoding('utf8').on('data', (text: string) => (both += text));
		child.on('error', reject);
		child.on('close', (code, signal) => {
			if (code === 0) return resolve(stdout);
			const tail = both.trimEnd().split('\n').slice(-40).join('\n');
			reject(new Error(`${command} ${args.join(' ')} ended with ${code ?? signal}:\n${tail}`));
		});
	});
}
