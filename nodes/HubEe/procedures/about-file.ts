import { GuichetError } from '../../../lib/errors/guichet-error';
import type { NewAttachment } from '../api/types';

/** The failure again, with the name of its file. */
export function aboutFile({ fileName }: NewAttachment, error: unknown): unknown {
	// Who pressed stop knows why.
	if (!(error instanceof GuichetError) || error.code === 'cancelled') return error;
	return error.with({ message: `The file "${fileName}" could not be sent: ${error.message}` });
}
