import type { Control } from './controls';
import type { MockClock } from './clock';
import type { FailNext, InjectedFault } from './injected-faults';
import type { Receiver } from './strict';

/** Choices of a service that no document states, by name. */
export interface Choices {
	current(): object;
	change(change: object): void;
}

/** What the controls that all mock servers share steer. */
interface Steered {
	readonly clock: MockClock;
	readonly receiver: Receiver;
	failNext(request: FailNext): void;
	reset(): Promise<void>;
}

/** Faults as a person chooses them. */
const FAULTS: Record<string, InjectedFault> = {
	'503': { kind: 'status', status: 503 },
	'429': { kind: 'status', status: 429, retryAfter: 5 },
	'401': { kind: 'status', status: 401 },
	'web page': { kind: 'html' },
	'answer lost': { kind: 'cutAfter' },
	'not received': { kind: 'cutBefore' },
	'no answer': { kind: 'hang' },
	'10 s late': { kind: 'delay', milliseconds: 10_000 },
	'half an answer': { kind: 'truncate' },
};

const ANY = 'any';

export function sharedControls(server: Steered, choices: Choices | undefined): Control[] {
	return [
		failing(server),
		...(choices ? [choosing(choices)] : []),
		strictness(server.receiver),
		{
			name: 'clock',
			title: 'Move the clock',
			explanation: 'Tokens end and results come when their time has come.',
			fields: [{ name: 'seconds', label: 'Seconds', value: '3600' }],
			run: ({ seconds }) => {
				server.clock.advance(Number(seconds) * 1000);
				return { now: server.clock.now().toISOString() };
			},
		},
		{
			name: 'reset',
			title: 'Begin again',
			explanation: 'Everything as it was after the start.',
			fields: [],
			run: async () => await server.reset(),
		},
	];
}

function failing(server: Steered): Control {
	return {
		name: 'fail',
		title: 'Let the next call fail',
		explanation: '“Answer lost”: the call is done, and the connection is cut before its answer.',
		fields: [
			{ name: 'how', label: 'How', value: '503', options: Object.keys(FAULTS) },
			{
				name: 'method',
				label: 'Method',
				value: ANY,
				options: [ANY, 'GET', 'POST', 'PUT', 'PATCH', 'DELETE'],
			},
			{ name: 'path', label: 'Path contains', value: '' },
			{ name: 'times', label: 'Calls', value: '1' },
		],
		run: ({ how = '', method, path = '', times }) => {
			const fault = FAULTS[how];
			if (!fault) return;
			server.failNext({
				how: fault,
				times: Number(times),
				...(method === ANY ? {} : { method }),
				...(path === '' ? {} : { path: path.replace(/[.*+?^${}()|[\]\\]/g, '\\$&') }),
			});
		},
	};
}

function choosing(choices: Choices): Control {
	const names = Object.keys(choices.current());
	return {
		name: 'setting',
		title: 'Change a setting',
		explanation: 'What no document states; the table stands in sandbox/README.md.',
		fields: [
			{ name: 'name', label: 'Setting', value: names[0] ?? '', options: names },
			{ name: 'value', label: 'Value', value: '' },
		],
		run: ({ name = '', value = '' }) => {
			choices.change({ [name]: valueOf(value) });
			return choices.current();
		},
	};
}

/** A number, `true`, `null` or the like where it reads as one. */
function valueOf(text: string): unknown {
	try {
		return JSON.parse(text) as unknown;
	} catch {
		return text;
	}
}

function strictness(receiver: Receiver): Control {
	return {
		name: 'strict',
		title: 'Strict receiver',
		explanation:
			'Refuses what some server might: chunked bodies, an answer that Accept does not name, unpadded digests, odd file names; a + in a query is a plus.',
		fields: [{ name: 'on', label: 'On', value: 'yes', options: ['yes', 'no'] }],
		run: ({ on }) => {
			receiver.strict = on === 'yes';
			return { strict: receiver.strict };
		},
	};
}
