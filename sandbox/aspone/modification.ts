import { BusinessError, Fault } from './faults';
import { type Account, type ActiveAlert, type AspOneBehaviour, SERVICE_NAMESPACE } from './model';
import type { Element } from './xml';

/** A child element: its type or its own children, and how often it may come. */
export interface Particle {
	name: string;
	/** A simple type of XML Schema, or the children in their order. */
	type: string | readonly Particle[];
	/** 0 when left out. */
	least?: number;
	/** 1 when left out. */
	most?: number;
}

const SERVICE: readonly Particle[] = [
	{ name: 'actif', type: 'boolean', least: 1 },
	{ name: 'type', type: 'string', least: 1 },
	{ name: 'delai', type: 'int' },
	{ name: 'positif', type: 'boolean', least: 1 },
];

/** Children of the payload in the schema's order. */
export const MODIFICATION: readonly Particle[] = [
	{ name: 'accountName', type: 'string', least: 1 },
	{ name: 'alertActive', type: 'boolean' },
	{ name: 'sendAdmin', type: 'boolean' },
	{ name: 'secondaryAccountAlert', type: 'boolean' },
	{ name: 'mails', type: 'string', most: 3 },
	{ name: 'mailsToAdd', type: 'string', most: 3 },
	{ name: 'mailsToDelete', type: 'string', most: 3 },
	{ name: 'sendMultiplePaiement', type: 'boolean' },
	{ name: 'sendTest', type: 'boolean' },
	{
		name: 'teleprocedureAlert',
		most: Infinity,
		type: [
			{ name: 'teleProcedure', type: 'string', least: 1 },
			{ name: 'messageService', type: SERVICE, most: Infinity },
		],
	},
];

/**
 * Which message types exist for a positive and for a negative answer, and for which procedures
 * (specification, annex 4.1).
 */
const POSITIVE = ['ARS', 'AIS', 'RCP'];
const NEGATIVE = ['ACS', 'ARS'];
const ONLY_FOR: Record<string, string[]> = {
	AIS: ['DUCS', 'AED', 'DSN', 'REQUETE', 'OGA'],
	RCP: ['TVA', 'TDFC', 'PAIEMENT', 'IR', 'OGA'],
};

const schemaFault = (name: string): Fault =>
	new Fault('soap:Client', `Validation: invalid content was found starting with element '${name}'`);

/**
 * Applies a modification to an account, after checking it against schema and rules. Nothing is
 * changed when it throws.
 */
export function applyModification(
	account: Account,
	payload: Element,
	{ omittedAlerts, omittedFields }: AspOneBehaviour,
): Account {
	checkSequence(payload, MODIFICATION);
	const next = structuredClone(account);
	const texts = (name: string) =>
		payload.children.filter((child) => child.name === name).map(({ text }) => text);
	for (const name of [
		'alertActive',
		'sendAdmin',
		'secondaryAccountAlert',
		'sendMultiplePaiement',
		'sendTest',
	] as const) {
		const [text] = texts(name);
		if (text !== undefined) next[name] = booleanOf(name, text);
		else if (omittedFields === 'clear') next[name] = false;
	}
	if (omittedFields === 'clear') next.mails = [];
	next.mails = mailsAfter(next.mails, texts('mails'), texts('mailsToAdd'), texts('mailsToDelete'));
	const blocks = payload.children.filter(({ name }) => name === 'teleprocedureAlert');
	if (blocks.length > 0 && omittedAlerts === 'clear')
		for (const procedure of Object.keys(next.procedures)) next.procedures[procedure] = [];
	for (const block of blocks) applyBlock(next, block, account.procedures);
	return next;
}

function mailsAfter(now: string[], all: string[], added: string[], deleted: string[]): string[] {
	const split = (texts: string[]) => texts.flatMap((text) => text.split(/[;, ]+/)).filter(Boolean);
	if (all.length > 0 && added.length + deleted.length > 0)
		throw new BusinessError('mails et mailsToAdd/mailsToDelete sont exclusifs');
	const base = all.length > 0 ? split(all) : now;
	const gone = split(deleted);
	const result = [...new Set([...base.filter((mail) => !gone.includes(mail)), ...split(added)])];
	if (result.length > 3) throw new BusinessError('3 adresses mail au maximum');
	if (result.some((mail) => !/^\S+@\S+\.\S+$/.test(mail)))
		throw new BusinessError('Adresse mail invalide');
	return result;
}

function applyBlock(account: Account, block: Element, before: Account['procedures']): void {
	const [procedure, ...services] = block.children;
	if (procedure?.name !== 'teleProcedure') throw schemaFault(procedure?.name ?? 'nothing');
	const code = procedure.text;
	if (!Object.hasOwn(account.procedures, code))
		throw new BusinessError(`Téléprocédure non souscrite : ${code}`);
	for (const service of services) {
		if (service.name !== 'messageService') throw schemaFault(service.name);
		applyService(account, code, service, before[code] ?? []);
	}
}

function applyService(
	account: Account,
	code: string,
	service: Element,
	before: readonly ActiveAlert[],
): void {
	checkSequence(service, SERVICE);
	const known = account.procedures[code] ?? [];
	const text = (name: string) => service.children.find((one) => one.name === name)?.text;
	const [active, type, delay, positive] = ['actif', 'type', 'delai', 'positif'].map(text);
	if (active === undefined || type === undefined || positive === undefined)
		throw schemaFault('messageService');
	const isPositive = booleanOf('positif', positive);
	// Alerts that are stored already pass: they may be older than the rules.
	const stored = before.find(
		(alert) =>
			alert.type === type &&
			alert.positive === isPositive &&
			(alert.delay === null ? undefined : String(alert.delay)) === delay,
	);
	if (stored && booleanOf('actif', active)) {
		const rest = known.filter((alert) => !sameKey(alert, stored));
		account.procedures[code] = [...rest, stored];
		return;
	}
	if (!(isPositive ? POSITIVE : NEGATIVE).includes(type))
		throw new BusinessError(`Message de service ${type} impossible`);
	if (ONLY_FOR[type]?.includes(code) === false)
		throw new BusinessError(`Message de service ${type} impossible pour ${code}`);
	if (!isPositive && !/^\d{1,2}$/.test(delay ?? ''))
		throw new BusinessError('Le délai est obligatoire pour un message négatif');
	const others = known.filter((alert) => alert.type !== type || alert.positive !== isPositive);
	const alert = { type, positive: isPositive, delay: isPositive ? null : Number(delay) };
	account.procedures[code] = booleanOf('actif', active) ? [...others, alert] : others;
}

const sameKey = (one: ActiveAlert, other: ActiveAlert): boolean =>
	one.type === other.type && one.positive === other.positive;

function checkSequence({ children }: Element, sequence: readonly Particle[]): void {
	let position = 0;
	let count = 0;
	for (const { name, namespace } of children) {
		const index = sequence.findIndex((particle) => particle.name === name);
		const particle = sequence[index];
		if (!particle || index < position || namespace !== SERVICE_NAMESPACE) throw schemaFault(name);
		count = index === position ? count + 1 : 1;
		position = index;
		if (count > (particle.most ?? 1)) throw schemaFault(name);
	}
}

function booleanOf(name: string, text: string): boolean {
	if (!/^(true|false|1|0)$/.test(text)) throw schemaFault(name);
	return text === 'true' || text === '1';
}
