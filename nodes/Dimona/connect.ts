import type { IExecuteFunctions } from 'n8n-workflow';
import { setTimeout as sleep } from 'node:timers/promises';

import type { CheckReport } from '../../lib/connection-check/report';
import { GuichetError } from '../../lib/errors/guichet-error';
import { parallel, timeoutMs } from '../../lib/node/connection-options';
import type { Fields } from '../../lib/node/fields';
import { isQueueMode } from '../../lib/node/queue-mode';
import {
	certificateWarning,
	SOCIAL_SECURITY_CREDENTIAL,
} from '../../lib/social-security/social-security';
import type { DimonaClient } from './api/client';
import { dimonaClient } from './api/connection';
import type { Timer } from './api/wait';
import { checkDimona } from './check-connection';
import { SubmissionGuard } from './procedures/guard';
import { SubmissionMemory } from './procedures/memory';
import { SubmissionQueue } from './procedures/submission-queue';

/** What the operations of the Dimona node work with, once per execution. */
export interface DimonaApi {
	client: DimonaClient;
	timer: Timer;
	guard: SubmissionGuard;
	submissionQueue: SubmissionQueue;
	/** Advice that was shown already, so that fifty items do not show it fifty times. */
	shown: Set<string>;
	/** All items of the execution were read and found fit to be sent. */
	checkedAll: boolean;
	/** So many declaration ids are in n8n's log already. */
	loggedDeclared: number;
	/** Finds out what the connection and the account are worth, which changes nothing. */
	checkConnection(): Promise<CheckReport>;
}

/**
 * How many items are treated at once where the operation allows it; declarations are sent one after
 * the other all the same.
 */
export function parallelItems(form: Fields): number | undefined {
	return parallel(form.group('options'), 'parallelItems', 50);
}

/** Real time, ended by the execution's stop button. */
export function realTimer(signal?: AbortSignal): Timer {
	return {
		now: () => performance.now(),
		epochMs: () => Date.now(),
		wait: async (milliseconds) =>
			await sleep(milliseconds, undefined, { signal }).catch(() => {
				throw cancelled();
			}),
	};
}

function cancelled(): GuichetError {
	return new GuichetError('cancelled', 'The execution was cancelled');
}

/** Opens the service; the credential is read here and nowhere else. */
export async function connectDimona(
	execution: IExecuteFunctions,
	form: Fields,
	timerOf: (signal?: AbortSignal) => Timer = realTimer,
): Promise<DimonaApi> {
	const credential = await execution.getCredentials(SOCIAL_SECURITY_CREDENTIAL);
	const signal = execution.getExecutionCancelSignal();
	const timer = timerOf(signal);
	const warning = await certificateWarning(credential);
	if (warning)
		execution.addExecutionHints({ message: warning, location: 'outputPane', type: 'warning' });
	return {
		client: dimonaClient(credential, {
			signal,
			timeoutMs: timeoutMs(form.group('options')),
		}),
		timer,
		guard: new SubmissionGuard(
			// What was written is looked at again, also after the stop button.
			new SubmissionMemory(execution.helpers, timerOf(), isQueueMode()),
			{
				node: `${execution.getWorkflow().id ?? ''}/${execution.getNode().id}`,
				execution: execution.getExecutionId(),
			},
			timer,
		),
		submissionQueue: new SubmissionQueue(timer, signal),
		shown: new Set(),
		checkedAll: false,
		loggedDeclared: 0,
		checkConnection: async () => await checkDimona(credential, signal),
	};
}
