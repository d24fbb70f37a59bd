import { GuichetError } from '../../../lib/errors/guichet-error';
import type { ItemContext } from '../../../lib/node/item-context';
import { OutputItem } from '../../../lib/node/operation';

/** What one input item asks for. */
export interface ItemRequest<Value> {
	item: number;
	value: Value;
}

/**
 * Reads what all items of an operation with one run ask for. An item that cannot be read spoils no
 * other: it is refused by itself. Where the workflow is to stop, it stops before anything is sent.
 */
export async function readItems<Api, Value>(
	context: ItemContext<Api>,
	read: (item: ItemContext<Api>) => Promise<Value> | Value,
): Promise<{ wanted: Array<ItemRequest<Value>>; refused: OutputItem[] }> {
	const wanted: Array<ItemRequest<Value>> = [];
	const refused: OutputItem[] = [];
	for (let item = 0; item < context.itemCount; item++) {
		const readOne = async () => await read(context.forItem(item));
		await readOne().then(
			(value) => wanted.push({ item, value }),
			(failure: unknown) => {
				const isOwn = failure instanceof GuichetError && failure.code === 'invalid_input';
				if (!isOwn || !context.execution.continueOnFail()) throw failure;
				refused.push(new OutputItem({}, {}, { failure, items: [item] }));
			},
		);
	}
	return { wanted, refused };
}

/** In the order of the input items that they come from. */
export function inOrder(items: readonly OutputItem[]): OutputItem[] {
	const placeOf = ({ origin }: OutputItem): number => origin.items?.[0] ?? 0;
	return [...items].sort((a, b) => placeOf(a) - placeOf(b));
}
