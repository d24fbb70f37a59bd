import fc from 'fast-check';

import { formatAlert, parseAlertList } from '../../../nodes/AspOneAlert/api/alert-list';
import {
	type AlertSetting,
	brokenRule,
	MESSAGE_TYPES,
	PROCEDURES,
} from '../../../nodes/AspOneAlert/api/alert-rules';
import { alertsFromList } from '../../../nodes/AspOneAlert/procedures/alert-input';

const options = { field: 'Alerts' };
const read = (text: string) => parseAlertList(text, options);

describe('the readable list of alerts', () => {
	it('reads what its example shows', () => {
		expect(read('TVA, TDFC ARS negative 5\nDSN AIS positive\n\nTVA ACS negative off')).toEqual([
			{ procedure: 'TVA', type: 'ARS', positive: false, active: true, delayDays: 5 },
			{ procedure: 'TDFC', type: 'ARS', positive: false, active: true, delayDays: 5 },
			{ procedure: 'DSN', type: 'AIS', positive: true, active: true },
			{ procedure: 'TVA', type: 'ACS', positive: false, active: false, delayDays: 0 },
		]);
	});

	it.each([
		['dadsu ars négatif délai 10 jours', 'DADS-U ARS negative 10'],
		['ACS: TVA after 3 days', 'TVA ACS negative 3'],
		['TVA RCP', 'TVA RCP positive'],
		['TVA ARS -  7d', 'TVA ARS negative 7'],
		['ARS + TVA', 'TVA ARS positive'],
		['TVA ARS positif inactif', 'TVA ARS positive off'],
	])('reads "%s"', (text, expected) => {
		expect(read(text).map(formatAlert)).toEqual([expected]);
	});

	it.each([
		['TVA ARS', /line 1 does not say whether/],
		['TVA negative 5', /line 1 names no message type/],
		['DSN AIS positive; ARS negative 5', /line 2 names no procedure/],
		['TVA ARS ACS negative 5', /says twice what the message type is/],
		['TVA ARS negative 5 6', /says twice what the delay is/],
		['TVA ARS negative soon', /unknown word "soon"/],
		['TVAX ARS negative 5', /unknown word "TVAX"/],
		['<b> ARS negative 5', /unknown word "<b>"/],
	])('refuses "%s" and names the line', (text, problem) => {
		expect(() => read(text)).toThrow(problem);
	});

	it('takes a procedure of later times when told to, but nothing that is more than a code', () => {
		const unlisted = { ...options, unlistedProcedures: true };
		expect(parseAlertList('NEWPROC ARS positive', unlisted)[0].procedure).toBe('NEWPROC');
		expect(() => parseAlertList('<NEW> ARS positive', unlisted)).toThrow(/unknown word/);
	});

	it('reads back whatever it wrote', () => {
		const possible = fc
			.record({
				procedure: fc.constantFrom(...PROCEDURES),
				type: fc.constantFrom(...MESSAGE_TYPES),
				positive: fc.boolean(),
				active: fc.boolean(),
				delayDays: fc.option(fc.integer({ min: 0, max: 99 }), { nil: undefined }),
			})
			.map(({ delayDays, ...rest }): AlertSetting => {
				if (rest.positive) return rest;
				return { ...rest, delayDays: delayDays ?? 0 };
			})
			.filter((setting) => brokenRule(setting) === undefined);
		fc.assert(
			fc.property(fc.array(possible, { maxLength: 5 }), (settings) => {
				expect(read(settings.map(formatAlert).join('\n'))).toEqual(settings);
			}),
		);
	});
});

describe('alerts as JSON', () => {
	it('takes names of Get and of the specification, and lines', () => {
		const list = [
			{ procedure: 'tva', type: 'ars', positive: false, delayDays: 5 },
			{ teleProcedure: 'DSN', type: 'AIS', positif: 'true', actif: 'false' },
			{ procedures: ['TVA', 'TDFC'], type: 'ACS', answer: 'negative', delai: '2' },
			'TVA RCP',
		];
		const expected = [
			'TVA ARS negative 5',
			'DSN AIS positive off',
			'TVA ACS negative 2',
			'TDFC ACS negative 2',
			'TVA RCP positive',
		];
		expect(alertsFromList(list, options).map(formatAlert)).toEqual(expected);
		expect(alertsFromList(JSON.stringify(list), options).map(formatAlert)).toEqual(expected);
	});

	it.each([
		['[{', /not valid JSON/],
		[{ procedure: 'TVA' }, /JSON list of lines or objects/],
		[[3], /JSON list of lines or objects/],
		[[['TVA SUCCESS']], /JSON list of lines or objects/],
		[[{ procedure: 'TVA', type: 'ARS' }], /answer \(entry 1\) must be positive or negative/],
		[[{ procedure: 'TVA', type: 'XXX', positive: true }], /must be ACS, ARS, AIS or RCP/],
		[[{ procedure: 'XX', type: 'ARS', positive: true }], /not a procedure of the specification/],
		[[{ procedure: 'TVA', type: 'ARS', positive: true, $xml: '<a/>' }], /unknown name "\$xml"/],
		[[{ procedure: 'TVA', type: 'ARS', positive: false, delay: 100 }], /at most 99/],
	])('refuses %j', (list, problem) => {
		expect(() => alertsFromList(list, options)).toThrow(problem);
	});
});
