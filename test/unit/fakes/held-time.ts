/** Left as they are: sockets and streams need them. */
const REAL = [
	'Date',
	'hrtime',
	'nextTick',
	'performance',
	'queueMicrotask',
	'setImmediate',
	'clearImmediate',
	'setInterval',
	'clearInterval',
] as const;

/**
 * Holds the time of time-outs, so that they end only when the test says so: neither a busy machine
 * nor a slow one changes what is seen. Sockets take their own time. After `release`, time goes
 * on by itself.
 */
export const heldTime = {
	hold(): void {
		jest.useFakeTimers({ doNotFake: [...REAL] });
	},

	pass(milliseconds: number): void {
		jest.advanceTimersByTime(milliseconds);
	},

	release(): void {
		jest.useRealTimers();
	},
};

/** Something to wait for that a callback makes true. */
export interface Signal {
	seen: Promise<void>;
	give: () => void;
}

export function signal(): Signal {
	let give: () => void = () => undefined;
	const seen = new Promise<void>((resolve) => {
		give = resolve;
	});
	return { seen, give };
}

/** Lets the sockets go on until something is so. */
export async function until(isSo: () => boolean): Promise<void> {
	while (!isSo()) await new Promise((resolve) => setImmediate(resolve));
}

/** Lets the sockets go on for a while, so that what must not happen could happen. */
export async function turns(count: number): Promise<void> {
	for (let turn = 0; turn < count; turn++) await new Promise((resolve) => setImmediate(resolve));
}
