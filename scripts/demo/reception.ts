import { createHash } from 'node:crypto';
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

import type { CaseOverview, Deposited, DepositedAttachment } from '../../sandbox/hubee';

/** What became of one case, judged by the bytes on disk and by what the sandbox holds. */
export interface Reception {
	case: string;
	files: string;
	bytes: number;
	sha256: 'equal' | 'DIFFERENT' | 'waiting';
	status: string;
	notification: 'gone' | 'in the queue';
}

/** Where each deposited case stands now. */
export function receptions(
	deposited: Deposited[],
	cases: CaseOverview[],
	folder: string,
): Reception[] {
	const stored = readdirSync(folder);
	return deposited.flatMap(({ cases: parts, attachments }) =>
		parts.map((part) => {
			const now = cases.find(({ id }) => id === part.id);
			const expected = attachments.filter(({ recipients }) => recipients.includes(part.externalId));
			const files = stored
				.filter((name) => name.includes(part.id))
				.map((name) => readFileSync(join(folder, name)));
			return {
				case: part.externalId,
				files: `${files.length} of ${expected.length}`,
				bytes: files.reduce((sum, file) => sum + file.length, 0),
				sha256: verdict(files, expected),
				status: now?.status ?? 'unknown',
				notification: now?.notifications.includes(part.notificationId) ? 'in the queue' : 'gone',
			};
		}),
	);
}

function verdict(files: Buffer[], expected: DepositedAttachment[]): Reception['sha256'] {
	if (files.length < expected.length) return 'waiting';
	const found = files.map((file) => createHash('sha256').update(file).digest('hex')).sort();
	const wanted = expected.map(({ sha256 }) => sha256).sort();
	return JSON.stringify(found) === JSON.stringify(wanted) ? 'equal' : 'DIFFERENT';
}

/** Whether everything about a case is as it should be at the end. */
export function isComplete(reception: Reception, status: string): boolean {
	return (
		reception.sha256 === 'equal' && reception.status === status && reception.notification === 'gone'
	);
}
