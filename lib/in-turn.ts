const turns = new Map<string, Promise<void>>();

/**
 * Acts of the same key take turns within this process: each begins when the one before it has
 * ended, well or not.
 *
 * @example
 * const event = await inTurn(`message on ${caseId}`, async () => await sendUnlessSent(caseId));
 */
export async function inTurn<Result>(key: string, act: () => Promise<Result>): Promise<Result> {
	const before = turns.get(key) ?? Promise.resolve();
	const mine = before.then(act);
	const ended = mine.then(
		() => undefined,
		() => undefined,
	);
	turns.set(key, ended);
	try {
		return await mine;
	} finally {
		if (turns.get(key) === ended) turns.delete(key);
	}
}

/** As in a new process; for tests. */
export function forgetTurns(): void {
	turns.clear();
}
