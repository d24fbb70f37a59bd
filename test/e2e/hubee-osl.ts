import { createHash } from 'node:crypto';
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';

import type { Execution, N8nInstance } from '../../scripts/n8n/instance';
import { template } from './hubee';

/**
 * A poll of an active or inactive workflow now: n8n polls when a workflow is published. Gives the
 * execution that it started, if it did.
 */
export async function pollNow(
	n8n: N8nInstance,
	workflowId: string,
): Promise<Execution | undefined> {
	const before = await n8n.executions({ workflowId });
	await n8n.deactivate(workflowId);
	await n8n.activate(workflowId);
	const after = before.at(-1)?.id ?? '0';
	// n8n creates the execution right after the poll; a look that found nothing creates none.
	for (let looks = 0; looks < 30; looks++) {
		const [begun] = await n8n.executions({ workflowId, after });
		if (begun) {
			const execution = await n8n.waitForExecution(begun.id);
			await n8n.deactivate(workflowId);
			return execution;
		}
		await sleep(100);
	}
	await n8n.deactivate(workflowId);
	return undefined;
}

export interface FormFile {
	name: string;
	content: string | Uint8Array<ArrayBuffer>;
	type?: string;
}

/**
 * Fills in the form of the submission template by the labels of its fields, as a browser does; n8n
 * sends them by position. Gives the page that the citizen sees at the end.
 */
export async function fillInForm(
	n8n: N8nInstance,
	answers: Record<string, string | FormFile[]>,
	path = 'hubee-teledossier',
): Promise<string> {
	const trigger = template('hubee-submit-from-form').nodes.find(
		({ type }) => type === 'n8n-nodes-base.formTrigger',
	);
	const { formFields } = trigger?.parameters as {
		formFields: { values: Array<{ fieldLabel: string }> };
	};
	const labels = formFields.values.map(({ fieldLabel }) => fieldLabel);
	const form = new FormData();
	for (const [label, answer] of Object.entries(answers)) {
		const index = labels.indexOf(label);
		if (index < 0) throw new Error(`The form has no field "${label}"`);
		if (typeof answer === 'string') form.append(`field-${index}`, answer);
		else
			for (const { name, content, type = 'application/pdf' } of answer)
				form.append(`field-${index}`, new Blob([content], { type }), name);
	}
	const response = await fetch(`${n8n.baseUrl}/form/${path}`, {
		method: 'POST',
		body: form,
	});
	if (response.status !== 200) throw new Error(`The form answered ${response.status}`);
	const { formWaitingUrl } = (await response.json()) as { formWaitingUrl: string };
	return await lastPage(new URL(formWaitingUrl));
}

/** Waits as the page of the form does until there is a last one, reads it, and closes it. */
async function lastPage(page: URL): Promise<string> {
	const status = new URL(page);
	status.pathname += '/n8n-execution-status';
	for (;;) {
		const now = await (await fetch(status)).text();
		if (now === 'form-waiting') break;
		if (!['running', 'new', 'waiting', 'null'].includes(now))
			throw new Error(`The execution of the form is ${now} and shows no page`);
		await sleep(50);
	}
	const html = await (await fetch(page)).text();
	await fetch(page, { method: 'POST' });
	return html;
}

export const sha256 = (content: string | Uint8Array): string =>
	createHash('sha256').update(content).digest('hex');

/** SHA-256 (hex) of the files of a folder whose names hold a text, sorted. */
export function digestsIn(folder: string, part = ''): string[] {
	return readdirSync(folder)
		.filter((name) => name.includes(part))
		.map((name) => sha256(readFileSync(join(folder, name))))
		.sort();
}
