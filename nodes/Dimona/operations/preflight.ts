import { GuichetError } from '../../../lib/errors/guichet-error';
import type { ItemContext } from '../../../lib/node/item-context';
import type { DimonaApi } from '../connect';
import type { ReadDeclaration } from './form/read-declaration';
import type { SentDeclaration } from '../procedures/submission-queue';
import { findingsOf, brokenRules, refusedOf } from './form/broken-rules';

type Context = ItemContext<DimonaApi>;

/**
 * When one bad item stops the node, the results of the others are lost with it: so before the first
 * declaration is sent, all items are read and
 * checked. With "On Error: Continue" each item stands for itself.
 *
 * @throws GuichetError `invalid_input` of the first item that cannot be declared
 */
export function checkAllItems(context: Context, read: (item: Context) => ReadDeclaration): void {
	if (context.api.checkedAll || context.execution.continueOnFail()) return;
	context.api.checkedAll = true;
	for (let index = 0; index < context.itemCount; index++) {
		try {
			const refused = refusedOf(findingsOf(read(context.forItem(index))));
			if (refused.length > 0) throw brokenRules(refused);
		} catch (error) {
			throw ofItem(error, index, context);
		}
	}
}

function ofItem(error: unknown, index: number, { itemCount }: Context): unknown {
	if (!(error instanceof GuichetError) || itemCount < 2) return error;
	return error.with({
		message: `Item ${index + 1}: ${error.message}`,
		hint: [error.details.hint, 'No item was declared.'].filter(Boolean).join(' '),
	});
}

/**
 * Runs one item; when it stops the node, its error carries the ids of everything that this
 * execution has declared: n8n throws the other results away,
 * and an id that is lost leads to a second declaration.
 */
export async function withDeclaredIds<Result>(
	context: Context,
	run: () => Promise<Result>,
): Promise<Result> {
	return await run().catch(async (error: unknown) => {
		const { execution, api, signal } = context;
		if (signal?.aborted === true) logDeclared(context);
		if (execution.continueOnFail()) throw error;
		const sent = await api.submissionQueue.stop();
		if (!(error instanceof GuichetError) || sent.length === 0) throw error;
		const declared = listOf(sent);
		throw error.with({
			hint: [error.details.hint, `Declared in this execution: ${declared}.`]
				.filter(Boolean)
				.join(' '),
			data: { ...error.details.data, declared },
		});
	});
}

function listOf(sent: readonly SentDeclaration[]): string {
	return sent
		.map(({ itemIndex, declarationId }) => `item ${itemIndex + 1}: ${declarationId}`)
		.join(', ');
}

/** n8n throws the error of a node away that was stopped, so the ids go to its log. */
function logDeclared({ execution, api }: Context): void {
	const { declared } = api.submissionQueue;
	if (api.loggedDeclared >= declared.length) return;
	api.loggedDeclared = declared.length;
	execution.logger.warn(
		`Dimona: execution ${execution.getExecutionId()} was stopped. Declared by node "${execution.getNode().name}": ${listOf(declared)}. "Wait for Result" gives their results.`,
	);
}
