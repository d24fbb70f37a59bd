import { readFileSync } from 'node:fs';
import path from 'node:path';

import * as fc from 'fast-check';

import { closeAllConnections } from '../../../lib/http/agents';
import { GuichetError } from '../../../lib/errors/guichet-error';
import { AlertClient } from '../../../nodes/AspOneAlert/api/alert-client';
import type { AlertSetting } from '../../../nodes/AspOneAlert/api/alert-rules';
import type { AlertModification } from '../../../nodes/AspOneAlert/api/configuration';
import { LoginThrottle } from '../../../nodes/AspOneAlert/api/login-throttle';
import {
	type ChangeOptions,
	changeWithOptions,
} from '../../../nodes/AspOneAlert/procedures/change';
import { configurationItem } from '../../../nodes/AspOneAlert/procedures/to-item';
import {
	type Account,
	type ActiveAlert,
	type AspOneBehaviour,
	type AspOneSandbox,
	startAspOneSandbox,
} from '../../../sandbox/aspone';
import { settingsFor } from '../../unit/aspone/scene';
import { step, testTruth } from '../runner';

let sandbox: AspOneSandbox;

beforeAll(async () => {
	sandbox = await startAspOneSandbox();
});

afterAll(async () => {
	await sandbox.close();
	closeAllConnections();
});

const BUSINESS = readFileSync(
	path.join(__dirname, '../../unit/aspone/sentences/business-refusals.txt'),
	'utf8',
)
	.split('\n')
	.filter(Boolean);

const ACCOUNTS = ['CABINET01', 'CLIENT02', 'CLIENT03'] as const;

/** Two people who use the same accounts, each with a login of their own. */
const LOGINS = ['CABINET01@aspone.fr', 'ADMIN@aspone.fr'] as const;

type Setting = Pick<AspOneBehaviour, 'shape' | 'omittedAlerts' | 'omittedFields' | 'order'>;

interface World {
	throttle: LoginThrottle;
	/** What the credential of each login holds. */
	passwords: Map<string, string>;
	/** An answer got lost: nobody can know whether the login was refused in it. */
	answerLost: boolean;
	/** Claims of the last step that the service does not bear out. */
	untrue: string[];
}

function open(setting: Setting): World {
	Object.assign(sandbox.behaviour, setting);
	return {
		throttle: new LoginThrottle(() => sandbox.mockServer.clock.milliseconds()),
		passwords: new Map(sandbox.users.map(({ login, password }) => [login, password])),
		answerLost: false,
		untrue: [],
	};
}

/** One execution of a workflow. */
const clientOf = ({ throttle, passwords }: World, login: string): AlertClient =>
	new AlertClient(
		settingsFor(sandbox, {
			user: { login, secret: { kind: 'password', password: passwords.get(login) ?? '' } },
		}),
		{
			throttle,
			now: () => sandbox.mockServer.clock.now(),
			retry: { maxTries: 2, firstDelayMs: 0 },
		},
	);

const failedLogins = () => sandbox.loginRecords().reduce((sum, { failures }) => sum + failures, 0);

const tooEarly = () =>
	sandbox.loginRecords().reduce((sum, { triesWhileWaiting }) => sum + triesWhileWaiting, 0);

/** Everything about an account, in an order of its own. */
const factsOf = (account: Account): Map<string, string> =>
	new Map([
		...(
			[
				'alertActive',
				'sendAdmin',
				'secondaryAccountAlert',
				'sendMultiplePaiement',
				'sendTest',
			] as const
		).map((name): [string, string] => [name, String(account[name])]),
		['mails', [...account.mails].sort().join()],
		...Object.entries(account.procedures).flatMap(([code, alerts]) =>
			alerts.map((alert): [string, string] => [
				keyOf(code, alert),
				`${alert.delay === null ? '' : alert.delay}`,
			]),
		),
	]);

const keyOf = (code: string, { type, positive }: ActiveAlert | AlertSetting): string =>
	`${code} ${type} ${positive ? 'positive' : 'negative'}`;

/** What is different between two states, by name. */
function changed(before: Account, after: Account): Set<string> {
	const [was, is] = [factsOf(before), factsOf(after)];
	return new Set([...was.keys(), ...is.keys()].filter((name) => was.get(name) !== is.get(name)));
}

const namesIn = (list: unknown): string[] =>
	(Array.isArray(list) ? list : []).map(({ what }: { what: string }) => what);

/** Whether the account has what was asked for. */
function holds(account: Account, wish: AlertModification): boolean {
	const facts = factsOf(account);
	const mails = account.mails;
	return (
		(wish.sendTest === undefined || account.sendTest === wish.sendTest) &&
		(wish.alertActive === undefined || account.alertActive === wish.alertActive) &&
		(wish.mailsToAdd ?? []).every((mail) => mails.includes(mail)) &&
		(wish.mailsToDelete ?? []).every((mail) => !mails.includes(mail)) &&
		(wish.alerts ?? []).every((alert) => {
			const stored = facts.get(keyOf(alert.procedure, alert));
			if (!alert.active) return stored === undefined;
			return stored === (alert.positive ? '' : String(alert.delayDays));
		})
	);
}

const asked = (wish: AlertModification): Set<string> =>
	new Set([
		...(wish.sendTest === undefined ? [] : ['sendTest']),
		...(wish.alertActive === undefined ? [] : ['alertActive']),
		...(wish.alerts ?? []).map((alert) => keyOf(alert.procedure, alert)),
	]);

/** A call of ours, and what its failure claims. */
async function attempt<Result>(
	world: World,
	accountName: string,
	call: () => Promise<Result>,
): Promise<Result | undefined> {
	const before = sandbox.configurations();
	const callsBefore = sandbox.mockServer.calls.counters().calls;
	const failuresBefore = failedLogins();
	const earlyBefore = tooEarly();
	const result = await call().catch((error: unknown) => {
		if (!(error instanceof GuichetError)) throw error;
		const { data, outcome } = error.details;
		const called = sandbox.mockServer.calls.counters().calls > callsBefore;
		if (outcome === 'not_done' && changesOf(before).length > 0)
			world.untrue.push(`"${error.message}" says that nothing was done`);
		if (error.code === 'invalid_input' && called && data === undefined)
			world.untrue.push(`"${error.message}" says that nothing was sent`);
		if (data?.notCalled === true && called) world.untrue.push('says that ASPOne was not called');
		if (data?.notCalled === true && failuresBefore === 0)
			world.untrue.push(`a good login has to wait: ${error.message}`);
		return undefined;
	});
	if (!world.answerLost && failedLogins() - failuresBefore > 1)
		world.untrue.push('a wrong login was tried twice');
	if (!world.answerLost && tooEarly() > earlyBefore)
		world.untrue.push('a login was tried while it had to wait');
	if (changesOf(before).some((name) => name !== accountName))
		world.untrue.push('another account was changed');
	return result;
}

const changesOf = (before: Account[]): string[] =>
	before
		.filter((account) => changed(account, sandbox.configuration(account.accountName)).size > 0)
		.map(({ accountName }) => accountName);

interface Change {
	account: number;
	login: number;
	wish: Omit<AlertModification, 'accountName'>;
	options: ChangeOptions;
}

async function change(world: World, { account, login, wish, options }: Change): Promise<void> {
	const accountName = ACCOUNTS[account % ACCOUNTS.length] ?? '';
	const client = clientOf(world, LOGINS[login % LOGINS.length] ?? '');
	const modification: AlertModification = { accountName, ...wish };
	const before = sandbox.configuration(accountName);
	const result = await attempt(
		world,
		accountName,
		async () => await changeWithOptions(client, modification, options),
	);
	if (!result) return;
	const after = sandbox.configuration(accountName);
	const say = (claim: string) => world.untrue.push(`${String(result.status)}: ${claim}`);
	if (result.status !== 'modified') {
		if (changed(before, after).size > 0) say('although the account was changed');
		const wouldChange = !holds(before, modification);
		if ((result.status === 'unchanged') === wouldChange) say('although the account differs');
		return;
	}
	if (result.verified === false) return;
	if ((namesIn(result.notApplied).length === 0) !== holds(after, modification))
		say(`notApplied is ${namesIn(result.notApplied).join()}`);
	sameAsStored(world, result, after);
	const wished = asked(modification);
	const others = [...changed(before, after)].filter((name) => !wished.has(name));
	const mailsAsked = [...(wish.mailsToAdd ?? []), ...(wish.mailsToDelete ?? [])];
	const moved = [
		...before.mails.filter((mail) => !after.mails.includes(mail)),
		...after.mails.filter((mail) => !before.mails.includes(mail)),
	];
	const expected = others.filter(
		(name) => name !== 'mails' || !moved.every((mail) => mailsAsked.includes(mail)),
	);
	const reads = options.skipUnchanged || options.sendCurrentAlerts;
	const told = namesIn(result.alsoChanged);
	if (told.sort().join() !== (reads ? expected : []).sort().join())
		say(`alsoChanged is ${told.join()}, and ${expected.join()} changed`);
}

/** The item of a configuration beside what is stored. */
function sameAsStored(world: World, item: Record<string, unknown>, account: Account): void {
	const alerts = Object.entries(account.procedures).flatMap(([code, list]) =>
		list.map((alert) =>
			[keyOf(code, alert), alert.delay].filter((part) => part !== null).join(' '),
		),
	);
	const facts = [
		[item.alertActive, account.alertActive],
		[item.sendTest, account.sendTest],
		[sorted(item.mails), sorted(account.mails)],
		[sorted(item.activeAlerts), sorted(alerts)],
		[sorted(item.procedures), sorted(Object.keys(account.procedures))],
	];
	for (const [shown, stored] of facts)
		if (shown !== stored) world.untrue.push(`shows ${String(shown)}, and has ${String(stored)}`);
}

const sorted = (list: unknown): string => (Array.isArray(list) ? [...list].sort().join() : '');

const mail = fc.constantFrom('a@x.fr', 'b@x.fr', 'c@x.fr');

const alert: fc.Arbitrary<AlertSetting> = fc.oneof(
	fc.record({
		procedure: fc.constantFrom('TVA', 'DSN'),
		type: fc.constantFrom('ARS' as const, 'ACS' as const),
		positive: fc.constant(false),
		active: fc.boolean(),
		delayDays: fc.integer({ min: 0, max: 99 }),
	}),
	fc.record({
		procedure: fc.constantFrom('TVA', 'DSN', 'TDFC'),
		type: fc.constant('ARS' as const),
		positive: fc.constant(true),
		active: fc.boolean(),
	}),
);

const wish = fc
	.record(
		{
			alertActive: fc.boolean(),
			sendTest: fc.boolean(),
			mailsToAdd: fc.uniqueArray(mail, { maxLength: 2 }),
			alerts: fc.uniqueArray(alert, {
				maxLength: 3,
				selector: (one) => keyOf(one.procedure, one),
			}),
		},
		{ requiredKeys: [] },
	)
	.filter((one) => Object.values(one).some((value) => !Array.isArray(value) || value.length > 0));

const options = fc.record({
	onlyReport: fc.boolean(),
	skipUnchanged: fc.boolean(),
	sendCurrentAlerts: fc.boolean(),
});

const storedAlert: fc.Arbitrary<ActiveAlert> = fc.constantFrom(
	{ type: 'ARS', positive: true, delay: null },
	{ type: 'ARS', positive: false, delay: 3 },
	{ type: 'ARS', positive: false, delay: 150 },
	{ type: 'AIS', positive: true, delay: null },
);

testTruth<World, Setting>({
	service: 'aspone',
	histories: 300,
	steps: 12,
	settings: fc.record({
		shape: fc.constantFrom('defaultNamespace', 'unqualified', 'prefixed'),
		omittedAlerts: fc.constantFrom('keep', 'clear'),
		omittedFields: fc.constantFrom('keep', 'clear'),
		order: fc.constantFrom('stored', 'reversed'),
	}),
	open: async (setting) => {
		await sandbox.mockServer.reset();
		return open(setting);
	},
	check: ({ untrue }) => {
		if (untrue.length > 0) throw new Error(untrue.join('\n'));
	},
	kinds: [
		step(
			'we change',
			8,
			fc.record({ account: fc.nat(2), login: fc.nat(1), wish, options }),
			change,
		),
		step('we read', 2, fc.tuple(fc.nat(2), fc.nat(1)), async (world: World, [account, login]) => {
			const accountName = ACCOUNTS[account] ?? '';
			const client = clientOf(world, LOGINS[login] ?? '');
			const read = await attempt(world, accountName, async () => await client.get(accountName));
			const stored = sandbox.configuration(accountName);
			if (read) sameAsStored(world, configurationItem(read, true), stored);
		}),
		step('eight executions read at once', 1, fc.nat(1), async (world: World, login) => {
			const calls = Array.from({ length: 8 }, async () =>
				clientOf(world, LOGINS[login] ?? '')
					.get('CLIENT02')
					.catch(() => undefined),
			);
			await attempt(world, 'CLIENT02', async () => await Promise.all(calls));
		}),
		step(
			'somebody else stores',
			3,
			fc.record({ account: fc.nat(2), active: fc.boolean(), alerts: fc.uniqueArray(storedAlert) }),
			(_world: World, { account, active, alerts }) =>
				sandbox.store(ACCOUNTS[account] ?? '', {
					alertActive: active,
					procedures: {
						TVA: alerts.filter(({ type }) => type === 'ARS').slice(0, 1),
						DSN: [],
						TDFC: [],
						NOUVELLE: alerts.filter(({ type }) => type === 'AIS'),
					},
				}),
		),
		step(
			'ASPOne refuses in its own words',
			2,
			fc.nat(BUSINESS.length - 1),
			(_world: World, index) => sandbox.refuseNext(BUSINESS[index] ?? ''),
		),
		step(
			'the network fails',
			2,
			fc.constantFrom('cutBefore' as const, 'cutAfter' as const, 'status' as const),
			(world: World, kind) => {
				world.answerLost ||= kind === 'cutAfter';
				sandbox.mockServer.failNext({
					method: 'POST',
					how: kind === 'status' ? { kind, status: 503 } : { kind },
				});
			},
		),
		step(
			'the answer is another one',
			1,
			fc.constantFrom('warning', 'twoAccounts', 'bothVerdicts', 'serverFault', 'empty', 'error'),
			(_world: World, name) => sandbox.answerNext(name),
		),
		step('the password is changed at ASPOne', 1, fc.nat(1), (_world: World, login) =>
			sandbox.setPassword(LOGINS[login] ?? '', 'Un-autre-mot-2026'),
		),
		step('the credential is corrected', 2, fc.nat(1), ({ passwords }: World, index) => {
			const user = sandbox.users.find(({ login }) => login === LOGINS[index]);
			if (user) passwords.set(user.login, user.password);
		}),
		step('minutes pass', 2, fc.integer({ min: 1, max: 40 }), (_world: World, minutes) =>
			sandbox.mockServer.clock.advance(minutes * 60_000),
		),
	],
});
