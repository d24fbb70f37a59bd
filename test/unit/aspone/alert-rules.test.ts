import {
	type AlertSetting,
	brokenRule,
	knownProcedure,
	MESSAGE_TYPES,
	possibleAlerts,
	PROCEDURES,
} from '../../../nodes/AspOneAlert/api/alert-rules';
import { differences } from '../../../nodes/AspOneAlert/api/differences';
import type { AlertConfiguration } from '../../../nodes/AspOneAlert/api/configuration';
import {
	checkedAccountName,
	checkedModification,
} from '../../../nodes/AspOneAlert/api/modification';

/**
 * The whole matrix written out by hand from the specification (section 2.2.1, annex 4.1), not
 * computed from the tables under test. n: negative exists, p: positive exists, -: neither.
 */
const MATRIX: Record<string, [ACS: string, ARS: string, AIS: string, RCP: string]> = {
	TDFC: ['n', 'np', '-', 'p'],
	TVA: ['n', 'np', '-', 'p'],
	PAIEMENT: ['n', 'np', '-', 'p'],
	'DADS-U': ['n', 'np', '-', '-'],
	DUCS: ['n', 'np', 'p', '-'],
	DUE: ['n', 'np', '-', '-'],
	DPAE: ['n', 'np', '-', '-'],
	AED: ['n', 'np', 'p', '-'],
	DSI: ['n', 'np', '-', '-'],
	REQUETE: ['n', 'np', 'p', '-'],
	IR: ['n', 'np', '-', 'p'],
	DSN: ['n', 'np', 'p', '-'],
	DRP: ['n', 'np', '-', '-'],
	OGA: ['n', 'np', 'p', 'p'],
	PART: ['n', 'np', '-', '-'],
};

const cells = Object.entries(MATRIX).flatMap(([procedure, row]) =>
	row.flatMap((answers, index) =>
		[true, false].map((positive) => ({
			setting: { procedure, type: MESSAGE_TYPES[index], positive, active: true } as AlertSetting,
			exists: answers.includes(positive ? 'p' : 'n'),
		})),
	),
);

const DELAYS = [undefined, -1, 0, 1, 99, 100, 1.5, NaN];

describe('the matrix of procedures, message types, answers and delays', () => {
	it('covers every procedure and type of the specification', () => {
		expect(Object.keys(MATRIX)).toEqual([...PROCEDURES]);
		expect(cells).toHaveLength(15 * 4 * 2);
	});

	it.each(cells)(
		'$setting.procedure $setting.type positive=$setting.positive',
		({ setting, exists }) => {
			for (const delayDays of DELAYS) {
				const delayIsRight = setting.positive
					? delayDays === undefined
					: delayDays === 0 || delayDays === 1 || delayDays === 99;
				expect({ delayDays, broken: brokenRule({ ...setting, delayDays }) !== undefined }).toEqual({
					delayDays,
					broken: !(exists && delayIsRight),
				});
			}
			const shown = possibleAlerts(setting.procedure).some(
				({ type, positive }) => type === setting.type && positive === setting.positive,
			);
			expect(shown).toBe(exists);
		},
	);

	it('takes a procedure in any case and with or without its hyphen', () => {
		expect(['dadsu', 'DADS-U', 'Dads_U', 'tva'].map(knownProcedure)).toEqual([
			'DADS-U',
			'DADS-U',
			'DADS-U',
			'TVA',
		]);
		expect(knownProcedure('TVAX')).toBeUndefined();
	});
});

describe('a modification before it is sent', () => {
	const accountName = 'CABINET01';
	const alert: AlertSetting = {
		procedure: 'TVA',
		type: 'ARS',
		positive: false,
		active: true,
		delayDays: 3,
	};

	it('loses empty lists and repetitions, and nothing else', () => {
		expect(
			checkedModification({
				accountName,
				alertActive: false,
				mails: [],
				mailsToAdd: ['a@b.fr', 'A@B.fr'],
				alerts: [alert, { ...alert }],
			}),
		).toEqual({ accountName, alertActive: false, mailsToAdd: ['A@B.fr'], alerts: [alert] });
	});

	it.each([
		['no change at all', {}, /changes nothing/],
		['only empty lists', { mails: [], alerts: [] }, /changes nothing/],
		['the list and additions', { mails: ['a@b.fr'], mailsToAdd: ['c@d.fr'] }, /cannot be combined/],
		[
			'the list and deletions',
			{ mails: ['a@b.fr'], mailsToDelete: ['c@d.fr'] },
			/cannot be combined/,
		],
		['four addresses', { mailsToAdd: [1, 2, 3, 4].map((n) => `${n}@b.fr`) }, /at most 3/],
		['251 characters', { mails: [`${'a'.repeat(246)}@b.fr`] }, /at most 250 characters/],
		['something that is no address', { mailsToDelete: ['a.b.fr'] }, /e-mail addresses/],
		['two addresses in one', { mails: ['a@b.fr;c@d.fr'] }, /e-mail addresses/],
		[
			'the same to add and to delete',
			{ mailsToAdd: ['a@b.fr'], mailsToDelete: ['A@b.fr'] },
			/also to be deleted/,
		],
		[
			'two delays for one alert',
			{ alerts: [alert, { ...alert, delayDays: 4 }] },
			/two different things/,
		],
		['an impossible alert', { alerts: [{ ...alert, type: 'RCP' as const }] }, /always positive/],
	])('is refused with %s', (_name, change, problem) => {
		expect(() => checkedModification({ accountName, ...change })).toThrow(problem);
	});

	it('takes names of nine characters, longer ones when told to, and never markup', () => {
		expect(checkedAccountName('A23456789')).toBe('A23456789');
		expect(() => checkedAccountName('A234567890')).toThrow(/at most 9 characters/);
		expect(checkedAccountName('IdCompte.IdCP', true)).toBe('IdCompte.IdCP');
		for (const name of ['', 'a<b', 'a\u0001', 'a\nb', '\ud800', '\uffff'])
			expect(() => checkedAccountName(name, true)).toThrow(/^Account Name/);
	});
});

describe('differences', () => {
	const current: AlertConfiguration = {
		accountName: 'A',
		alertActive: true,
		sendAdmin: null,
		secondaryAccountAlert: false,
		sendMultiplePaiement: false,
		sendTest: false,
		mails: ['One@x.fr', 'two@x.fr'],
		procedures: [
			{
				procedure: 'TVA',
				messageServices: [
					{ type: 'ARS', positive: false, active: true, delayDays: 5 },
					{ type: 'ARS', positive: true, active: false, delayDays: null },
				],
			},
		],
		otherElements: {},
	};
	const of = (change: object) =>
		differences(current, checkedModification({ accountName: 'A', ...change })).map(
			({ what, from, to }) => ({ what, from, to }),
		);
	const negative = (delayDays: number, active = true) => ({
		alerts: [{ procedure: 'TVA', type: 'ARS', positive: false, active, delayDays }],
	});

	it.each([
		['a switch that is so already', { alertActive: true }, []],
		['a switch', { alertActive: false }, [{ what: 'alertActive', from: true, to: false }]],
		[
			'a switch that the answer did not show',
			{ sendAdmin: true },
			[{ what: 'sendAdmin', from: null, to: true }],
		],
		['the same list in another order', { mails: ['two@x.fr', 'one@x.fr'] }, []],
		['an address that is there', { mailsToAdd: ['ONE@x.fr'] }, []],
		['an address that is not there', { mailsToDelete: ['three@x.fr'] }, []],
		[
			'another address',
			{ mailsToAdd: ['three@x.fr'], mailsToDelete: ['one@x.fr'] },
			[{ what: 'mails', from: 'One@x.fr, two@x.fr', to: 'two@x.fr, three@x.fr' }],
		],
		['the same alert', negative(5), []],
		[
			'another delay',
			negative(6),
			[{ what: 'TVA ARS negative', from: 'TVA ARS negative 5', to: 'TVA ARS negative 6' }],
		],
		[
			'an alert off',
			negative(0, false),
			[{ what: 'TVA ARS negative', from: 'TVA ARS negative 5', to: 'TVA ARS negative off' }],
		],
		[
			'an alert off that is off',
			{ alerts: [{ procedure: 'TVA', type: 'ARS', positive: true, active: false }] },
			[],
		],
	])('shows %s', (_name, change, expected) => {
		expect(of(change)).toEqual(expected);
	});

	it('warns of a procedure that the account does not list, and of a fourth address', () => {
		const found = differences(
			current,
			checkedModification({
				accountName: 'A',
				mailsToAdd: ['3@x.fr', '4@x.fr'],
				alerts: [{ procedure: 'DSN', type: 'AIS', positive: true, active: true }],
			}),
		);
		expect(found.map(({ note }) => note)).toEqual([
			expect.stringContaining('more than 3'),
			expect.stringContaining('does not list DSN'),
		]);
	});
});
