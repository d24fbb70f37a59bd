import type { AlertSetting } from './alert-rules';
import { alertKey } from './alert-rules';
import { formatAlert } from './alert-list';
import {
	activeAlerts,
	type AlertConfiguration,
	type AlertModification,
	SWITCHES,
} from './configuration';

/** One thing that a modification would change in a configuration. */
export interface Difference {
	/** The field, or the alert: `TVA ARS negative`. */
	what: string;
	from: string | boolean | null;
	/** Null for what is no longer there. */
	to: string | boolean | null;
	/** What the person should know before sending it. */
	note?: string;
}

/**
 * What a modification would change in the configuration that the account has now; empty when it has
 * all of it already.
 */
export function differences(current: AlertConfiguration, wanted: AlertModification): Difference[] {
	return [
		...SWITCHES.flatMap((name) => {
			const to = wanted[name];
			return to === undefined || to === current[name]
				? []
				: [{ what: name, from: current[name], to }];
		}),
		...mailDifference(current, wanted),
		...(wanted.alerts ?? []).flatMap((alert) => alertDifference(current, alert)),
	];
}

/**
 * What is different afterwards although the modification says nothing about it: cleared by the
 * service, or changed by somebody else meanwhile.
 */
export function otherChanges(
	before: AlertConfiguration,
	after: AlertConfiguration,
	wanted: AlertModification,
): Difference[] {
	return [
		...SWITCHES.flatMap((name) => {
			const [from, to] = [before[name], after[name]];
			const said = wanted[name] !== undefined || from === null || to === null;
			return said || from === to ? [] : [{ what: name, from, to }];
		}),
		...otherMails(before, after, wanted),
		...otherAlerts(before, after, wanted),
	];
}

function otherMails(
	before: AlertConfiguration,
	after: AlertConfiguration,
	wanted: AlertModification,
): Difference[] {
	if (wanted.mails) return [];
	const lower = (mails: string[] = []) => mails.map(same);
	const asked = [...lower(wanted.mailsToAdd), ...lower(wanted.mailsToDelete)];
	const [was, is] = [lower(before.mails), lower(after.mails)];
	const moved = [
		...was.filter((mail) => !is.includes(mail)),
		...is.filter((mail) => !was.includes(mail)),
	];
	return moved.every((mail) => asked.includes(mail))
		? []
		: [{ what: 'mails', from: before.mails.join(', '), to: after.mails.join(', ') }];
}

function otherAlerts(
	before: AlertConfiguration,
	after: AlertConfiguration,
	wanted: AlertModification,
): Difference[] {
	const asked = new Set((wanted.alerts ?? []).map(alertKey));
	const [was, is] = [linesByAlert(before), linesByAlert(after)];
	const subscriptions = before.procedures
		.map(({ procedure }) => procedure)
		.filter((code) => !after.procedures.some(({ procedure }) => procedure === code))
		.map((code) => ({ what: `procedure ${code}`, from: code, to: null }));
	const alerts = [...new Set([...was.keys(), ...is.keys()])]
		.filter((key) => !asked.has(key) && was.get(key) !== is.get(key))
		.map((key) => ({ what: key, from: was.get(key) ?? null, to: is.get(key) ?? null }));
	return [...subscriptions, ...alerts];
}

/** The active alerts as lines, by what they are about; several about the same thing together. */
function linesByAlert(configuration: AlertConfiguration): Map<string, string> {
	const lines = new Map<string, string[]>();
	for (const alert of activeAlerts(configuration)) {
		const key = alertKey(alert);
		lines.set(key, [...(lines.get(key) ?? []), formatAlert(alert)].sort());
	}
	return new Map([...lines].map(([key, texts]) => [key, texts.join('; ')]));
}

const same = (mail: string) => mail.toLowerCase();

/** The list of recipients that a modification leads to. */
function mailsAfter({ mails: now }: AlertConfiguration, wanted: AlertModification): string[] {
	if (wanted.mails) return wanted.mails;
	const deleted = (wanted.mailsToDelete ?? []).map(same);
	const kept = now.filter((mail) => !deleted.includes(same(mail)));
	const known = kept.map(same);
	return [...kept, ...(wanted.mailsToAdd ?? []).filter((mail) => !known.includes(same(mail)))];
}

function mailDifference(current: AlertConfiguration, wanted: AlertModification): Difference[] {
	const after = mailsAfter(current, wanted);
	const text = (mails: string[]) => mails.map(same).sort().join(', ');
	if (text(after) === text(current.mails)) return [];
	return [
		{
			what: 'mails',
			from: current.mails.join(', '),
			to: after.join(', '),
			...(after.length > 3
				? { note: 'The list would have more than 3 addresses, which the service may refuse.' }
				: {}),
		},
	];
}

function alertDifference(current: AlertConfiguration, wanted: AlertSetting): Difference[] {
	const subscribed = current.procedures.find(({ procedure }) => procedure === wanted.procedure);
	const now = subscribed?.messageServices.find(
		({ type, positive }) => type === wanted.type && positive === wanted.positive,
	);
	const delay = now?.delayDays ?? undefined;
	const alike = wanted.active
		? now?.active === true && (wanted.positive || delay === wanted.delayDays)
		: now?.active !== true;
	if (alike) return [];
	return [
		{
			what: alertKey(wanted),
			from: now
				? formatAlert({
						...wanted,
						active: now.active !== false,
						delayDays: now.active === false ? undefined : delay,
					})
				: null,
			to: formatAlert({ ...wanted, delayDays: wanted.active ? wanted.delayDays : undefined }),
			...(subscribed
				? {}
				: { note: `The account does not list ${wanted.procedure} among its procedures.` }),
		},
	];
}
