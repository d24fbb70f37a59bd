import { createHash } from 'node:crypto';

import type { MockClock } from '../mock-server';
import { BusinessError } from './faults';
import type { AspOneBehaviour, User } from './model';

const LONGEST_WAIT_MS = 30 * 60_000;

/** How far the time of an SSO token may be off; the real validity is set for each white label. */
const SSO_VALIDITY_MS = 10 * 60_000;

/** Failed logins of a user, as the page and the tests see them. */
export interface LoginRecord {
	login: string;
	failures: number;
	/** Milliseconds since the epoch. */
	waitUntil: number;
	/** Calls that came although the user had to wait. */
	triesWhileWaiting: number;
	accepted: number;
}

/** Knows the users, and makes those wait who failed. */
export class Users {
	private readonly records = new Map<string, LoginRecord>();

	constructor(
		private readonly users: () => User[],
		private readonly clock: MockClock,
		private readonly behaviour: AspOneBehaviour,
	) {}

	forget(): void {
		this.records.clear();
	}

	list(): LoginRecord[] {
		return [...this.records.values()];
	}

	/** @throws BusinessError when the login is refused or has to wait */
	verify(login: string, password: string): void {
		const record = this.recordOf(login);
		const now = this.clock.milliseconds();
		if (record.waitUntil > now) {
			record.triesWhileWaiting += 1;
			const seconds = Math.ceil((record.waitUntil - now) / 1000);
			throw new BusinessError(`Trop de tentatives de connexion, patientez ${seconds} secondes`);
		}
		const user = this.users().find((one) => one.login === login);
		if (user && this.isRight(user, password)) {
			record.failures = 0;
			record.accepted += 1;
			return;
		}
		record.failures += 1;
		const wait = record.failures * this.behaviour.secondsPerFailure * 1000;
		record.waitUntil = now + Math.min(wait, LONGEST_WAIT_MS);
		throw new BusinessError(this.behaviour.loginRefusal);
	}

	private isRight(user: User, password: string): boolean {
		if (!password.startsWith('sso:')) return password === user.password;
		return user.administrator !== true && this.isSsoToken(user.login, password);
	}

	private isSsoToken(login: string, password: string): boolean {
		const [, date = '', time = '', token] = password.split(':');
		if (!/^\d{6}$/.test(date) || !/^\d{4}$/.test(time)) return false;
		const expected = createHash('sha256')
			.update(this.behaviour.sharedKey + login + date + time, 'utf8')
			.digest('hex');
		return token === expected && Math.abs(this.ageOf(date, time)) <= SSO_VALIDITY_MS;
	}

	/** Age of a local time, by comparing it with our time in the same zone. */
	private ageOf(date: string, time: string): number {
		const [year, month, day] = [date.slice(0, 2), date.slice(2, 4), date.slice(4, 6)];
		const given = Date.parse(
			`20${year}-${month}-${day}T${time.slice(0, 2)}:${time.slice(2, 4)}:00Z`,
		);
		const local = this.clock
			.now()
			.toLocaleString('sv-SE', { timeZone: this.behaviour.timeZone })
			.replace(' ', 'T');
		return Date.parse(`${local}Z`) - given;
	}

	private recordOf(login: string): LoginRecord {
		let record = this.records.get(login);
		if (!record) {
			record = { login, failures: 0, waitUntil: 0, triesWhileWaiting: 0, accepted: 0 };
			this.records.set(login, record);
		}
		return record;
	}
}
