import { generateKeyPair, randomBytes } from 'node:crypto';
import { promisify } from 'node:util';

import forge from 'node-forge';

const DAY_MS = 24 * 60 * 60 * 1000;

/** A private key and its certificate, both PEM. */
export interface CertifiedKey {
	key: string;
	certificate: string;
}

/** What a certificate says of its holder. */
export interface CertificateSubject {
	commonName: string;
	organization?: string;
}

interface Issuer {
	subject: forge.pki.CertificateField[];
	key: forge.pki.rsa.PrivateKey;
}

/** node:crypto makes the keys: forge's own generator takes seconds. */
async function rsaKeyPair(): Promise<{ publicKey: string; privateKey: string }> {
	return await promisify(generateKeyPair)('rsa', {
		modulusLength: 2048,
		publicKeyEncoding: { type: 'spki', format: 'pem' },
		privateKeyEncoding: { type: 'pkcs8', format: 'pem' },
	});
}

function fields(subject: CertificateSubject): forge.pki.CertificateField[] {
	const list: forge.pki.CertificateField[] = [{ name: 'commonName', value: subject.commonName }];
	if (subject.organization) {
		list.push({ name: 'organizationName', value: subject.organization });
	}
	return list;
}

function sign(
	publicKeyPem: string,
	subject: forge.pki.CertificateField[],
	issuer: Issuer,
	extensions: object[],
	validity: { from: Date; to: Date },
): string {
	const certificate = forge.pki.createCertificate();
	certificate.publicKey = forge.pki.publicKeyFromPem(publicKeyPem);
	// A positive number without leading zeros: OpenSSL refuses those, and one random number in some
	// hundreds would have them.
	certificate.serialNumber = `01${randomBytes(15).toString('hex')}`;
	certificate.validity.notBefore = validity.from;
	certificate.validity.notAfter = validity.to;
	certificate.setSubject(subject);
	certificate.setIssuer(issuer.subject);
	certificate.setExtensions(extensions);
	certificate.sign(issuer.key, forge.md.sha256.create());
	return forge.pki.certificateToPem(certificate);
}

/** Validity of what the authority signs; the default starts yesterday and ends in thirty days. */
export interface Validity {
	from: Date;
	to: Date;
}

function thirtyDays(): Validity {
	return { from: new Date(Date.now() - DAY_MS), to: new Date(Date.now() + 30 * DAY_MS) };
}

/** A certification authority that exists only for one run of the sandbox. */
export class TestAuthority {
	private constructor(
		/** Certificate of the authority (PEM): what a client has to trust. */
		readonly certificate: string,
		private readonly issuer: Issuer,
	) {}

	/** Without a name, one of its own: of two with one name, OpenSSL tries only the first. */
	static async create(commonName?: string): Promise<TestAuthority> {
		const pair = await rsaKeyPair();
		const key = forge.pki.privateKeyFromPem(pair.privateKey);
		const ownName = `Sandbox test authority ${randomBytes(4).toString('hex')}`;
		const subject = fields({ commonName: commonName ?? ownName, organization: 'Sandbox' });
		const issuer = { subject, key };
		const certificate = sign(
			pair.publicKey,
			subject,
			issuer,
			[
				{ name: 'basicConstraints', cA: true, critical: true },
				{ name: 'keyUsage', keyCertSign: true, cRLSign: true, critical: true },
				{ name: 'subjectKeyIdentifier' },
			],
			thirtyDays(),
		);
		return new TestAuthority(certificate, issuer);
	}

	private server: Promise<CertifiedKey> | undefined;

	/**
	 * Server certificate for `localhost`, `127.0.0.1` and `::1`; the same for all stands, because
	 * making a key takes its time.
	 */
	async issueServer(): Promise<CertifiedKey> {
		this.server ??= this.makeServer();
		return await this.server;
	}

	/** One of its own for each call, for the time given: an expired one, for example. */
	async makeServer(validity: Validity = thirtyDays()): Promise<CertifiedKey> {
		const pair = await rsaKeyPair();
		const certificate = sign(
			pair.publicKey,
			fields({ commonName: 'localhost' }),
			this.issuer,
			[
				{ name: 'basicConstraints', cA: false, critical: true },
				{ name: 'keyUsage', digitalSignature: true, keyEncipherment: true, critical: true },
				{ name: 'extKeyUsage', serverAuth: true },
				{
					name: 'subjectAltName',
					altNames: [
						{ type: 2, value: 'localhost' },
						{ type: 7, ip: '127.0.0.1' },
						{ type: 7, ip: '::1' },
					],
				},
			],
			validity,
		);
		return { key: pair.privateKey, certificate };
	}

	/**
	 * Certificate of a client (signature only), for services that identify their callers by
	 * certificate.
	 */
	async issueClient(
		subject: CertificateSubject,
		validity: Validity = thirtyDays(),
	): Promise<CertifiedKey> {
		const pair = await rsaKeyPair();
		const certificate = sign(
			pair.publicKey,
			fields(subject),
			this.issuer,
			[
				{ name: 'basicConstraints', cA: false, critical: true },
				{ name: 'keyUsage', digitalSignature: true, nonRepudiation: true, critical: true },
				{ name: 'extKeyUsage', clientAuth: true },
			],
			validity,
		);
		return { key: pair.privateKey, certificate };
	}
}
