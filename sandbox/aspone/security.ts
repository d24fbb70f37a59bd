import { createHash, timingSafeEqual } from 'node:crypto';

import type { MockClock } from '../mock-server';
import { Fault } from './faults';
import { type Element, onlyChild } from './xml';

const WSS = 'http://docs.oasis-open.org/wss/2004/01/oasis-200401-wss';
export const WSSE = `${WSS}-wssecurity-secext-1.0.xsd`;
const WSU = `${WSS}-wssecurity-utility-1.0.xsd`;
const DIGEST = `${WSS}-username-token-profile-1.0#PasswordDigest`;
const BASE64 = `${WSS}-soap-message-security-1.0#Base64Binary`;

/**
 * Guideline of the UsernameToken profile for how old a token may be, and for how long nonces are
 * remembered.
 */
const FRESH_MS = 5 * 60_000;

/** How far ahead of ours the sender's clock may be. */
const AHEAD_MS = 60_000;

/**
 * Checks the white label's UsernameToken as WSS4J does: type, digest, freshness, and that its nonce
 * is new.
 */
export class TokenCheck {
	private readonly nonces = new Map<string, number>();

	constructor(private readonly clock: MockClock) {}

	forget(): void {
		this.nonces.clear();
	}

	/** @throws Fault in the words of WSS4J */
	verify(security: Element | undefined, whiteLabel: { login: string; password: string }): void {
		if (security?.attributes.mustUnderstand !== '1') throw invalid('Missing wsse:Security header');
		const token = onlyChild(security, 'UsernameToken', WSSE);
		if (!token || security.children.length !== 1)
			throw invalid('Exactly one UsernameToken and no Timestamp is expected');
		const [username, password, nonce, created] = [
			onlyChild(token, 'Username', WSSE),
			onlyChild(token, 'Password', WSSE),
			onlyChild(token, 'Nonce', WSSE),
			onlyChild(token, 'Created', WSU),
		];
		if (!username || !password || !nonce || !created || token.children.length !== 4)
			throw invalid('Username, Password, Nonce and Created are expected');
		if (password.attributes.Type !== DIGEST) throw invalid('Only PasswordDigest is accepted');
		if (nonce.attributes.EncodingType !== BASE64) throw invalid('Nonce has a wrong EncodingType');
		this.checkFresh(created.text);
		const bytes = Buffer.from(nonce.text, 'base64');
		if (bytes.length < 16) throw invalid('The nonce is too short');
		const expected = createHash('sha1')
			.update(Buffer.concat([bytes, Buffer.from(created.text + whiteLabel.password, 'utf8')]))
			.digest();
		const given = Buffer.from(password.text, 'base64');
		const same = given.length === expected.length && timingSafeEqual(given, expected);
		if (!same || username.text !== whiteLabel.login)
			throw new Fault(
				'wsse:FailedAuthentication',
				'The security token could not be authenticated or authorized',
			);
		this.checkNew(nonce.text);
	}

	private checkFresh(created: string): void {
		if (!/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d{1,3})?Z$/.test(created))
			throw invalid('Created is not a UTC time');
		const age = this.clock.milliseconds() - Date.parse(created);
		if (age > FRESH_MS || age < -AHEAD_MS)
			throw new Fault('wsse:MessageExpired', 'The message has expired');
	}

	private checkNew(nonce: string): void {
		const now = this.clock.milliseconds();
		for (const [old, until] of this.nonces) if (until < now) this.nonces.delete(old);
		if (this.nonces.has(nonce)) throw invalid('A replay attack has been detected');
		this.nonces.set(nonce, now + FRESH_MS + AHEAD_MS);
	}
}

const invalid = (text: string): Fault =>
	new Fault('wsse:InvalidSecurity', `An error was discovered processing the header: ${text}`);
