import type { IDataObject, INodeProperties } from 'n8n-workflow';

import { chooseFrom } from '../../../lib/node/choose';
import type { ItemContext } from '../../../lib/node/item-context';
import type { Operation, Resource } from '../../../lib/node/operation';
import { retryNoticeSaying } from '../../../lib/node/retry-notice';
import type { SentFacts } from '../api/result';
import { type DeclarationKind, kindOf } from '../api/types';
import type { DimonaApi } from '../connect';
import { additionalFields, anyKindFields, KIND_FIELDS } from './form/declaration-fields';
import { formLabel } from './form/field-labels';
import { employerFields } from './form/party-fields';
import {
	readOptions,
	resultOptions,
	submitAndWaitOptions,
	submitOptions,
	waitOptions,
} from './form/options';
import { type ReadDeclaration, readDeclarationForm } from './form/read-declaration';
import { giveUpAfter, submitSettings } from './form/read-options';
import { awaitResult, resultOfSubmission, withWorkerType } from '../procedures/await-result';
import { rowFields } from './row/fields';
import { readRow } from './row/read-row';
import { findingsOf, refuseBrokenRules, refusedOf } from './form/broken-rules';
import { pendingItem, resultItem, shownItem } from '../procedures/output';
import { type Draft, submit, type Submission } from '../procedures/submit';
import { checkAllItems, withDeclaredIds } from './preflight';
import { searchDeclarations } from './search';

type Context = ItemContext<DimonaApi>;

const retryNotice = retryNoticeSaying(
	'does not declare a second time: what this execution began is remembered.',
);

const declarationIdField: INodeProperties = chooseFrom(
	{
		displayName: 'Declaration ID',
		name: 'declarationId',
		type: 'string',
		default: '={{ $json.declarationId }}',
		required: true,
		placeholder: 'e.g. 656309296521',
		description: 'As a submission gives it',
	},
	'declarations',
);

async function submitted(
	context: Context,
	readItem: (item: Context) => ReadDeclaration,
): Promise<{ read: ReadDeclaration; draft: Draft; made: Submission }> {
	checkAllItems(context, readItem);
	const read = await firstRead(context, readItem);
	const settings = submitSettings(context.group('options'), read.reference);
	const draft = { declaration: read.declaration, sent: sentFacts(read) };
	return { read, draft, made: await submit(context, draft, settings) };
}

/**
 * The declaration of this item. A later try of n8n's *Retry On Fail* keeps that of the first one:
 * an expression with the time in it gives another hour by then, and so another declaration.
 */
async function firstRead(
	context: Context,
	readItem: (item: Context) => ReadDeclaration,
): Promise<ReadDeclaration> {
	return await context.once('declaration', async () => {
		const read = readItem(context);
		refuseBrokenRules(context, read);
		return await Promise.resolve(read);
	});
}

/** What an answer need not repeat, because it was sent from here. */
function sentFacts({ declaration, periodWorkerType }: ReadDeclaration): SentFacts {
	const type =
		'dimonaIn' in declaration ? declaration.dimonaIn.features.workerType : periodWorkerType;
	return { kind: kindOf(declaration), ...(type === undefined ? {} : { workerType: type }) };
}

/** One of the four submissions: gives the id at once, whatever happens later. */
function submission(
	kind: DeclarationKind,
	name: string,
	action: string,
	description: string,
): Operation<DimonaApi> {
	return {
		name,
		value: name.replace(' ', '').replace(/^S/, 's'),
		action,
		description,
		fields: [retryNotice, ...KIND_FIELDS[kind], additionalFields, submitOptions],
		mode: 'sequential',
		async run(context) {
			const { read, made } = await withDeclaredIds(
				context,
				async () => await submitted(context, (item) => readDeclarationForm(item, kind)),
			);
			const { declarationId, submittedAt, settled, alreadySubmitted } = made;
			const options = context.group('options');
			return {
				...shownItem(settled ?? pendingItem(declarationId), options),
				kind,
				...(submittedAt ? { submittedAt } : {}),
				...(read.reference ? { reference: read.reference } : {}),
				alreadySubmitted,
			};
		},
	};
}

function readAnyKind(item: Context): ReadDeclaration {
	return readDeclarationForm(item, item.text('kind') as DeclarationKind);
}

const submitAndWait: Operation<DimonaApi> = {
	name: 'Submit and Wait',
	value: 'submitAndWait',
	action: 'Submit a declaration and wait for its result',
	description:
		'Declare, then wait for the result at the pace of the authority. Without result in time the item is "pending" and keeps its ID.',
	fields: [retryNotice, ...anyKindFields, additionalFields, submitAndWaitOptions],
	async run(context) {
		const limit = giveUpAfter(context.group('options'));
		return await withDeclaredIds(context, async () => {
			const { read, draft, made } = await submitted(context, readAnyKind);
			const item = await resultOfSubmission(context.api, draft, made, limit);
			return {
				...shownItem(item, context.group('options')),
				kind: context.text('kind'),
				...(read.reference ? { reference: read.reference } : {}),
			};
		});
	},
};

const declareRow: Operation<DimonaApi> = {
	name: 'Declare Row',
	value: 'declareRow',
	action: 'Declare a row of a sheet (IN) and wait for its result',
	description:
		'Declare the worker of a row, whose columns are mapped or known by their English, French, Dutch or German names, and wait for the result',
	fields: [retryNotice, ...employerFields, ...rowFields, additionalFields, submitAndWaitOptions],
	async run(context) {
		const limit = giveUpAfter(context.group('options'));
		return await withDeclaredIds(context, async () => {
			const { read, draft, made } = await submitted(context, readRow);
			const item = await resultOfSubmission(context.api, draft, made, limit);
			return {
				...shownItem(item, context.group('options')),
				kind: 'in',
				...(read.reference ? { reference: read.reference } : {}),
			};
		});
	},
};

const validate: Operation<DimonaApi> = {
	name: 'Validate',
	value: 'validate',
	action: 'Validate a declaration without sending it',
	description: 'Check a declaration by the published rules; nothing is sent',
	fields: [...anyKindFields, additionalFields, readOptions],
	async run(context) {
		const read = readAnyKind(context);
		const findings = findingsOf(read);
		return await Promise.resolve({
			valid: refusedOf(findings).length === 0,
			kind: context.text('kind'),
			findings: findings.map((finding) => ({ ...finding, label: formLabel(finding.field) })),
			declaration: read.declaration as unknown as IDataObject,
		});
	},
};

const getResult: Operation<DimonaApi> = {
	name: 'Get Result',
	value: 'getResult',
	action: 'Get the result of a declaration',
	description:
		'Look once. "Pending" also when the ID is not known: the service does not tell the two apart.',
	fields: [declarationIdField, resultOptions],
	async run(context) {
		const declarationId = declarationIdOf(context);
		const result = await context.api.client.getDeclaration(declarationId);
		if (!result) return pendingItem(declarationId);
		const known = await withWorkerType(context.api, result);
		return shownItem(resultItem(known), context.group('options'));
	},
};

const waitForResult: Operation<DimonaApi> = {
	name: 'Wait for Result',
	value: 'waitForResult',
	action: 'Wait for the result of a declaration',
	description:
		'Look again and again at the pace of the authority, until there is a result or it is time to give up',
	fields: [
		declarationIdField,
		{
			displayName: 'Submitted At',
			name: 'submittedAt',
			type: 'dateTime',
			default: '={{ $json.submittedAt }}',
			description: 'When it was submitted, for the right pace; empty: just now',
		},
		waitOptions,
	],
	async run(context) {
		const declarationId = declarationIdOf(context);
		const submittedAt = context.optionalDateTime('submittedAt');
		const now = context.api.timer.epochMs();
		const ageMs = submittedAt ? Math.max(0, now - Date.parse(submittedAt)) : 0;
		const options = context.group('options');
		const limitSeconds = giveUpAfter(options);
		return shownItem(
			await awaitResult(context.api, declarationId, { limitSeconds, ageMs }),
			options,
		);
	},
};

function declarationIdOf(context: Context): string {
	return context.text('declarationId', {
		pattern: /^\d{1,15}$/,
		expected: 'the number of a declaration',
	});
}

export const declarationResource: Resource<DimonaApi> = {
	name: 'Declaration',
	value: 'declaration',
	operations: [
		submitAndWait,
		declareRow,
		submission(
			'in',
			'Submit In',
			'Declare the beginning of an employment (IN)',
			'Declare that a worker begins (Dimona IN)',
		),
		submission(
			'out',
			'Submit Out',
			'Declare the end of an employment (OUT)',
			'Declare the end of an open period (Dimona OUT)',
		),
		submission(
			'update',
			'Submit Update',
			'Change a declared period (UPDATE)',
			'Change dates or hours of a period (Dimona UPDATE)',
		),
		submission(
			'cancel',
			'Submit Cancel',
			'Cancel a declared period (CANCEL)',
			'Cancel a period, for a no-show for instance (Dimona CANCEL)',
		),
		getResult,
		waitForResult,
		validate,
		searchDeclarations,
	],
};
