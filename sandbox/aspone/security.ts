import { createHash, timingSafeEqual } from 'node:crypto';

import type { MockClock } from '../mock-server';
import { Fault } from './faults';
import type { AspOneBehaviour } from './model';
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

	constructor(
		private readonly clock: MockClock,
		private readonly rules: () => Pick<AspOneBehaviour, 'mustUnderstand' | 'created'>,
	) {}

	forget(): void {
		this.nonces.clear();
	}

	/** @throws Fault in the words of WSS4J */
	verify(security: Element | undefined, whiteLabel: { login: string; password: string }): void {
		const understood =
			this.rules().mustUnderstand === 'optional' || security?.attributes.mustUnderstand === '1';
		if (!security || !understood)
			throw invalid(
				'Missing wsse:Security header',
				security && 'The Security header has no mustUnderstand="1" (setting mustUnderstand)',
			);
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
		const expected = digestOf(bytes, created.text + whiteLabel.password);
		const given = Buffer.from(password.text, 'base64');
		const same = given.length === expected.length && timingSafeEqual(given, expected);
		if (!same || username.text !== whiteLabel.login)
			throw new Fault(
				'wsse:FailedAuthentication',
				'The security token could not be authenticated or authorized',
				'',
				username.text === whiteLabel.login
					? whyOther(given, nonce.text, created.text, whiteLabel.password)
					: `The white label is ${whiteLabel.login}, and "${username.text}" came`,
			);
		this.checkNew(nonce.text);
	}

	private checkFresh(created: string): void {
		const zone = this.rules().created === 'utc' ? 'Z' : '(Z|[+-]\\d\\d:\\d\\d)';
		if (
			!new RegExp(`^\\d{4}-\\d\\d-\\d\\dT\\d\\d:\\d\\d:\\d\\d(\\.\\d{1,3})?${zone}$`).test(created)
		)
			throw invalid('Created is not a UTC time', `Created is "${created}" (setting created)`);
		const age = this.clock.milliseconds() - Date.parse(created);
		if (age > FRESH_MS || age < -AHEAD_MS)
			throw new Fault(
				'wsse:MessageExpired',
				'The message has expired',
				'',
				`Created is ${Math.round(Math.abs(age) / 1000)} s ${age > 0 ? 'old' : 'ahead'}`,
			);
	}

	private checkNew(nonce: string): void {
		const now = this.clock.milliseconds();
		for (const [old, until] of this.nonces) if (until < now) this.nonces.delete(old);
		if (this.nonces.has(nonce)) throw invalid('A replay attack has been detected');
		this.nonces.set(nonce, now + FRESH_MS + AHEAD_MS);
	}
}

const digestOf = (nonce: Buffer, text: string): Buffer =>
	createHash('sha1')
		.update(Buffer.concat([nonce, Buffer.from(text, 'utf8')]))
		.digest();

/** The mistakes that people make with the digest, by what they would have sent. */
function whyOther(given: Buffer, nonce: string, created: string, password: string): string {
	const fromText = digestOf(Buffer.from(nonce, 'utf8'), created + password);
	if (given.equals(fromText)) return 'The digest was made of the nonce’s base64, not of its bytes';
	const hex = Buffer.from(given.toString('utf8'), 'hex');
	if (hex.equals(digestOf(Buffer.from(nonce, 'base64'), created + password)))
		return 'The digest came as base64 of its hexadecimal text';
	if (given.length !== 20) return `A digest has 20 bytes, and ${given.length} came`;
	return 'The digest is of another password, or of another Created or Nonce than was sent';
}

const invalid = (text: string, reason?: string): Fault =>
	new Fault(
		'wsse:InvalidSecurity',
		`An error was discovered processing the header: ${text}`,
		'',
		reason,
	);
