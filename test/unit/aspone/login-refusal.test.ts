import { readFileSync } from 'node:fs';
import path from 'node:path';

import { loginRefusal } from '../../../nodes/AspOneAlert/api/login-refusal';

const sentences = (name: string): string[] =>
	readFileSync(path.join(__dirname, 'sentences', name), 'utf8')
		.split('\n')
		.filter(Boolean);

const business = sentences('business-refusals.txt');
const logins = sentences('refused-logins.txt');

describe('a refused login', () => {
	it('has enough examples of both kinds', () => {
		expect(new Set(business).size).toBeGreaterThanOrEqual(200);
		expect(new Set(logins).size).toBeGreaterThanOrEqual(40);
	});

	it.each(logins)('is recognised in "%s"', (text) => {
		for (const form of [text, text.toUpperCase(), `ERR-17 ${text}.`, `Échec.\n${text}`])
			expect(loginRefusal([form])).toBeDefined();
	});

	it.each(business)('is not seen in "%s"', (text) => {
		for (const form of [text, text.toLowerCase(), `${text}.`, `ASPONE-12 : ${text}`])
			if (form !== text.toLowerCase() || !/[A-Z]{3}/.test(text))
				expect(loginRefusal([form])).toBeUndefined();
	});

	it('is not seen in what this side sent itself', () => {
		const text = 'Compte « mot de passe incorrect » : adresse login.refuse@x.fr inconnue';
		expect(loginRefusal([text])).toBeDefined();
		const echoes = ['mot de passe incorrect', 'login.refuse@x.fr'];
		expect(loginRefusal([text], { echoes })).toBeUndefined();
	});

	it('is recognised by the words of the credential in place of the usual ones, as whole words', () => {
		const loginWords = ["code d'accès erroné", 'verrou*'];
		expect(loginRefusal(['Code d’accès erroné !'], { loginWords })).toEqual({
			words: "code d'acces errone",
			certain: false,
		});
		expect(loginRefusal(['Accès verrouillé'], { loginWords })?.words).toBe('verrouille');
		expect(loginRefusal(['Mot de passe incorrect'], { loginWords })).toBeUndefined();
		expect(loginRefusal(['Adresse asso inconnue'], { loginWords: ['sso'] })).toBeUndefined();
	});
});
