import { isMessageType, knownProcedure, onlyAnswer, possibleAlerts } from './alert-rules';
import type { XmlElement } from './answer';
import {
	type AlertConfiguration,
	type MessageServiceState,
	type ProcedureState,
	SWITCHES,
	type SwitchName,
} from './configuration';

/**
 * Deeper wrappers than the specification's headings can mean ("Option", "Notification") are not
 * looked into.
 */
const MOST_WRAPPERS = 4;

/**
 * Reads a configuration from the payload of a success, whatever shape it has: wrapper elements are
 * looked through, names are compared without case, lists may be repeated elements or one delimited
 * text.
 *
 * The service lists all procedures that the account subscribes to, but only the active message
 * services (specification of WS Alert, section 2.3): those that are missing are shown as inactive.
 *
 * @returns nothing when no part of a configuration is there: an account name alone is none
 */
export function readConfiguration(
	payload: XmlElement | undefined,
	askedFor: string,
): ConfigurationRead | undefined {
	const configuration: AlertConfiguration = {
		accountName: askedFor,
		alertActive: null,
		sendAdmin: null,
		secondaryAccountAlert: null,
		sendMultiplePaiement: null,
		sendTest: null,
		mails: [],
		procedures: [],
		otherElements: {},
	};
	const found = { configuration, accountNames: [] };
	const recognised = payload ? read(payload, found, [], 0) : false;
	return recognised ? found : undefined;
}

export interface ConfigurationRead {
	configuration: AlertConfiguration;
	/** Accounts that the answer names; it need not name one. */
	accountNames: string[];
}

/** Whether something was recognised below an element. */
function read(
	element: XmlElement,
	found: ConfigurationRead,
	path: string[],
	level: number,
): boolean {
	let recognised = false;
	for (const one of element.children) {
		const here = [...path, one.name];
		if (isAccountName(one)) found.accountNames.push(one.text);
		else if (takeField(one, found.configuration)) recognised = true;
		else if (one.children.length > 0 && level < MOST_WRAPPERS)
			recognised = read(one, found, here, level + 1) || recognised;
		else keepUnknown(found.configuration, here, one.text || `${one.children.length} elements`);
	}
	return recognised;
}

const isAccountName = ({ name, text }: XmlElement): boolean =>
	name.toLowerCase() === 'accountname' && text !== '';

/** Keeps what this package has no field for, or cannot read. */
function keepUnknown({ otherElements }: AlertConfiguration, path: string[], text: string): void {
	const key = path.join('/');
	// Names come from the service; a plain assignment would let one of them reach the prototype.
	const texts = Object.hasOwn(otherElements, key) ? (otherElements[key] ?? []) : [];
	Object.defineProperty(otherElements, key, {
		value: [...texts, text],
		enumerable: true,
		configurable: true,
		writable: true,
	});
}

function takeField(element: XmlElement, found: AlertConfiguration): boolean {
	const name = element.name.toLowerCase();
	const switchName = SWITCHES.find((one) => one.toLowerCase() === name);
	if (switchName) return takeSwitch(switchName, element, found);
	if (name === 'mails' || name === 'mail') {
		const texts = element.children.length > 0 ? element.children : [element];
		found.mails.push(...texts.flatMap(({ text }) => text.split(/[\s;,]+/)).filter(Boolean));
		return true;
	}
	if (name === 'teleprocedurealert' && procedureCode(element) !== undefined) {
		found.procedures.push(readProcedure(element, found));
		return true;
	}
	return false;
}

function takeSwitch(name: SwitchName, element: XmlElement, found: AlertConfiguration): boolean {
	const value = booleanOf(element.text);
	if (value === null && element.text !== '') return false;
	found[name] = value;
	return true;
}

function booleanOf(text: string): boolean | null {
	const lower = text.toLowerCase();
	if (['true', '1', 'o', 'oui'].includes(lower)) return true;
	return ['false', '0', 'n', 'non'].includes(lower) ? false : null;
}

const leaf = (element: XmlElement, ...names: string[]): string | undefined =>
	element.children.find(({ name }) => names.includes(name.toLowerCase()))?.text;

const procedureCode = (element: XmlElement): string | undefined =>
	leaf(element, 'teleprocedure', 'code');

function readProcedure(element: XmlElement, found: AlertConfiguration): ProcedureState {
	const code = procedureCode(element) ?? '';
	const procedure = knownProcedure(code) ?? code;
	const services = messageServices(element);
	const given = services.map((one) => readService(one, procedure, found));
	for (const one of element.children)
		if (one.children.length > 0 && !holdsService(one, services))
			keepUnknown(found, [procedure, one.name], textsOf(one));
	const missing = possibleAlerts(procedure)
		.filter(
			({ type, positive }) => !given.some((one) => one.type === type && one.positive === positive),
		)
		.map((one): MessageServiceState => ({ ...one, active: false, delayDays: null }));
	return { procedure, messageServices: [...given, ...missing] };
}

/** The message services of a procedure, directly below it or in a wrapper. */
function messageServices(element: XmlElement): XmlElement[] {
	return element.children.flatMap((one) => {
		if (leaf(one, 'type') !== undefined) return [one];
		return one.children.filter((inner) => leaf(inner, 'type') !== undefined);
	});
}

const holdsService = (element: XmlElement, services: XmlElement[]): boolean =>
	services.some((service) => service === element || element.children.includes(service));

/** All texts of an element that is not recognised. */
const textsOf = ({ children }: XmlElement): string =>
	children.map(({ name, text }) => `${name}=${text}`).join(', ');

function readService(
	element: XmlElement,
	procedure: string,
	found: AlertConfiguration,
): MessageServiceState {
	const written = leaf(element, 'type') ?? '';
	const type = isMessageType(written.toUpperCase()) ? written.toUpperCase() : written;
	const keep = (field: string, text: string): null => {
		if (text !== '') keepUnknown(found, [procedure, type, field], text);
		return null;
	};
	const positif = leaf(element, 'positif', 'positive') ?? '';
	const actif = leaf(element, 'actif', 'active') ?? '';
	const delai = leaf(element, 'delai', 'delay') ?? '';
	const positive = booleanOf(positif) ?? keep('positif', positif) ?? onlyAnswer(type);
	const days = /^\d{1,4}$/.test(delai) ? Number(delai) : keep('delai', delai);
	return {
		type,
		positive,
		// Only active services are listed, so one that does not say is active.
		active: actif === '' ? true : (booleanOf(actif) ?? keep('actif', actif)),
		// A schema may want a delay with positive answers too, where it is no wait.
		delayDays: positive === true && days === 0 ? null : days,
	};
}
