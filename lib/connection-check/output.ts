import { Readable } from 'node:stream';

import type { IDataObject } from 'n8n-workflow';

import type { ItemContext } from '../node/item-context';
import { OutputItem } from '../node/operation';
import { markdownOf } from './markdown';
import type { CheckReport } from './report';

/** The item of a check: the report, and the same as two files that can be attached to an issue. */
export async function reportItem(
	context: ItemContext<unknown>,
	report: CheckReport,
): Promise<OutputItem> {
	const file = async (text: string, name: string, type: string) =>
		await context.storeFile(Readable.from([Buffer.from(text)]), name, type);
	return new OutputItem(report as unknown as IDataObject, {
		reportJson: await file(
			`${JSON.stringify(report, undefined, '\t')}\n`,
			'report.json',
			'application/json',
		),
		reportMd: await file(markdownOf(report), 'report.md', 'text/markdown'),
	});
}
