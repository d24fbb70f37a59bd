import fc from 'fast-check';

import { BUILT_IN_SCHEMA } from '../../../nodes/AspOneAlert/api/built-in-wsdl';
import {
	checkedAccountName,
	checkedModification,
} from '../../../nodes/AspOneAlert/api/modification';
import type { RecordValue } from '../../../nodes/AspOneAlert/api/request-shape';
import { parse, type Element } from '../../../sandbox/aspone/xml';
import { SCHEMA_XML } from '../../../sandbox/aspone/description';
import { envelopeOf, payloadOf, schemaErrors } from './scene';

const full: RecordValue = {
	accountName: 'CABINET01',
	alertActive: true,
	sendAdmin: false,
	secondaryAccountAlert: true,
	mails: ['a@x.fr', 'b@x.fr', 'c@x.fr'],
	mailsToAdd: ['d@x.fr'],
	mailsToDelete: ['e@x.fr'],
	sendMultiplePaiement: false,
	sendTest: true,
	teleprocedureAlert: [
		{
			teleProcedure: 'TVA',
			messageService: [
				{ actif: true, type: 'ARS', delai: '5', positif: false },
				{ actif: false, type: 'RCP', positif: true },
			],
		},
		{ teleProcedure: 'DADS-U', messageService: [{ actif: true, type: 'ARS', positif: true }] },
	],
};

/** The same value with the fields of every object in another order. */
function scrambled(value: unknown, random: () => number): unknown {
	if (Array.isArray(value)) return value.map((one) => scrambled(one, random));
	if (typeof value !== 'object' || value === null) return value;
	return Object.fromEntries(
		Object.entries(value)
			.map(([key, inner]) => ({ key, inner: scrambled(inner, random), at: random() }))
			.sort((a, b) => a.at - b.at)
			.map(({ key, inner }) => [key, inner]),
	);
}

/** Element names with their depth: what a value must never be able to change. */
function structure(element: Element, depth = 0): string[] {
	const own = `${'  '.repeat(depth)}{${element.namespace}}${element.name}`;
	return [own, ...element.children.flatMap((child) => structure(child, depth + 1))];
}

const textsOf = (element: Element): string[] =>
	element.children.length === 0 ? [element.text] : element.children.flatMap(textsOf);

/** Strings that have broken writers of XML before, and random ones. */
const hostile = fc.oneof(
	fc.string({ unit: 'binary', maxLength: 40 }),
	fc.string({
		unit: fc.constantFrom(...'<>&"\'![]CDATA/-:=x \u0000\u0001\r\n\t\ud800é€'),
		maxLength: 40,
	}),
	fc
		.string({ maxLength: 20 })
		.map((text) => `<![CDATA[</accountName><alertActive>false</alertActive>${text}]]>`),
	fc.constantFrom('$xml', '_xml', '</password><x/>', '&lt;x/&gt;', ']]>', '<!--', '__proto__'),
);

describe('the body of a request', () => {
	it.each(Array.from({ length: 8 }, (_, seed) => seed))(
		'is valid against the schema, whatever the order of its fields (%i)',
		async (seed) => {
			let state = seed + 1;
			const random = () => (state = (state * 16807) % 2147483647) / 2147483647;
			const values = scrambled(full, random) as RecordValue;
			const payload = payloadOf(await envelopeOf('modifyConfigurationAlert', values));
			expect(await schemaErrors(payload, BUILT_IN_SCHEMA)).toEqual([]);
			expect(payload.match(/<mails>/g)).toHaveLength(3);
		},
	);

	it('is valid against the schema that the sandbox describes itself with', async () => {
		const payload = payloadOf(await envelopeOf('modifyConfigurationAlert', full));
		expect(await schemaErrors(payload, SCHEMA_XML)).toEqual([]);
		const reordered = payload.replace('<sendTest>', '<actif/><sendTest>');
		expect(await schemaErrors(reordered, SCHEMA_XML)).not.toEqual([]);
	});

	it('is the bare account name for a read', async () => {
		const payload = payloadOf(await envelopeOf('getConfigurationAlert', 'A&B'));
		expect(payload).toBe(
			'<accountName xmlns="http://aspone.fr/mb/webservices">A&amp;B</accountName>',
		);
		expect(await schemaErrors(payload, BUILT_IN_SCHEMA)).toEqual([]);
	});

	it('would not be valid with an element that the schema does not know', async () => {
		const payload = payloadOf(await envelopeOf('modifyConfigurationAlert', full)).replace(
			'<sendTest>',
			'<sendTests/><sendTest>',
		);
		expect(await schemaErrors(payload, BUILT_IN_SCHEMA)).not.toEqual([]);
	});

	it('leaves out what is not given', async () => {
		const payload = payloadOf(
			await envelopeOf('modifyConfigurationAlert', { accountName: 'A', alertActive: false }),
		);
		expect(payload).toMatch(/><accountName>A<\/accountName><alertActive>false<\/alertActive><\//);
	});
});

describe('no text of a user', () => {
	let expected: string[];

	beforeAll(async () => {
		expected = structure(
			await parse(
				await envelopeOf('modifyConfigurationAlert', {
					accountName: 'A',
					mails: ['a@x.fr'],
					teleprocedureAlert: [
						{
							teleProcedure: 'TVA',
							messageService: [{ actif: true, type: 'ARS', positif: true }],
						},
					],
				}),
			),
		);
	});

	it('adds an element to the envelope, through any field', async () => {
		let sent = 0;
		const check = async (field: string, text: string) => {
			const values = { accountName: 'A', mail: 'a@x.fr', procedure: 'TVA', [field]: text };
			let modification;
			try {
				checkedAccountName(values.accountName, true);
				modification = checkedModification({
					accountName: values.accountName,
					mails: [values.mail],
					alerts: [{ procedure: values.procedure, type: 'ARS', positive: true, active: true }],
				});
			} catch (error) {
				// Refused before anything is written: as good as harmless.
				expect(error).toMatchObject({ code: 'invalid_input' });
				return;
			}
			const envelope = await envelopeOf('modifyConfigurationAlert', {
				accountName: modification.accountName,
				mails: modification.mails ?? [],
				teleprocedureAlert: (modification.alerts ?? []).map(({ procedure }) => ({
					teleProcedure: procedure,
					messageService: [{ actif: true, type: 'ARS', positif: true }],
				})),
			});
			const tree = await parse(envelope);
			expect(structure(tree)).toEqual(expected);
			expect(textsOf(tree)).toContain(text);
			sent += 1;
		};
		await fc.assert(
			fc.asyncProperty(fc.constantFrom('accountName', 'mail', 'procedure'), hostile, check),
			{ numRuns: 400 },
		);
		await fc.assert(
			fc.asyncProperty(fc.string({ unit: 'grapheme', minLength: 1 }), async (text) => {
				await check('accountName', text);
			}),
		);
		expect(sent).toBeGreaterThan(20);
	});

	it('adds an element to the envelope, through the credential, and each one arrives as it is', async () => {
		let sent = 0;
		const fields = fc.constantFrom('login', 'password', 'whiteLabel');
		await fc.assert(
			fc.asyncProperty(fields, hostile, async (field, text) => {
				let envelope;
				try {
					envelope = await envelopeOf('getConfigurationAlert', 'A', { [field]: text });
				} catch (error) {
					expect(error).toMatchObject({ code: 'invalid_input' });
					return;
				}
				const tree = await parse(envelope);
				const plain = structure(await parse(await envelopeOf('getConfigurationAlert', 'A')));
				expect(structure(tree)).toEqual(plain);
				if (text.trim() !== '') expect(textsOf(tree)).toContain(text);
				sent += 1;
			}),
			{ numRuns: 400 },
		);
		expect(sent).toBeGreaterThan(50);
	});
});
