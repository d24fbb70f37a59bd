import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

const FOLDER = join(__dirname, '../../../../shared/specs/aspone');

/** Text of a file of the published contract; nothing when the folder is not beside the checkout. */
export function published(file: string): string | undefined {
	const path = join(FOLDER, file);
	return existsSync(path) ? readFileSync(path, 'utf8') : undefined;
}
