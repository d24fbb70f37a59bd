import type { FailureFacts } from '../../../lib/http/call';

/** What to try after a refusal of the Dimona service. */
export function adviseDimona({
	status,
	method,
	path,
	codes,
	messages,
}: FailureFacts): string | undefined {
	const said = messages.join(' ');
	// The problem itself, then each of its issues.
	const kinds = codes.map((code) => code.split(':').pop());
	if (status === 401)
		return 'The token was not accepted. Check that the environment of the credential is that of the service: simulation takes a token of production, acceptance one of its own.';
	if (kinds.includes('missingScope'))
		return `The client may not do this. Leave "Scope" in the credential empty, or give it ${method === 'POST' && /declarations$/.test(path) ? 'scope:dimona:declaration:declarant' : 'scope:dimona:declaration:consult'}; the service Dimona must be activated for the client in Chaman.`;
	if (status === 403)
		return 'The client has no right, or no longer a right, to act for this employer: check the mandate (Mahis) and the services that were activated in Chaman.';
	if (kinds.includes('replacedSsin'))
		return 'The SSIN was replaced by another one (a bis number by a national number, for instance): correct your records and declare with the new one. The option "Give New SSIN" puts it into the item where the authority says it; otherwise ask the person, or look it up in the register of the Crossroads Bank.';
	if (kinds.includes('canceledSsin'))
		return "The SSIN was cancelled and replaced by none: identify the worker anew, with the person's documents, before you declare.";
	if (status === 400 && /features/i.test(said))
		return 'Worker type and joint committee are both needed; a sector without joint committee of its own in Dimona is XXX.';
	if (status === 404 && !/\/(declarations|periods)\/\d+$/.test(path))
		return 'The service does not exist at this address: check the environment or the services URL in the credential.';
	if (status === 413) return 'The declaration is too large: check "Additional JSON".';
	return undefined;
}
