import { invalidInput } from '../../../lib/errors/guichet-error';

export type HubEeEnvironment = 'production' | 'preproduction' | 'recette' | 'custom';

export interface HubEeUrls {
	/** Without a path: `https://api.hubee.numerique.gouv.fr`. */
	baseUrl: string;
	tokenUrl: string;
}

/**
 * The hosts of each environment (README of the public documentation, 2025; production as the
 * services in production use it).
 */
const HUBEE_ENVIRONMENTS: Record<Exclude<HubEeEnvironment, 'custom'>, HubEeUrls> = {
	production: {
		baseUrl: 'https://api.hubee.numerique.gouv.fr',
		tokenUrl: 'https://auth.hubee.numerique.gouv.fr/oauth2/token',
	},
	preproduction: {
		baseUrl: 'https://api.bas.hubee.numerique.gouv.fr',
		tokenUrl: 'https://auth.bas.hubee.numerique.gouv.fr/oauth2/token',
	},
	recette: {
		baseUrl: 'https://api.basrec.hubee.numerique.gouv.fr',
		tokenUrl: 'https://auth.basrec.hubee.numerique.gouv.fr/oauth2/token',
	},
};

/**
 * The addresses of an environment. Custom ones are taken as typed, with or without a trailing
 * slash, and with or without the `/teledossiers/v1` that documents print behind them.
 */
export function hubEeUrls(environment: string, customBaseUrl = '', customTokenUrl = ''): HubEeUrls {
	const known = Object.entries(HUBEE_ENVIRONMENTS).find(([name]) => name === environment);
	if (known) return known[1];
	return {
		baseUrl: httpUrl('Base URL', customBaseUrl).replace(/\/(teledossiers|referential)\/v1$/, ''),
		tokenUrl: httpUrl('Token URL', customTokenUrl),
	};
}

function httpUrl(field: string, value: string): string {
	const text = value.trim();
	const refuse = (problem: string) => invalidInput(`${field} of the HubEE credential`, problem);
	let url: URL;
	try {
		url = new URL(text);
	} catch {
		throw refused(refuse, text);
	}
	if (!/^https?:$/.test(url.protocol)) throw refused(refuse, text);
	if (url.search || url.hash) throw refuse('must not contain a query or a fragment');
	return `${url.origin}${url.pathname.replace(/\/+$/, '')}`;
}

function refused(refuse: (problem: string) => Error, text: string): Error {
	return refuse(text === '' ? 'is empty' : 'must be an address such as https://api.example.org');
}
