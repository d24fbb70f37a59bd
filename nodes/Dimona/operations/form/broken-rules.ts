import { GuichetError } from '../../../../lib/errors/guichet-error';
import type { ItemContext } from '../../../../lib/node/item-context';
import { belgianMoment } from '../../../../lib/time/days';
import { checkDeclaration, type Finding } from '../../api/rules';
import type { DimonaApi } from '../../connect';
import { namedField } from './field-labels';
import type { ReadDeclaration } from './read-declaration';

/** Everything that the rules say about a declaration. */
export function findingsOf(
	{ declaration, periodWorkerType, additionalBlocks }: ReadDeclaration,
	now = new Date(),
): Finding[] {
	return checkDeclaration(declaration, {
		today: belgianMoment(now).day,
		periodWorkerType,
		additionalBlocks,
	});
}

/** The findings for which a declaration is not sent. */
export function refusedOf(findings: Finding[]): Finding[] {
	return findings.filter(({ severity }) => severity === 'refuse');
}

/**
 * Refuses a declaration that the authority would certainly refuse, and shows what is doubtful.
 *
 * @throws GuichetError `invalid_input` with every broken rule; `details.serviceCodes` has their
 *   codes
 */
export function refuseBrokenRules(context: ItemContext<DimonaApi>, read: ReadDeclaration): void {
	const findings = findingsOf(read);
	const refused = refusedOf(findings);
	if (refused.length > 0) throw brokenRules(refused);
	for (const text of findings.map(sentenceOf)) {
		if (context.api.shown.has(text)) continue;
		context.api.shown.add(text);
		context.warn(`Item ${context.itemIndex + 1}: ${text}`);
	}
}

const sentenceOf = ({ rule, field, message }: Finding): string =>
	`${namedField(field)}: ${message} (rule ${rule})`;

/** One refusal with every broken rule. */
export function brokenRules(findings: Finding[]): GuichetError {
	const sentences = findings.map(sentenceOf);
	const count = findings.length === 1 ? 'a rule' : `${findings.length} rules`;
	return new GuichetError(
		'invalid_input',
		`The declaration breaks ${count} of Dimona and was not sent: ${sentences.join('; ')}`,
		{
			field: findings[0]?.field,
			serviceCodes: findings.map(({ rule }) => rule),
			outcome: 'not_done',
		},
	);
}
