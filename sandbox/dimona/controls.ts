import type { Control } from '../mock-server';

import type { ScriptedOutcome } from './model';

/** What the controls steer. */
interface Steered {
	scriptOutcome(outcome: ScriptedOutcome): void;
	hire(worker: { ssin: string; startDate: string }): { declarationId: number };
	revokeTokens(): void;
}

/** Ends of a declaration as a person chooses them; anomalies are of the published list. */
const OUTCOMES: Record<string, ScriptedOutcome> = {
	accepted: { result: 'A', anomalies: [] },
	'with a warning': { result: 'W', anomalies: ['90017-369'] },
	refused: { result: 'B', anomalies: ['90256-151'] },
	'Sigedis is looking for the worker': { result: 'S', identifiedAfter: 60_000 },
	'only after a minute': { delay: 60_000 },
};

export function dimonaControls(sandbox: Steered, worker: string, today: () => string): Control[] {
	return [
		{
			name: 'outcome',
			title: 'Decide the next declaration',
			explanation: 'Without it, the rules of the sandbox decide.',
			fields: [
				{ name: 'result', label: 'Result', value: 'refused', options: Object.keys(OUTCOMES) },
			],
			run: ({ result = '' }) => sandbox.scriptOutcome(OUTCOMES[result] ?? {}),
		},
		{
			name: 'hire',
			title: 'Let somebody else declare',
			explanation: 'An IN that the employer typed in the portal; its period can then be ended.',
			fields: [
				{ name: 'ssin', label: 'SSIN of the worker', value: worker },
				{ name: 'startDate', label: 'Start date', value: today() },
			],
			run: ({ ssin = '', startDate = '' }) => sandbox.hire({ ssin, startDate }),
		},
		{
			name: 'revoke-tokens',
			title: 'Revoke all tokens',
			fields: [],
			run: () => sandbox.revokeTokens(),
		},
	];
}

/** The labels of the form in n8n, in its order. */
export const CERTIFICATE_LABELS = {
	environment: 'Environment',
	tokenUrl: 'Token URL',
	servicesUrl: 'Services URL',
	clientId: 'Client ID',
	privateKey: 'Private Key',
};
