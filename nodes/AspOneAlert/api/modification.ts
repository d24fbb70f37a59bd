import { invalidInput } from '../../../lib/errors/guichet-error';
import { formatAlert, isCode } from './alert-list';
import { ACCOUNT_NAME_LENGTH, brokenRule, alertKey, MAILS } from './alert-rules';
import { type AlertModification, type StoredAlert, SWITCHES } from './configuration';
import { bodyText } from './xml-text';

/** The labels of the form, for refusals. */
export const LABELS = {
	accountName: 'Account Name',
	mails: 'Mails',
	mailsToAdd: 'Mails to Add',
	mailsToDelete: 'Mails to Delete',
	alerts: 'Alerts',
} as const;

export type MailList = 'mails' | 'mailsToAdd' | 'mailsToDelete';

export const MAIL_LISTS: readonly MailList[] = ['mails', 'mailsToAdd', 'mailsToDelete'];

/**
 * An account name that may be sent.
 *
 * @param anyLength also names of more than 9 characters, the specification's figure: names of
 * secondary accounts can be longer
 */
export function checkedAccountName(name: string, anyLength = false): string {
	bodyText(LABELS.accountName, name);
	if (name.trim() === '') throw invalidInput(LABELS.accountName, 'is empty');
	if (!anyLength && name.length > ACCOUNT_NAME_LENGTH)
		throw invalidInput(
			LABELS.accountName,
			`must have at most ${ACCOUNT_NAME_LENGTH} characters, and has ${name.length}`,
			'It is the account name (IdCompte), not the login with @. If the account really has a longer name, switch on "Any Account Name Length" in the options.',
		);
	return name;
}

/**
 * Refuses what the rules of the specification (section 2.2.1 and annex 4.1) do not allow, before
 * anything is sent.
 *
 * @returns the modification without repeated alerts and addresses
 */
export function checkedModification(modification: AlertModification): AlertModification {
	const checked: AlertModification = { ...modification };
	checkedAccountName(modification.accountName, true);
	for (const list of MAIL_LISTS) {
		const mails = modification[list];
		if (!mails || mails.length === 0) delete checked[list];
		else checked[list] = checkedMails(LABELS[list], mails);
	}
	checkMailLists(checked);
	for (const alert of modification.storedAlerts ?? []) checkSendable(alert);
	if (modification.alerts?.length) checked.alerts = checkedAlerts(modification.alerts);
	else delete checked.alerts;
	if (!changesAnything(checked))
		throw invalidInput(
			'The modification',
			'changes nothing: no field has a value',
			'Add at least one change or alert. An empty field is never sent, so that nothing is cleared by accident.',
		);
	return checked;
}

/** What ASPOne stores is sent back as it is, if a message can carry it. */
function checkSendable(alert: StoredAlert): void {
	const field = 'Send Current Alerts Along';
	const { procedure, type, positive } = alert;
	if (positive === null)
		throw invalidInput(
			field,
			`cannot send "${formatAlert(alert)}": ASPOne stores it without saying whether it is for positive or negative answers`,
			'Switch the option off, or correct that alert at ASPOne.',
		);
	for (const text of [procedure, type]) bodyText(`${field} (as stored at ASPOne)`, text);
}

function changesAnything(modification: AlertModification): boolean {
	return [...SWITCHES, ...MAIL_LISTS, 'alerts' as const].some(
		(name) => modification[name] !== undefined,
	);
}

function checkedMails(field: string, mails: string[]): string[] {
	const unique = [...new Map(mails.map((mail) => [mail.toLowerCase(), mail])).values()];
	if (unique.length > MAILS.most)
		throw invalidInput(
			field,
			`must have at most ${MAILS.most} addresses, and has ${unique.length}`,
		);
	for (const mail of unique) {
		bodyText(field, mail);
		if (!/^[^\s@<>()",;:\\]+@[^\s@<>()",;:\\]+\.[^\s@<>()",;:\\.]+$/.test(mail))
			throw invalidInput(field, `must be e-mail addresses, and "${mail.slice(0, 60)}" is none`);
	}
	const { length } = unique.join(';');
	if (length > MAILS.length)
		throw invalidInput(
			field,
			`must have at most ${MAILS.length} characters in all, and has ${length}`,
		);
	return unique;
}

function checkMailLists({ mails, mailsToAdd = [], mailsToDelete = [] }: AlertModification): void {
	if (mails && (mailsToAdd.length > 0 || mailsToDelete.length > 0))
		throw invalidInput(
			LABELS.mails,
			'replaces the whole list and cannot be combined with mails to add or to delete',
			'Give either the whole list, or what to add and to delete.',
		);
	const deleted = mailsToDelete.map((mail) => mail.toLowerCase());
	const both = mailsToAdd.find((mail) => deleted.includes(mail.toLowerCase()));
	if (both) throw invalidInput(LABELS.mailsToAdd, `holds "${both}", which is also to be deleted`);
}

function checkedAlerts(
	alerts: NonNullable<AlertModification['alerts']>,
): AlertModification['alerts'] {
	const byCell = new Map<string, (typeof alerts)[number]>();
	for (const alert of alerts) {
		if (!isCode(alert.procedure))
			throw invalidInput(
				LABELS.alerts,
				`holds "${alert.procedure.slice(0, 30)}", which is no code`,
			);
		const cell = alertKey(alert);
		const broken = brokenRule(alert);
		if (broken) throw invalidInput(LABELS.alerts, `holds an impossible one: "${cell}" ${broken}`);
		const earlier = byCell.get(cell);
		if (earlier && (earlier.active !== alert.active || earlier.delayDays !== alert.delayDays))
			throw invalidInput(LABELS.alerts, `says two different things about "${cell}"`);
		byCell.set(cell, alert);
	}
	return [...byCell.values()];
}
