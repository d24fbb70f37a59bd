/**
 * What ASPOne does not publish, assumed; the credential can replace each. Without imports: n8n
 * makes every credential class when it starts.
 */

/**
 * Parts of words of a refused user login. ASPOne's texts are not published: these are guesses,
 * which the credential can replace.
 */
export const DEFAULT_LOGIN_WORDS = [
	'mot de passe',
	'password',
	'authenti',
	'login',
	'identifiants',
	'credential',
	'sso',
	'jeton',
	'token',
	'tentative',
	'verrou',
];

/**
 * The time zone of date and time is not in the specification; ASPOne's REST interface uses this
 * one.
 */
export const DEFAULT_TIME_ZONE = 'Europe/Paris';
