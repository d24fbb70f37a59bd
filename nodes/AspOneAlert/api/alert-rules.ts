/**
 * The codes and rules of the functional specification "WS Alert" of ASPOne (section 2.2.1 and annex
 * 4.1), as data.
 */

/** Télé-procédures that an alert can be set for. DUE was renamed DPAE; both stay valid codes. */
export const PROCEDURES = [
	'TDFC',
	'TVA',
	'PAIEMENT',
	'DADS-U',
	'DUCS',
	'DUE',
	'DPAE',
	'AED',
	'DSI',
	'REQUETE',
	'IR',
	'DSN',
	'DRP',
	'OGA',
	'PART',
] as const;

/**
 * Kinds of service message that trigger an alert. ADS exists as a message, but no alert can be set
 * for it.
 */
export const MESSAGE_TYPES = ['ACS', 'ARS', 'AIS', 'RCP'] as const;

export type MessageType = (typeof MESSAGE_TYPES)[number];

interface MessageTypeRule {
	/** Whether an alert on a positive answer, or on a negative one, exists. */
	positive: boolean;
	negative: boolean;
	/** Only for these procedures; all of them when absent. */
	procedures?: readonly string[];
}

export const MESSAGE_TYPE_RULES: Record<MessageType, MessageTypeRule> = {
	ACS: { positive: false, negative: true },
	ARS: { positive: true, negative: true },
	AIS: { positive: true, negative: false, procedures: ['DUCS', 'AED', 'DSN', 'REQUETE', 'OGA'] },
	RCP: { positive: true, negative: false, procedures: ['TVA', 'TDFC', 'PAIEMENT', 'IR', 'OGA'] },
};

/** Days to wait before an alert on a negative answer leaves: two digits. */
export const DELAY_DAYS = { min: 0, max: 99 } as const;

export const ACCOUNT_NAME_LENGTH = 9;

/** Addresses per list, and characters of the whole list. */
export const MAILS = { most: 3, length: 250 } as const;

/** One cell of the matrix procedures × message types × positive or negative. */
export interface AlertSetting {
	/** A code of {@link PROCEDURES}, or another one that the service may know. */
	procedure: string;
	type: MessageType;
	/** Alert on a positive answer (true) or on a negative one (false). */
	positive: boolean;
	active: boolean;
	/** Whole days, for negative answers only. */
	delayDays?: number;
}

/** The cell without its content: what may stand only once in a configuration. */
export const alertKey = ({ procedure, type, positive }: Alert): string =>
	[procedure, type, answerWord(positive)].join(' ');

/** An alert of the specification, or one that ASPOne stores. */
interface Alert {
	procedure: string;
	type: string;
	positive: boolean | null;
}

const answerWord = (positive: boolean | null): string =>
	positive === null ? 'unknown' : positive ? 'positive' : 'negative';

export const isMessageType = (code: string): code is MessageType =>
	MESSAGE_TYPES.some((type) => type === code);

/**
 * The code as the specification writes it, for any case and with or without the hyphen of DADS-U;
 * nothing for an unknown one.
 */
export function knownProcedure(code: string): string | undefined {
	const bare = (text: string) => text.toUpperCase().replace(/[-_ ]/g, '');
	return PROCEDURES.find((procedure) => bare(procedure) === bare(code));
}

/**
 * The rule that a setting breaks, as a sentence that follows the setting's name, or nothing.
 * Whether the account's client type receives RCP messages is the service's to judge.
 */
export function brokenRule(setting: AlertSetting): string | undefined {
	const { procedure, type, positive, active, delayDays } = setting;
	const rule = MESSAGE_TYPE_RULES[type];
	if (positive && !rule.positive) return `does not exist: ${type} messages are always negative`;
	if (!positive && !rule.negative) return `does not exist: ${type} messages are always positive`;
	if (rule.procedures && knownProcedure(procedure) && !rule.procedures.includes(procedure))
		return `does not exist: ${type} messages come for ${rule.procedures.join(', ')} only`;
	if (positive && delayDays !== undefined)
		return 'must not have a delay: only alerts on negative answers wait';
	if (!positive && active && delayDays === undefined)
		return `needs a delay of ${DELAY_DAYS.min} to ${DELAY_DAYS.max} whole days, because it is an alert on a negative answer`;
	if (delayDays !== undefined && !isDelay(delayDays))
		return `must have a delay of ${DELAY_DAYS.min} to ${DELAY_DAYS.max} whole days, and has ${delayDays}`;
	return undefined;
}

const isDelay = (days: number): boolean =>
	Number.isInteger(days) && days >= DELAY_DAYS.min && days <= DELAY_DAYS.max;

/**
 * Every message type with each answer that the rules allow for a procedure, in the specification's
 * order.
 */
export function possibleAlerts(procedure: string): Array<Pick<AlertSetting, 'type' | 'positive'>> {
	return MESSAGE_TYPES.flatMap((type) => {
		const { procedures, ...answers } = MESSAGE_TYPE_RULES[type];
		if (procedures && !procedures.includes(procedure)) return [];
		return [false, true]
			.filter((positive) => (positive ? answers.positive : answers.negative))
			.map((positive) => ({ type, positive }));
	});
}

/** The answer of a message type that has only one; null for two, and for an unknown type. */
export function onlyAnswer(type: string): boolean | null {
	if (!isMessageType(type)) return null;
	const { positive, negative } = MESSAGE_TYPE_RULES[type];
	return positive && negative ? null : positive;
}

/** Whether an alert that ASPOne stores is one of the specification. */
export function isSpecified(alert: Alert & { active: boolean; delayDays?: number }): boolean {
	const { type, positive } = alert;
	if (!isMessageType(type) || positive === null || !knownProcedure(alert.procedure)) return false;
	return brokenRule({ ...alert, type, positive }) === undefined;
}
