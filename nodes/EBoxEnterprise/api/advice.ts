import type { FailureFacts } from '../../../lib/http/call';

/**
 * What a refusal usually means, by the text of the service (official FAQ of senders and the NSSO
 * provider's rules).
 */
const BY_TEXT: Array<[RegExp, string]> = [
	[
		/is not a valid company/i,
		'The recipient is unknown or no longer active. Enterprise numbers have ten digits, with the leading zero.',
	],
	[
		/No main content attachment|Too many main content/i,
		'A message has exactly one main content: its body or one of its files.',
	],
	[
		/mime type is not valid/i,
		'The list of types is closed for senders: text/xml and not application/xml, for example.',
	],
	[
		/do(es)? not match any file upload part|inconsistent with number of parts/i,
		'Each file needs its own part name, and each part its entry.',
	],
	[
		/Invalid message configuration/i,
		'Sender, application and message type are not configured together in this environment. Configuration is often missing in one of them.',
	],
	[
		/credentials does not match payload/i,
		'The sender must be the enterprise of the certificate, unless there is a mandate.',
	],
	[
		/Issue with Digest|DIGEST_DO_NOT_MATCH/i,
		'The provider counts another digest for a file than the one that was sent (SHA-256 in base64url). The file may have been changed on its way, by a proxy for example. If it happens for every file, leave the digests out: Additional Fields, Send Digest.',
	],
	[
		/Multiple languages provided/i,
		'This provider takes one language only for subject, body and business data.',
	],
];

/** The service's own advice for a failure, for the error panel. */
export function eBoxAdvice({ status, messages, codes, path }: FailureFacts): string | undefined {
	const text = [...messages, ...codes].join('\n');
	const known = BY_TEXT.find(([pattern]) => pattern.test(text));
	if (known) return known[1];
	if (status === 401)
		return 'The token was renewed and refused again. Check that the environment of the credential is the one of this registry; a provider of the federation that alone refuses it has a fault of its own.';
	if (status === 403 && path.includes('/eboxPreferences/'))
		return 'The client has no permission for preferences of recipients (scope "federation-rest:preference"), which senders are granted.';
	if (status === 403)
		return codes.some((code) => /scope/i.test(code))
			? 'The client is not granted the scope. The documents name "documentconsumer" for reading one\'s own e-Box and "publicationsender" for publishing.'
			: 'The client has no permission for this: "DocConsumer e-Box Enterprise" is given in ChaMan; publishing needs a sender\'s onboarding.';
	if (status === 404)
		return /\/(refData|replies|actions?)\b/.test(path)
			? 'The path is one of those of version 3 that are not public: it can be changed in the API Profile.'
			: 'The message does not exist at this provider, has expired, or belongs to another e-Box. Ids are only good at the provider that gave them.';
	if (status === 409)
		return 'A publication with this idempotency key has been recorded before; this one was not published again.';
	if (status >= 500)
		return 'The provider fails. The e-Box portal stays the reference and can be used meanwhile.';
	return undefined;
}
