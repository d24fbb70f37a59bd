import { possibleAlerts } from './alert-rules';
import { knownProcedure } from './alert-rules';
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
 * @returns nothing when no field of a configuration is there
 */
export function readConfiguration(
	payload: XmlElement | undefined,
	askedFor: string,
): AlertConfiguration | undefined {
	const found: AlertConfiguration = {
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
	const recognised = payload ? read(payload, found, [], 0) : false;
	return recognised ? found : undefined;
}

/** Whether something was recognised below an element. */
function read(
	element: XmlElement,
	found: AlertConfiguration,
	path: string[],
	level: number,
): boolean {
	let recognised = false;
	for (const one of element.children) {
		const here = [...path, one.name];
		if (take(one, found)) recognised = true;
		else if (one.children.length > 0 && level < MOST_WRAPPERS)
			recognised = read(one, found, here, level + 1) || recognised;
		else remember(found, here, one);
	}
	return recognised;
}

function remember(found: AlertConfiguration, path: string[], element: XmlElement): void {
	const key = path.join('/');
	// Names come from the service; a plain assignment would let one of them reach the prototype.
	const texts = Object.hasOwn(found.otherElements, key) ? found.otherElements[key] : [];
	Object.defineProperty(found.otherElements, key, {
		value: [...texts, element.text || `${element.children.length} elements`],
		enumerable: true,
		configurable: true,
		writable: true,
	});
}

function take(element: XmlElement, found: AlertConfiguration): boolean {
	const name = element.name.toLowerCase();
	const switchName = SWITCHES.find((one) => one.toLowerCase() === name);
	if (switchName) return takeSwitch(switchName, element, found);
	if (name === 'accountname') {
		if (element.text !== '') found.accountName = element.text;
		return true;
	}
	if (name === 'mails' || name === 'mail') {
		const texts = element.children.length > 0 ? element.children : [element];
		found.mails.push(...texts.flatMap(({ text }) => text.split(/[\s;,]+/)).filter(Boolean));
		return true;
	}
	if (/^teleprocedurealert$/.test(name) && procedureCode(element) !== undefined) {
		found.procedures.push(readProcedure(element));
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

function readProcedure(element: XmlElement): ProcedureState {
	const code = procedureCode(element) ?? '';
	const procedure = knownProcedure(code) ?? code;
	const given = messageServices(element).map(readService);
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

function readService(element: XmlElement): MessageServiceState {
	const type = (leaf(element, 'type') ?? '').toUpperCase();
	const delay = leaf(element, 'delai', 'delay') ?? '';
	const positive = booleanOf(leaf(element, 'positif', 'positive') ?? '') ?? false;
	return {
		type,
		positive,
		// Only active services are listed, so one that does not say is active.
		active: booleanOf(leaf(element, 'actif', 'active') ?? '') ?? true,
		delayDays: !positive && /^\d{1,4}$/.test(delay) ? Number(delay) : null,
	};
}
