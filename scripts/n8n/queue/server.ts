import { type ChildProcess, spawn } from 'node:child_process';

/**
 * Starts a server in a process group of its own which ends with us, whatever becomes of us
 * (setpriv(1), of util-linux).
 * @param options.endSignal what it gets when we are gone.
 * @param options.user runs it as that user; only root can.
 */
export function spawnServer(
	command: string,
	args: string[],
	options: { cwd: string; endSignal: 'TERM' | 'QUIT'; user?: string },
): ChildProcess {
	const { cwd, endSignal, user } = options;
	const as = user ? [`--reuid=${user}`, `--regid=${user}`, '--init-groups'] : [];
	return spawn('setpriv', [...as, `--pdeathsig=${endSignal}`, command, ...args], {
		cwd,
		stdio: ['ignore', 'pipe', 'pipe'],
		detached: true,
	});
}
