import type { Socket } from 'node:net';
import { type DetailedPeerCertificate, TLSSocket } from 'node:tls';

import { isObject } from '../answers/json';
import { ProxyFailure } from './tunnel-agent';

/** What a certificate says of itself, without whose it is. */
export interface CertificateFacts {
	validFrom: Date;
	validTo: Date;
	/** Signed by itself: the authority, or a certificate that nobody vouches for. */
	isSelfSigned: boolean;
}

/** Longer chains are not followed. */
const LONGEST_CHAIN = 10;

/**
 * Sees what a connection is like, for one request that is sent with it. Such a request has a
 * connection of its own: a kept one has nothing to tell.
 *
 * @example
 * const look = new ConnectionLook();
 * await exchange({ method: 'HEAD', url, tls, look }, 10_000);
 * console.log(look.tlsVersion, look.chain[0]?.validTo);
 */
export class ConnectionLook {
	/** From the certificate of the service upwards; empty without TLS. */
	chain: CertificateFacts[] = [];

	/** `TLSv1.3`. */
	tlsVersion?: string;

	/** Why there was no answer: Node's or OpenSSL's code, or one of a proxy. */
	failure?: string;

	/** A connection stood, TLS included. */
	isConnected = false;

	connected(socket: Socket): void {
		this.isConnected = true;
		if (!(socket instanceof TLSSocket)) return;
		this.tlsVersion = socket.getProtocol() ?? undefined;
		this.chain = chainOf(socket.getPeerCertificate(true));
	}

	failed(error: unknown): void {
		const { cause, code } = isObject(error) ? error : {};
		this.failure =
			cause instanceof ProxyFailure ? cause.code : typeof code === 'string' ? code : undefined;
	}
}

/** Node leaves the issuer out where the server did not send its certificate. */
const issuerOf = ({
	issuerCertificate,
}: Partial<DetailedPeerCertificate>): DetailedPeerCertificate | undefined => issuerCertificate;

function chainOf(first: DetailedPeerCertificate): CertificateFacts[] {
	const chain: CertificateFacts[] = [];
	let current: DetailedPeerCertificate | undefined = first;
	while (current?.valid_to && chain.length < LONGEST_CHAIN) {
		// The last one names itself as its issuer; of one that is not there nothing is said.
		const issuer = issuerOf(current);
		const isSelfSigned: boolean = issuer?.fingerprint256 === current.fingerprint256;
		const { valid_from: from, valid_to: to } = current;
		chain.push({ validFrom: new Date(from), validTo: new Date(to), isSelfSigned });
		current = isSelfSigned ? undefined : issuer;
	}
	return chain;
}
