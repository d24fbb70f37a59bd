/**
 * Tells a refused user login from a refusal of ordinary business, by what the service says.
 *
 * ASPOne publishes neither codes nor texts of refused logins, so that words are all there is. They
 * are compared as whole words within one sentence. In doubt a text is taken for ordinary business:
 * a login that is locked by mistake stops every workflow that uses it.
 */
export interface LoginRefusal {
	/** The words that were recognised, as the service wrote them but for accents and case. */
	words: string;
	/** Whether the words leave no other reading. What is not certain yields to other evidence. */
	certain: boolean;
}

export interface RefusalReading {
	/** Words or phrases of the credential, in place of the usual rules; empty for the usual ones. */
	loginWords?: readonly string[];
	/** What this side sent. A service repeats it in its texts, where it says nothing. */
	echoes?: readonly string[];
}

const SECRET =
	"(?:mots? de passe|password|mdp|identifiants|identifiants? de connexion|informations (?:de connexion|d'identification)|credentials|(?:jeton|token|cle) sso|sso (?:token|key)|jeton de connexion|cle partagee)(?! (?:(?:du|de|de la|des) |d'|de l')(?!compte\\b|utilisateur\\b|connexion\\b))";

const FAULTY =
	'(?:(?:incorrect|errone|mauvais|inconnu|expire|refuse|rejete|perime)(?:e|s|es)?|invalides?|invalid|faux|expired|rejected|wrong|mismatch|does not match|ne correspond(?:ent)? pas|(?:non|pas) (?:valide|reconnu|correct|conforme)(?:e|s|es)?)';

/** Attempts at something other than logging in are business. */
const OF_LOGINS =
	"(?! (?:de |d')(?!(?:la )?connexion|authentification|login|saisie du mot de passe))";

const AUTHENTICATION = '(?:authentification|authentication)';

/** Texts without accents, in lower case. */
const CERTAIN: RegExp[] = [
	`${SECRET}\\b[^,;:]{0,40}?\\b${FAULTY}`,
	'(?:mauvais|bad|wrong|invalid|incorrect|unknown) (?:(?:username|user|login) (?:or|and) )?(?:mots? de passe|password|credentials|login|username)',
	`(?:echec|erreur|refus) (?:de |d'|de l')${AUTHENTICATION}`,
	`${AUTHENTICATION} (?:(?:de l')?utilisateur |a |est |has |was )*(?:echoue|refuse|incorrect|invalide|impossibl|requise?|failed|failure|denied|required|rejected|error)e?`,
	'(?:non|pas|pas pu etre) authentifie(?:e|s|es)?',
	'(?:not authenticated|unauthenticated)',
	'log(?:in|on) (?:est |a ete |is |was )?(?:inconnu|incorrect|invalide?|errone|refuse|failed|failure|denied|unknown)e?',
	`(?:trop de tentatives|nombre maxim(?:al|um) (?:de tentatives|d'essais|d'echecs))${OF_LOGINS}`,
	'tentatives (?:de connexion )?(?:infructueuses|echouees)',
	"(?:echecs?|trop d'echecs) (?:de |de la |a la )(?:connexion|login)(?! (?:a|au|aux|avec|vers|de|du|des) )",
	'too many (?:failed |login |authentication |logon )*(?:attempts|failures|logins)',
	'sso (?:n.est |est |is )?(?:non |pas |not )(?:autorise|active|ouvert|permis|valide|allowed|enabled)e?',
].map((pattern) => new RegExp(`\\b${pattern}\\b`));

const LIKELY: RegExp[] = [
	'utilisateur (?:est )?(?:temporairement )?(?:inconnu|invalide|non reconnu|verrouille|bloque)(?! (?:dans|du|de|parmi|comme|sur|pour (?!\\d)))',
	"(?:echec|erreur|refus) (?:d'|de l')identification(?! (?:du|de|des|d')(?! ?l'utilisateur))",
	'identification (?:est |a ete |a )?(?:refusee|echouee|echoue|impossible)',
	'(?:compte|acces) (?:est )?temporairement (?:verrouille|bloque|suspendu)(?! par\\b)[^:]{0,20}?(?:reessayez|reessayer|patientez|pendant|pour) (?:dans |encore )?\\d+',
	'(?:unknown user|user not found|user locked)',
	'(?:jeton|token) (?:est |a |is |has )?(?:expired?|invalide?|incorrect)e?',
	'(?:invalid|expired) token',
	'avant (?:(?:la|une|toute|votre) )?(?:prochaine|nouvelle) (?:connexion|tentative de connexion)(?! (?:a|au|aux|avec|vers) )',
].map((pattern) => new RegExp(`\\b${pattern}\\b`));

/** A part of the service that fails says nothing about the login. */
const OUT_OF_ORDER =
	/\b(?:indisponibles?|maintenance|momentanement|techniques?|unavailable|ne repond(?:ent)? pas|base de donnees)\b/;

/** Somebody else's login: that of the service with those to whom it passes declarations on. */
const ELSEWHERE =
	/\b(?:aupres (?:de|du|des|d'\w)|partenaires?|organismes?|ops|dgfip|impots|urssaf|net-entreprises|destinataires?|banques?|operateurs?)\b/;

/** What stands behind these words in capitals is a name, whatever it spells. */
const NAMED =
	/\b([Cc]omptes?|[Cc]lients?|[Cc]abinets?|[Ss]oci[ée]t[ée]s?|[Dd]ossiers?|[Aa]ccount)(\s*:?\s*)(?!(?:SSO|LOGIN) (?:non|pas|refus))[A-Z0-9][A-Z0-9._@-]+/g;

/**
 * The refused login that a text speaks of, or nothing.
 *
 * @example
 * loginRefusal(['Identifiant ou mot de passe incorrect'])?.words; // 'mot de passe incorrect'
 * loginRefusal(['Ressource momentanément indisponible']); // undefined
 */
export function loginRefusal(
	texts: readonly string[],
	{ loginWords = [], echoes = [] }: RefusalReading = {},
): LoginRefusal | undefined {
	const sentences = texts.flatMap((text) => sentencesOf(text, echoes));
	if (loginWords.length > 0) {
		const patterns = loginWords.map((words) => wholeWords(words));
		return found(sentences, patterns, false);
	}
	const telling = sentences.filter(
		(sentence) => !OUT_OF_ORDER.test(sentence) && !ELSEWHERE.test(sentence),
	);
	return found(telling, CERTAIN, true) ?? found(telling, LIKELY, false);
}

/** What ordinary refusals speak of. */
const BUSINESS =
	/\b(?:comptes?|(?:tele)?procedures?|alertes?|mails?|adresses?|messages?|delais?|champs?|parametres?|valeurs?|requetes?|services?|ressources?|configurations?|droits|acces|options?|abonnements?|souscrit(?:e|s|es)?|declarations?|dossiers?|flux|fichiers?|schema|version)\b/;

/**
 * Whether a refusal could be about the login as well as about anything else: it repeats nothing of
 * what was asked and speaks of nothing that the service deals with.
 */
export function isAmbiguousRefusal(texts: readonly string[], echoes: readonly string[]): boolean {
	const repeats = texts.some((text) => text !== withoutEchoes(text, echoes));
	const about = texts.map(plain).some((text) => BUSINESS.test(text) || OUT_OF_ORDER.test(text));
	return !repeats && !about;
}

function found(
	sentences: string[],
	patterns: RegExp[],
	certain: boolean,
): LoginRefusal | undefined {
	for (const sentence of sentences)
		for (const pattern of patterns) {
			const words = pattern.exec(sentence)?.[0];
			if (words !== undefined) return { words, certain };
		}
	return undefined;
}

/** Words of the credential as they stand, each whole; `authenti*` for any ending. */
function wholeWords(words: string): RegExp {
	const pattern = plain(words)
		.replace(/[\\^$.+?()[\]{}|]/g, '\\$&')
		.replace(/\*/g, '[a-z0-9]*')
		.replace(/ /g, '\\s+');
	return new RegExp(`(?<![a-z0-9])${pattern}(?![a-z0-9])`);
}

function sentencesOf(text: string, echoes: readonly string[]): string[] {
	return plain(withoutEchoes(text.replace(NAMED, '$1$2…'), echoes))
		.split(/[.!?;\n]+(?:\s|$)|\n/)
		.map((sentence) => sentence.trim())
		.filter(Boolean);
}

/** The longest first: one value may be the beginning of another. */
function withoutEchoes(text: string, echoes: readonly string[]): string {
	const values = echoes.map((echo) => echo.trim()).filter(({ length }) => length > 1);
	return values
		.sort((a, b) => b.length - a.length)
		.reduce((left, value) => withoutEcho(left, value), text);
}

function withoutEcho(text: string, echo: string): string {
	const literal = echo.replace(/[\\^$.*+?()[\]{}|]/g, '\\$&');
	return text.replace(new RegExp(`(?<![\\p{L}\\p{N}])${literal}(?![\\p{L}\\p{N}])`, 'giu'), '…');
}

/** Without accents, in lower case, with plain apostrophes and single spaces. */
const plain = (text: string): string =>
	text
		.normalize('NFD')
		.replace(/\p{M}/gu, '')
		.toLowerCase()
		.replace(/[’‘`]/g, "'")
		.replace(/[^\S\n]+/g, ' ')
		.trim();
