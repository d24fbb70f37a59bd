import { randomInt } from 'node:crypto';

import type { IDataObject } from 'n8n-workflow';

import { isObject } from '../../../lib/answers/json';
import { invalidInput } from '../../../lib/errors/guichet-error';
import { Fields } from '../../../lib/node/fields';
import type { ItemContext } from '../../../lib/node/item-context';
import type { NewAttachment, NewCase, NewFolder } from '../api/types';
import type { HubEeApi } from '../connect';
import { organizationIdentifier } from './organization-identifier';
import { type OutgoingFile, outgoingFiles } from './outgoing-files';

/** Case ids are `<folder>-<two digits>` and end at 30 characters (folder contract 1.2.7). */
const MAX_FOLDER_ID = 27;

const MAX_CASES = 99;

/**
 * Free characters at the end of a built external id: 13 by the rule (functional specification),
 * fewer for long process codes.
 */
const FREE_CHARACTERS = 13;
const FEWEST_FREE_CHARACTERS = 7;

/** Without letters that are taken for digits when somebody reads the number out. */
const ALPHABET = '0123456789ABCDEFGHJKMNPQRSTVWXYZ';

/** Everything of a folder except its files. */
export function folderHead(context: ItemContext<HubEeApi>): Omit<NewFolder, 'attachments'> {
	const processCode = context.text('processCode', { maxLength: 30 });
	const fields = context.group('additionalFields');
	const externalId =
		context.optionalText('externalId', { maxLength: MAX_FOLDER_ID }) ??
		builtExternalId(
			fields.optionalText('oslCode', { maxLength: 15 }) ?? 'OSL',
			processCode,
			fields.optionalText('shortProcessCode', { maxLength: 15 }),
		);
	const email = fields.optionalText('applicantEmail', {
		maxLength: 320,
		pattern: /^[^\s@]+@[^\s@]+\.[^\s@]+$/,
		expected: 'an e-mail address',
	});
	return {
		processCode,
		externalId,
		applicant: {
			firstName: context.text('firstName', { maxLength: 255 }),
			lastName: context.text('lastName', { maxLength: 255 }),
			...(email ? { email } : {}),
		},
		cases: casesOf(context, externalId),
	};
}

function casesOf(context: ItemContext<HubEeApi>, externalId: string): NewCase[] {
	const rows = recipientsOf(context);
	if (rows.length === 0)
		throw invalidInput(
			'Recipients',
			'are missing: a folder is addressed to at least one authority',
		);
	if (rows.length > MAX_CASES)
		throw invalidInput('Recipients', `are ${rows.length}, and at most ${MAX_CASES} are possible`);
	return rows.map((row, index) => {
		const partnerAttributes = row.optionalText('partnerAttributes', { maxLength: 1024 });
		return {
			externalId: `${externalId}-${String(index + 1).padStart(2, '0')}`,
			recipient: organizationIdentifier(row, 'SI', (text) => context.warn(text)),
			...(partnerAttributes ? { partnerAttributes } : {}),
		};
	});
}

/** The recipients, from the list of the form or from data. */
function recipientsOf(context: ItemContext<HubEeApi>): Fields[] {
	if (context.optionalText('specifyRecipients') !== 'json')
		return context.rows('recipients', 'recipient');
	const label = context.label('recipientsJson');
	const list = context.json<unknown>('recipientsJson') ?? [];
	if (!Array.isArray(list) || !list.every(isObject))
		throw invalidInput(label, 'must be a list of objects with siret and branchCode');
	return (list as IDataObject[]).map(
		(entry, index) =>
			new Fields({
				// As the other operations give an organization.
				value: (name) => (name === 'siret' ? (entry.siret ?? entry.companyRegister) : entry[name]),
				label: (name) => `${label}: ${name} of entry ${index + 1}`,
			}),
	);
}

/**
 * Short names of processes whose code leaves no room for a number (contract V2, 2024). Others are
 * not documented, so the form asks for one.
 */
const SHORT_PROCESS_CODES: Partial<Record<string, string>> = {
	EtatCivil: 'AEC',
	JeChangeDeCoordonnees: 'JCC',
	depotDossierPACS: 'DDPACS',
	recensementCitoyen: 'RCO',
};

/**
 * `DGS-CERTDC-0A3K…`: sender, process, and free characters of which two never agree in practice.
 */
function builtExternalId(oslCode: string, processCode: string, shortCode?: string): string {
	const named = shortCode ?? processCode;
	const known = SHORT_PROCESS_CODES[processCode];
	const code = roomBehind(oslCode, named) < FEWEST_FREE_CHARACTERS && known ? known : named;
	const free = roomBehind(oslCode, code);
	if (free < FEWEST_FREE_CHARACTERS)
		throw invalidInput(
			'External ID',
			`cannot be built: "${oslCode}-${code}-" leaves no room for a number within ${MAX_FOLDER_ID} characters`,
			'Add a Short Process Code, or give an external ID of your own or a shorter OSL Code.',
		);
	const number = Array.from({ length: Math.min(FREE_CHARACTERS, free) }, () =>
		ALPHABET.charAt(randomInt(ALPHABET.length)),
	);
	return `${oslCode}-${code}-${number.join('')}`;
}

const roomBehind = (oslCode: string, code: string): number =>
	MAX_FOLDER_ID - `${oslCode}-${code}-`.length;

/**
 * What a person writes to say which recipients may see a file: nothing for all, or their numbers in
 * the list.
 */
function visibleTo(visibility: string | undefined, cases: NewCase[], file: string): string[] {
	const wanted = (visibility ?? '').split(/[,;\s]+/).filter((part) => part !== '');
	if (wanted.length === 0 || wanted.some((part) => /^all$/i.test(part)))
		return cases.map(({ externalId }) => externalId);
	return wanted.map((part) => {
		const found = at(cases, part) ?? cases.find(({ externalId }) => externalId === part);
		if (!found)
			throw invalidInput(
				`Visible To of the file "${file}"`,
				`names recipient "${part}", and there are ${cases.length}`,
				'Write the numbers of the recipients as they stand in the list, such as 1,3; leave it empty for all.',
			);
		return found.externalId;
	});
}

/** The recipient of that number in the list, which begins with 1. */
function at(cases: NewCase[], part: string): NewCase | undefined {
	const number = Number(part);
	return Number.isInteger(number) && number >= 1 ? cases.at(number - 1) : undefined;
}

/** The files to send, each with who may see it. */
export async function folderFiles(context: ItemContext<HubEeApi>): Promise<OutgoingFile[]> {
	const fields = context.group('additionalFields');
	const visibility = fields.json<unknown>('visibility') ?? {};
	const label = fields.label('visibility');
	if (typeof visibility !== 'object' || Array.isArray(visibility))
		throw invalidInput(label, 'must be an object such as {"file_0":"1"}');
	const files = await outgoingFiles(context);
	const names = files.map(({ field }) => field);
	const unknown = Object.keys(visibility).find((name) => !names.includes(name));
	if (unknown !== undefined)
		throw invalidInput(
			label,
			`names the field "${unknown}", which is not among the files that are sent: ${names.join(', ')}`,
		);
	const seenBy = new Map(Object.entries(visibility).map(([name, who]) => [name, String(who)]));
	return files.map((file) => ({
		...file,
		visibility: file.visibility ?? seenBy.get(file.field),
	}));
}

/** The declaration of a folder's files: what they are, and who may see them. */
export function declaredFiles(
	files: Array<{ declared: NewAttachment; visibility?: string }>,
	cases: NewCase[],
): NewAttachment[] {
	return files.map(({ declared, visibility }) => ({
		...declared,
		recipients: [...new Set(visibleTo(visibility, cases, declared.fileName))],
	}));
}
