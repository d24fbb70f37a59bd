import type { INode, JsonObject } from 'n8n-workflow';
import { NodeApiError, NodeOperationError } from 'n8n-workflow';

import { GuichetError } from '../errors/guichet-error';
import { presentable } from '../errors/redact';

/**
 * The error that n8n shows and stores, built afresh from chosen fields: n8n serialises whole error
 * objects, so nothing that was not chosen may hang on them.
 *
 * @example throw toNodeError(execution.getNode(), error, itemIndex);
 */
export function toNodeError(
	node: INode,
	error: unknown,
	itemIndex?: number,
): NodeApiError | NodeOperationError {
	if (error instanceof NodeApiError || error instanceof NodeOperationError) {
		if (itemIndex !== undefined) error.context.itemIndex ??= itemIndex;
		return error;
	}
	const failure = error instanceof GuichetError ? error : unexpected(error);
	const facts = factsOf(failure);
	const message = failure.message;
	const description = failure.code === 'invalid_input' ? failure.details.hint : failure.description;
	const made =
		failure.code === 'invalid_input'
			? new NodeOperationError(node, message, { description, itemIndex })
			: new NodeApiError(node, { message, ...facts } as JsonObject, {
					message,
					description,
					itemIndex,
					httpCode:
						failure.details.status === undefined ? undefined : String(failure.details.status),
				});
	// n8n replaces messages that contain a code such as ENOENT, also inside a longer word; ours are
	// better.
	made.message = message;
	made.messages = [];
	made.context.data = facts;
	return made;
}

/**
 * What a workflow can branch on, beside the message: the fields of an error item's `details`.
 *
 * @example factsOf(new GuichetError('timeout', 'No', { outcome: 'unknown' })).outcome // 'unknown'
 */
export function factsOf(failure: GuichetError): JsonObject {
	const {
		serviceMessages,
		serviceCodes,
		status,
		method,
		url,
		incidentId,
		field,
		outcome,
		hint,
		data,
	} = failure.details;
	const facts = {
		code: failure.code,
		status,
		serviceMessages,
		serviceCodes,
		method,
		url,
		at: failure.at,
		incidentId,
		field,
		outcome,
		hint,
		...data,
	};
	return JSON.parse(JSON.stringify(facts)) as JsonObject;
}

/**
 * A fault of this package or of n8n: its text is not ours, so only a redacted line of it is kept.
 */
function unexpected(error: unknown): GuichetError {
	if (error instanceof Error && error.name === 'AbortError')
		return new GuichetError('cancelled', 'The execution was cancelled');
	const text = error instanceof Error ? error.message : String(error);
	return new GuichetError(
		'failed_here',
		`Unexpected failure: ${presentable(text) || 'no message'}`,
	);
}
