import { type GuichetError, invalidInput } from '../../../lib/errors/guichet-error';
import type { Fields } from '../../../lib/node/fields';
import { OutputItem } from '../../../lib/node/operation';
import type { ProviderSelection, ProviderOutcome } from '../api/ebox';
import type { Provider } from '../api/provider';
import { inLanguage } from '../api/translated';
import type { Language } from '../api/types';

/** Reads which providers a form asks for. */
export function providerSelectionFrom(form: Fields): ProviderSelection {
	const mode = form.optionalText('providers') ?? 'all';
	if (mode === 'all' || mode === 'official') return { mode };
	if (mode !== 'selected')
		throw invalidInput(form.label('providers'), 'must be all, official or selected');
	const ids = form.list('providerIds');
	if (ids.length === 0) throw invalidInput(form.label('providerIds'), 'is empty');
	return { mode, ids };
}

/** What names a provider on every item that came from it. */
export function providerFacts(provider: Provider, language: Language) {
	return {
		providerId: provider.id,
		providerName: inLanguage(provider.name, language) || provider.id,
	};
}

/**
 * A provider that failed, as an item of its own (`error`, and `details` with its id): never to be
 * taken for one without messages.
 */
export function failedProviderItem(
	provider: Provider,
	failure: GuichetError,
	language: Language,
	items?: number[],
): OutputItem {
	return new OutputItem(
		{ ...providerFacts(provider, language), providerFailed: true },
		{},
		{ failure, items },
	);
}

/**
 * Judges what providers gave: all failures are too many, and any is where the person wants to stop.
 *
 * @throws GuichetError the first failure, with what became of the others
 */
export function assertProvidersAnswered(
	outcomes: ReadonlyArray<ProviderOutcome<unknown>>,
	stop: boolean,
): void {
	const failed = outcomes.filter(({ failure }) => failure !== undefined);
	if (failed.length === 0 || (!stop && failed.length < outcomes.length)) return;
	const failure = failed[0]?.failure;
	if (!failure) return;
	if (outcomes.length === 1) throw failure;
	const names = failed.map(({ provider }) => provider.id).join(', ');
	throw failure.with({
		message: `${failed.length} of ${outcomes.length} e-Box providers could not be read (${names}): ${failure.message}`,
		serviceMessages: failed.flatMap(({ provider, failure: one }) =>
			one ? [`${provider.id}: ${one.message}`] : [],
		),
	});
}
