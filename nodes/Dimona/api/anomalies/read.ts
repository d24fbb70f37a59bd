import { isObject } from '../../../../lib/answers/json';
import { ANOMALY_KINDS, type AnomalyKind } from './catalogue';
import { ADVICE, type Text, text } from './texts';
import { ZONES } from './zones';

export interface Anomaly {
	/** `90373-333`, or an empty text when the service gave none. */
	code: string;
	severity: 'blocking' | 'nonBlocking' | 'unknown';
	/** Our explanation: what it is about, and what is wrong. */
	explanation: Text;
	whatToDo: Text;
	/** The service's own words, by language where it says the language. */
	label: Record<string, string>;
	/**
	 * Whether this anomaly forbids the worker to be employed as a flexi-jobber; `null` when the
	 * worker type, or what the anomaly means, is not known.
	 */
	forbidsFlexiJob: boolean | null;
}

export interface DeclarationFacts {
	/** A, W, B or S. */
	result?: string;
	workerType?: string;
}

/** Every anomaly of a `declarationStatus`, whatever of the known shapes it has. */
export function readAnomalies(status: unknown, facts: DeclarationFacts): Anomaly[] {
	if (!isObject(status)) return [];
	const lists = [status.anomalies, status.anomaliesCollection].flatMap((list): unknown[] =>
		Array.isArray(list) ? list : [],
	);
	return lists.map((entry) => explain(isObject(entry) ? entry : { label: entry }, facts));
}

function explain(entry: Record<string, unknown>, facts: DeclarationFacts): Anomaly {
	const code = [entry.errorId, entry.code].find((value) => typeof value === 'string') ?? '';
	const [zoneCode = '', kindCode = ''] = String(code).trim().split('-');
	const zone = Object.hasOwn(ZONES, zoneCode) ? ZONES[zoneCode] : undefined;
	const kind = Object.hasOwn(ANOMALY_KINDS, kindCode) ? ANOMALY_KINDS[kindCode] : undefined;
	const forbidsFlexiJob = isForbidding(kind, facts);
	return {
		code: String(code).trim(),
		severity: severityOf(kind, facts),
		explanation: kind ? joined(zone, kind.meaning) : unknownKind(String(code), zone),
		whatToDo: forbidsFlexiJob === true ? ADVICE.notFlexi : (kind?.whatToDo ?? ADVICE.waitOrAsk),
		label: labelOf(entry),
		forbidsFlexiJob,
	};
}

function isForbidding(
	kind: AnomalyKind | undefined,
	{ result, workerType }: DeclarationFacts,
): boolean | null {
	if (workerType !== undefined && workerType !== 'FLX') return false;
	// A warning that is not in the catalogue may be one that forbids.
	if (!kind) return result === 'W' ? null : false;
	if (kind.forbidsFlexiJob === undefined) return false;
	return workerType === 'FLX' || kind.forbidsFlexiJob === 'whateverType' ? true : null;
}

/**
 * The result of the whole declaration is the authority's own judgement and goes before our table.
 */
function severityOf(
	kind: AnomalyKind | undefined,
	{ result, workerType = '' }: DeclarationFacts,
): Anomaly['severity'] {
	if (result === 'W' || result === 'A') return 'nonBlocking';
	if (kind?.blocksFor?.includes(workerType)) return 'blocking';
	return kind?.severity ?? 'unknown';
}

function joined(zone: Text | undefined, meaning: Text): Text {
	if (!zone) return sentence(meaning);
	const both = (language: keyof Text) => `${zone[language]}: ${meaning[language]}`;
	return sentence(text(both('en'), both('fr'), both('nl')));
}

function unknownKind(code: string, zone: Text | undefined): Text {
	const shown = code === '' ? '?' : code;
	return joined(
		zone,
		text(
			`anomaly ${shown}, which is not known here: read the authority's own text`,
			`anomalie ${shown}, inconnue ici : lisez le texte de l’autorité`,
			`anomalie ${shown}, hier niet bekend: lees de tekst van de overheid`,
		),
	);
}

function sentence({ en, fr, nl }: Text): Text {
	const whole = (words: string) => `${words.charAt(0).toUpperCase()}${words.slice(1)}.`;
	return text(whole(en), whole(fr), whole(nl));
}

/**
 * `label.{fr}`, `label` as text, `labelFr`, `descriptionNl`, `description`: all were seen or
 * reported.
 */
function labelOf(entry: Record<string, unknown>): Record<string, string> {
	const found: Record<string, string> = {};
	for (const name of ['description', 'label']) {
		const value = entry[name];
		if (typeof value === 'string') found.text = value;
		else if (isObject(value))
			for (const [language, words] of Object.entries(value))
				if (typeof words === 'string') found[language] = words;
		for (const language of ['Fr', 'Nl', 'De', 'En']) {
			const words = entry[`${name}${language}`];
			if (typeof words === 'string') found[language.toLowerCase()] = words;
		}
	}
	return found;
}
