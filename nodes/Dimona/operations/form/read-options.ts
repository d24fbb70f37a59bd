import type { Fields } from '../../../../lib/node/fields';
import { MAX_WAIT_SECONDS } from '../../api/schedule';
import type { GuardMode } from '../../procedures/guard';
import type { SubmitSettings } from '../../procedures/submit';

/** How to submit, from the options of the form. */
export function submitSettings(options: Fields, reference: string | undefined): SubmitSettings {
	return {
		guard: (options.optionalText('guard') ?? 'execution') as GuardMode,
		ifSubmittedBefore: (options.optionalText('ifSubmittedBefore') ??
			'search') as SubmitSettings['ifSubmittedBefore'],
		searchSeconds: options.optionalNumber('searchSeconds', { min: 0, max: 600 }) ?? 60,
		giveNewSsin: options.boolean('giveNewSsin'),
		pauseMs: options.optionalNumber('pauseMs', { min: 0 }) ?? 500,
		reference,
	};
}

/** Seconds since the submission after which the result is no longer waited for. */
export function giveUpAfter(options: Fields): number {
	return (
		options.optionalNumber('giveUpAfter', { min: 2, max: MAX_WAIT_SECONDS }) ?? MAX_WAIT_SECONDS
	);
}
