import type { AlertSetting } from './alert-rules';
import { alertKey } from './alert-rules';
import { formatAlert } from './alert-list';
import { type AlertConfiguration, type AlertModification, SWITCHES } from './configuration';

/** One thing that a modification would change in a configuration. */
export interface Difference {
	/** The field, or the alert: `TVA ARS negative`. */
	what: string;
	from: string | boolean | null;
	to: string | boolean;
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
				? formatAlert({ ...wanted, active: now.active, delayDays: now.active ? delay : undefined })
				: null,
			to: formatAlert({ ...wanted, delayDays: wanted.active ? wanted.delayDays : undefined }),
			...(subscribed
				? {}
				: { note: `The account does not list ${wanted.procedure} among its procedures.` }),
		},
	];
}
