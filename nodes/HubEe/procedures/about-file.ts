import { GuichetError } from '../../../lib/errors/guichet-error';
import type { NewAttachment } from '../api/types';

/** The failure again, with the name of its file. */
export function aboutFile({ fileName }: NewAttachment, error: unknown): unknown {
	if (!(error instanceof GuichetError)) return error;
	return error.with({ message: `The file "${fileName}" could not be sent: ${error.message}` });
}
