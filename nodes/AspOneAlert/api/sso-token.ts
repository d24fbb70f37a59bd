import { createHash } from 'node:crypto';

import { invalidInput } from '../../../lib/errors/guichet-error';
import { DEFAULT_TIME_ZONE } from './credential-defaults';

/**
 * The password of a user who signs on with the white label's shared key (WS Alert specification,
 * section 1.3.1.2): `sso:<AAMMJJ>:<HHmm>:<SHA-256 of key + login + date + time in hexadecimal>`.
 *
 * @param timeZone IANA name of the zone that date and time are written in
 */
export function ssoPassword(
	sharedKey: string,
	login: string,
	now = new Date(),
	timeZone = DEFAULT_TIME_ZONE,
): string {
	const { date, time } = dateAndTime(now, timeZone);
	const token = createHash('sha256')
		.update(sharedKey + login + date + time, 'utf8')
		.digest('hex');
	return `sso:${date}:${time}:${token}`;
}

function dateAndTime(now: Date, timeZone: string): { date: string; time: string } {
	const parts = Object.fromEntries(
		formatter(timeZone)
			.formatToParts(now)
			.map(({ type, value }) => [type, value]),
	);
	return {
		date: `${parts.year}${parts.month}${parts.day}`,
		time: `${parts.hour}${parts.minute}`,
	};
}

function formatter(timeZone: string): Intl.DateTimeFormat {
	try {
		return new Intl.DateTimeFormat('en-GB', {
			timeZone,
			hourCycle: 'h23',
			year: '2-digit',
			month: '2-digit',
			day: '2-digit',
			hour: '2-digit',
			minute: '2-digit',
		});
	} catch {
		throw unknownZone();
	}
}

function unknownZone(): Error {
	return invalidInput('SSO Time Zone', 'must be the name of a time zone such as Europe/Paris');
}
