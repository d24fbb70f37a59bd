import { type GuichetError, invalidInput } from '../../../lib/errors/guichet-error';
import {
	alertKey,
	type AlertSetting,
	isMessageType,
	knownProcedure,
	onlyAnswer,
	type MessageType,
} from './alert-rules';
import type { StoredAlert } from './configuration';

/** An example that every refusal shows, and the form as well. */
export const LIST_EXAMPLE = 'TVA, TDFC ARS negative 5';

export interface ListOptions {
	/** The field as the person sees it. */
	field: string;
	/** Take a procedure that is not in the specification as it stands. */
	unlistedProcedures?: boolean;
}

const ANSWERS: Record<string, boolean> = {
	positive: true,
	positif: true,
	pos: true,
	'+': true,
	negative: false,
	negatif: false,
	négatif: false,
	neg: false,
	'-': false,
};

const STATES: Record<string, boolean> = {
	on: true,
	active: true,
	actif: true,
	off: false,
	inactive: false,
	inactif: false,
};

/** Words that only make a line read well. */
const FILLERS = ['after', 'délai', 'delai', 'delay', 'd', 'day', 'days', 'j', 'jour', 'jours'];

/** What one line says, gathered word by word. */
interface Line {
	procedures: string[];
	type?: MessageType;
	positive?: boolean;
	active?: boolean;
	delayDays?: number;
}

/**
 * Reads alerts from a readable list: one per line or between semicolons, each with one or several
 * procedures, a message type, the answer, the delay in days, and `off` for an alert that shall not
 * be sent.
 *
 * ```
 * TVA, TDFC ARS negative 5
 * DSN AIS positive
 * TVA ACS negative off
 * ```
 *
 * The answer may be left out where only one exists (ACS: negative; AIS, RCP: positive). An alert
 * that is off needs no delay.
 */
export function parseAlertList(text: string, options: ListOptions): AlertSetting[] {
	return text
		.split(/[\n;]/)
		.map((line, index) => ({ words: line.trim(), number: index + 1 }))
		.filter(({ words }) => words !== '')
		.flatMap(({ words, number }) => {
			const refuse = (problem: string) =>
				invalidInput(
					options.field,
					`has a line that cannot be read: line ${number} ${problem}`,
					`A line names procedures, a message type, the answer, and the delay in days of negative ones: "${LIST_EXAMPLE}".`,
				);
			return settingsOf(readLine(words, refuse, options), refuse);
		});
}

function readLine(
	words: string,
	refuse: (problem: string) => GuichetError,
	{ unlistedProcedures = false }: ListOptions,
): Line {
	const line: Line = { procedures: [] };
	const once = <Key extends keyof Line>(key: Key, value: Line[Key]) => {
		if (line[key] !== undefined) throw refuse(`says twice what the ${PART_NAMES[key]} is`);
		line[key] = value;
	};
	for (const word of words.split(/[\s,:]+/).filter(Boolean)) {
		const lower = word.toLowerCase();
		const days = /^(\d{1,4})(d|j|days?|jours?)?$/.exec(lower);
		const procedure = knownProcedure(word);
		const type = word.toUpperCase();
		if (isMessageType(type)) once('type', type);
		else if (Object.hasOwn(ANSWERS, lower)) once('positive', ANSWERS[lower]);
		else if (Object.hasOwn(STATES, lower)) once('active', STATES[lower]);
		else if (days) once('delayDays', Number(days[1]));
		else if (procedure) line.procedures.push(procedure);
		else if (unlistedProcedures && !line.type && isCode(word)) line.procedures.push(word);
		else if (!FILLERS.includes(lower)) throw refuse(`has the unknown word "${word.slice(0, 30)}"`);
	}
	return line;
}

const PART_NAMES: Record<keyof Line, string> = {
	procedures: 'procedure',
	type: 'message type',
	positive: 'answer',
	active: 'state (on or off)',
	delayDays: 'delay',
};

/** A code as ASPOne writes them; nothing that could be more than a code. */
export const isCode = (word: string): boolean => /^[A-Za-z][A-Za-z0-9_-]{1,19}$/.test(word);

function settingsOf(
	{ procedures, type, positive, active = true, delayDays }: Line,
	refuse: (problem: string) => GuichetError,
): AlertSetting[] {
	if (procedures.length === 0) throw refuse('names no procedure such as TVA');
	if (!type) throw refuse('names no message type (ACS, ARS, AIS or RCP)');
	const answer = positive ?? onlyAnswer(type);
	if (answer === null)
		throw refuse(`does not say whether the ${type} answer is positive or negative`);
	return procedures.map((procedure) =>
		setting({ procedure, type, positive: answer, active, delayDays }),
	);
}

/**
 * A delay means nothing for an alert that is off, but the service wants one for every negative
 * answer.
 */
export function setting(values: AlertSetting): AlertSetting {
	const { delayDays = !values.positive && !values.active ? 0 : undefined, ...rest } = values;
	return delayDays === undefined ? rest : { ...rest, delayDays };
}

/** One alert as a line of the list. */
export function formatAlert(alert: AlertSetting | StoredAlert): string {
	const { active, delayDays } = alert;
	const words = [alertKey(alert)];
	if (delayDays !== undefined) words.push(String(delayDays));
	if (!active) words.push('off');
	return words.join(' ');
}
