/**
 * Like `Promise.all`, but waits until all have ended before it fails with the first failure in
 * order: nothing is left running behind the back of the caller, who may be about to clean up.
 *
 * @example const bodies = await allSettledOrThrow(ids.map(async (id) => await client.body(id)));
 */
export async function allSettledOrThrow<Value>(
	promises: Iterable<Promise<Value>>,
): Promise<Value[]> {
	const results = await Promise.allSettled(promises);
	const failed = results.find((result) => result.status === 'rejected');
	if (failed) throw failed.reason;
	return results.map((result) => (result as PromiseFulfilledResult<Value>).value);
}
