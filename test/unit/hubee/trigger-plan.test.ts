import {
	inFlight,
	needsEvent,
	pageLimit,
	planPoll,
	type QueuedNotification,
	type TriggerSettings,
} from '../../../nodes/HubEe/trigger/plan';
import type { DeliveryRecord, QueueState } from '../../../nodes/HubEe/trigger/queue-state';
import { DAY_MS, HOUR_MS, MINUTE_MS } from '../../../lib/time/durations';

const NOW = Date.parse('2026-03-02T08:00:00Z');

const SETTINGS: TriggerSettings = {
	batchSize: 2,
	redeliverAfter: HOUR_MS,
	maximumDeliveries: 3,
	processCodes: [],
	priorityCodes: [],
	kinds: [],
	clearAcknowledgements: true,
};

const EMPTY: QueueState = {
	delivered: new Map(),
	waiting: new Map(),
	skipped: 0,
	extraLimit: 0,
	longestPage: 0,
	servedNext: 'new',
};

const one = (id: string, more: Partial<QueuedNotification> = {}): QueuedNotification => ({
	id,
	processCode: 'CERTDC',
	caseId: `case of ${id}`,
	...more,
});

const event = (id: string, more: Partial<QueuedNotification> = {}): QueuedNotification =>
	one(id, { eventId: `event of ${id}`, eventActionType: 'COM_ADD', eventStatus: 'SENT', ...more });

/** Delivered so long ago, so often. */
const delivered = (
	age: number,
	deliveries = 1,
	more: Partial<DeliveryRecord> = {},
): DeliveryRecord => ({ at: NOW - age, deliveries, reported: false, ...more });

interface Poll {
	before?: Partial<QueueState>;
	answer?: QueuedNotification[];
	limit?: number;
	unread?: Map<string, string | undefined>;
	settings?: Partial<TriggerSettings>;
}

function planned({ before, answer = [], limit = 100, unread, settings }: Poll) {
	const all = { ...SETTINGS, ...settings };
	const plan = planPoll({ ...EMPTY, ...before }, { limit, answer, unread }, all, NOW);
	return {
		...plan,
		delivers: plan.deliver.map(({ notification }) => notification.id),
		reports: plan.giveUp.map(({ notification }) => notification.id),
		clears: plan.clear.map(({ id }) => id),
		remembers: [...plan.state.delivered.keys()],
	};
}

const map = <Value>(entries: Record<string, Value>) => new Map(Object.entries(entries));

const many = (count: number, make: (id: string) => QueuedNotification = one) =>
	Array.from({ length: count }, (_, index) => make(`n${index}`));

describe('how many are asked for', () => {
	it('a batch and what stands before it', () => {
		const state = {
			...EMPTY,
			delivered: map({ a: delivered(0), b: delivered(0) }),
			skipped: 3,
			extraLimit: 10,
		};
		expect(pageLimit(state, SETTINGS)).toBe(17);
	});

	it('half as many for each failure in a row, never less than a batch', () => {
		const state = { ...EMPTY, skipped: 38 };
		expect([0, 1, 2, 9].map((failures) => pageLimit(state, SETTINGS, failures))).toEqual([
			40, 20, 10, 2,
		]);
		expect(pageLimit({ ...EMPTY, skipped: 39 }, SETTINGS, 1)).toBe(20);
	});

	it('ten thousand at most', () => {
		expect(pageLimit({ ...EMPTY, skipped: 50_000 }, SETTINGS)).toBe(10_000);
		expect(pageLimit({ ...EMPTY, skipped: 50_000 }, SETTINGS, 1)).toBe(5_000);
	});
});

describe('what is in flight', () => {
	it('is what was delivered less than Redeliver After ago, and not what was only reported', () => {
		expect(inFlight(delivered(HOUR_MS - 1), SETTINGS, NOW)).toBe(true);
		expect(inFlight(delivered(HOUR_MS), SETTINGS, NOW)).toBe(false);
		expect(inFlight(delivered(0, 0), SETTINGS, NOW)).toBe(false);
	});

	it('is left alone', () => {
		const plan = planned({
			before: { delivered: map({ a: delivered(HOUR_MS - 1, 9) }) },
			answer: [one('a')],
		});
		expect([plan.delivers, plan.reports, plan.clears]).toEqual([[], [], []]);
		expect(plan.state.skipped).toBe(0);
	});
});

describe('a delivery', () => {
	it('is counted and noted with its time', () => {
		const plan = planned({
			before: { delivered: map({ a: delivered(2 * HOUR_MS, 2, { reported: true }) }) },
			answer: [one('a'), one('b')],
		});
		expect(plan.deliver.map(({ deliveryCount }) => deliveryCount)).toEqual([1, 3]);
		expect(plan.state.delivered).toEqual(map({ a: delivered(0, 3), b: delivered(0, 1) }));
	});

	it('does not carry what was looked up about its author', () => {
		const { deliver } = planned({ answer: [event('a', { isOwnEvent: false })] });
		expect(deliver[0].notification).toEqual(event('a'));
	});

	it('takes new ones and those due again in turn, beginning where the last batch ended', () => {
		const before = { delivered: map({ c: delivered(2 * HOUR_MS), d: delivered(3 * HOUR_MS) }) };
		const answer = ['a', 'b', 'c', 'd'].map((id) => one(id));
		const newFirst = planned({ before, answer, settings: { batchSize: 3 } });
		expect(newFirst.delivers).toEqual(['a', 'd', 'b']);
		expect(newFirst.state.servedNext).toBe('again');
		const againFirst = planned({
			before: { ...before, servedNext: 'again' },
			answer,
			settings: { batchSize: 3 },
		});
		expect(againFirst.delivers).toEqual(['d', 'a', 'c']);
		expect(againFirst.state.servedNext).toBe('new');
	});

	it('gives the places of one side to the other', () => {
		const { delivers, state } = planned({ answer: many(3), settings: { batchSize: 3 } });
		expect(delivers).toEqual(['n0', 'n1', 'n2']);
		expect(state.servedNext).toBe('again');
	});

	it('is by priority, then by date; what has no date comes last', () => {
		const at = (hour: number) => new Date(NOW + hour * HOUR_MS).toISOString();
		const { delivers } = planned({
			answer: [
				one('undated'),
				one('late', { dateTime: at(2) }),
				one('odd', { dateTime: 'soon' }),
				one('early', { dateTime: at(1) }),
				one('second', { processCode: 'B', dateTime: at(9) }),
				one('first', { processCode: 'A', dateTime: at(9) }),
			],
			settings: { batchSize: 9, priorityCodes: ['A', 'B'] },
		});
		expect(delivers).toEqual(['first', 'second', 'early', 'late', 'undated', 'odd']);
	});

	it('forgets nothing that is in flight: new ones wait while the memory is full', () => {
		const before = { delivered: map({ a: delivered(0), b: delivered(0) }) };
		const plan = planned({ before, answer: many(3), settings: { capacity: 3, batchSize: 3 } });
		expect(plan.delivers).toEqual(['n0']);
		expect(plan.remembers).toEqual(['a', 'b', 'n0']);
		const full = planned({ before, answer: many(3), settings: { capacity: 1 } });
		expect(full.delivers).toEqual([]);
	});

	it('makes room by what is not in flight: the unseen first, then the oldest', () => {
		const before = {
			delivered: map({
				shown: delivered(9 * HOUR_MS, 3, { reported: true }),
				newer: delivered(30 * MINUTE_MS, 0, { reported: true }),
				older: delivered(40 * MINUTE_MS, 0, { reported: true }),
				flying: delivered(0),
			}),
		};
		const answer = [one('shown'), one('n')];
		const plan = planned({ before, answer, settings: { capacity: 3, batchSize: 1 } });
		expect(plan.delivers).toEqual(['n']);
		// 'shown' was reported again now.
		expect(plan.remembers).toEqual(['shown', 'flying', 'n']);
	});
});

describe('a notification that was delivered as often as is allowed', () => {
	it('is reported, with the number of its deliveries', () => {
		const plan = planned({
			before: { delivered: map({ a: delivered(HOUR_MS, 3), b: delivered(HOUR_MS, 2) }) },
			answer: [one('a'), one('b')],
		});
		expect(plan.delivers).toEqual(['b']);
		expect(plan.giveUp).toEqual([
			{ notification: one('a'), deliveryCount: 3, unreadable: undefined },
		]);
		expect(plan.state.delivered.get('a')).toEqual(delivered(0, 3, { reported: true }));
	});

	it('is reported again after a day, and not before', () => {
		const after = (age: number) =>
			planned({
				before: { delivered: map({ a: delivered(age, 3, { reported: true }) }) },
				answer: [one('a')],
			}).reports;
		expect(after(DAY_MS - 1)).toEqual([]);
		expect(after(DAY_MS)).toEqual(['a']);
	});

	it('is reported in batches, the oldest first', () => {
		const before = {
			delivered: map({
				a: delivered(2 * HOUR_MS, 3),
				b: delivered(4 * HOUR_MS, 3),
				c: delivered(3 * HOUR_MS, 3),
			}),
		};
		expect(planned({ before, answer: ['a', 'b', 'c'].map((id) => one(id)) }).reports).toEqual([
			'b',
			'c',
		]);
	});
});

describe('the filters', () => {
	const passes = (notification: QueuedNotification, settings: Partial<TriggerSettings>) => {
		const { delivers, state } = planned({ answer: [notification], settings });
		expect(state.skipped).toBe(delivers.length === 0 ? 1 : 0);
		return delivers.length === 1;
	};

	it('let the chosen processes through', () => {
		expect(passes(one('a'), { processCodes: ['CERTDC', 'X'] })).toBe(true);
		expect(passes(one('a'), { processCodes: ['X'] })).toBe(false);
	});

	it.each(['ATTACH_DEPOSIT', 'ATTACH_DL', 'COM_ADD', 'SENDING_MESSAGE', 'STATUS_UPDATE'] as const)(
		'let events of the kind %s through, and no others',
		(kind) => {
			const shown = event('a', { eventActionType: kind });
			expect(passes(shown, { kinds: [kind] })).toBe(true);
			expect(passes(shown, { kinds: ['case', 'other', 'RECEIVED'] })).toBe(false);
			expect(passes(one('a'), { kinds: [kind] })).toBe(false);
		},
	);

	it('take what HubEE calls ATTACH_DL_ALL for a download, and what nobody knows for another', () => {
		expect(passes(event('a', { eventActionType: 'ATTACH_DL_ALL' }), { kinds: ['ATTACH_DL'] })).toBe(
			true,
		);
		expect(passes(event('a', { eventActionType: 'NEW' }), { kinds: ['other'] })).toBe(true);
		expect(passes(event('a', { eventActionType: 'NEW' }), { kinds: ['COM_ADD'] })).toBe(false);
	});

	it('tell cases from events', () => {
		expect(passes(one('a'), { kinds: ['case'] })).toBe(true);
		expect(passes(event('a'), { kinds: ['case'] })).toBe(false);
		expect(passes(event('a', { eventActionType: null }), { kinds: ['case', 'other'] })).toBe(false);
	});

	it('let any event in status RECEIVED through where that is chosen', () => {
		const received = event('a', { eventStatus: 'RECEIVED' });
		expect(passes(received, { kinds: ['RECEIVED'] })).toBe(true);
		expect(passes(event('a'), { kinds: ['RECEIVED'] })).toBe(false);
		expect(passes(one('a', { eventStatus: 'RECEIVED' }), { kinds: ['RECEIVED'] })).toBe(false);
	});

	it('leave alone what was delivered before they were changed', () => {
		const plan = planned({
			before: { delivered: map({ a: delivered(2 * HOUR_MS) }) },
			answer: [one('a')],
			settings: { processCodes: ['X'] },
		});
		expect([plan.delivers, plan.reports, plan.state.skipped]).toEqual([[], [], 0]);
	});
});

describe('the acknowledgement of an own event', () => {
	const own = event('a', { eventStatus: 'RECEIVED', isOwnEvent: true });

	it('is deleted and not delivered', () => {
		const plan = planned({ answer: [own] });
		expect([plan.clears, plan.delivers, plan.state.skipped]).toEqual([['a'], [], 1]);
	});

	it.each<[string, QueuedNotification, Partial<TriggerSettings>]>([
		['where that is not wanted', own, { clearAcknowledgements: false }],
		['of the other side', { ...own, isOwnEvent: false }, {}],
		['whose author is not known', { ...own, isOwnEvent: undefined }, {}],
		['in another status', { ...own, eventStatus: 'SENT' }, {}],
		['without an event', { ...own, eventId: undefined }, {}],
	])('is delivered: %s', (_name, notification, settings) => {
		const plan = planned({ answer: [notification], settings });
		expect([plan.clears, plan.delivers]).toEqual([[], ['a']]);
	});

	it('is deleted for the chosen processes only', () => {
		const plan = planned({ answer: [own], settings: { processCodes: ['X'] } });
		expect([plan.clears, plan.delivers]).toEqual([[], []]);
	});
});

describe('what has to be looked up of an event', () => {
	const needs = (notification: QueuedNotification, settings: Partial<TriggerSettings> = {}) =>
		needsEvent(notification, { ...SETTINGS, ...settings });

	it('is what it is, where the notification does not say it', () => {
		expect(needs(event('a', { eventActionType: undefined }))).toBe(true);
		expect(needs(event('a', { eventStatus: undefined }))).toBe(true);
		expect(needs(event('a'))).toBe(false);
		expect(needs(one('a'))).toBe(false);
	});

	it('is whose it is, where it might be deleted', () => {
		const received = event('a', { eventStatus: 'RECEIVED' });
		expect(needs(received)).toBe(true);
		expect(needs({ ...received, isOwnEvent: false })).toBe(false);
		expect(needs(received, { clearAcknowledgements: false })).toBe(false);
		expect(needs(received, { kinds: ['STATUS_UPDATE'] })).toBe(false);
		expect(needs(received, { kinds: ['RECEIVED'] })).toBe(true);
	});

	it('is nothing of what the filters leave out anyway', () => {
		const unknown = event('a', { eventActionType: undefined });
		expect(needs(unknown, { processCodes: ['X'] })).toBe(false);
		expect(needs(unknown, { kinds: ['case'] })).toBe(false);
		expect(needs(unknown, { kinds: ['case', 'other'] })).toBe(true);
	});
});

describe('an event that could not be read', () => {
	const unread = map<string | undefined>({ a: 'away' });
	const waits = (minutes: number, polls: number) =>
		map({ a: { since: NOW - minutes * MINUTE_MS, polls, seenAt: NOW - MINUTE_MS } });

	it('waits, and its polls are counted, but not those that have not come to it', () => {
		const first = planned({ answer: [event('a')], unread });
		expect([first.delivers, first.reports, first.state.skipped]).toEqual([[], [], 1]);
		expect(first.state.waiting).toEqual(map({ a: { since: NOW, polls: 1, seenAt: NOW } }));
		const later = planned({
			before: { waiting: waits(5, 4) },
			answer: [event('a')],
			unread: map<string | undefined>({ a: undefined }),
		});
		expect(later.state.waiting).toEqual(
			map({ a: { since: NOW - 5 * MINUTE_MS, polls: 4, seenAt: NOW } }),
		);
	});

	it('is reported after ten polls over ten minutes, with the reason', () => {
		const report = (minutes: number, polls: number, reason: string | undefined = 'away') =>
			planned({
				before: { waiting: waits(minutes, polls) },
				answer: [event('a')],
				unread: map<string | undefined>({ a: reason }),
			}).giveUp;
		expect(report(10, 9)).toEqual([
			{ notification: event('a'), deliveryCount: 0, unreadable: 'away' },
		]);
		expect(report(9.99, 9)).toEqual([]);
		expect(report(10, 8)).toEqual([]);
	});

	it('is not reported by a poll that has not come to it', () => {
		const plan = planned({
			before: { waiting: waits(60, 60) },
			answer: [event('a')],
			unread: map<string | undefined>({ a: undefined }),
		});
		expect(plan.reports).toEqual([]);
	});

	it('is forgotten when it was not shown for a day', () => {
		const kept = (age: number) =>
			planned({
				before: { waiting: map({ a: { since: 0, polls: 1, seenAt: NOW - age } }) },
			}).state.waiting.size;
		expect([kept(DAY_MS - 1), kept(DAY_MS)]).toEqual([1, 0]);
	});

	it('is forgotten when it was read', () => {
		const plan = planned({ before: { waiting: waits(5, 4) }, answer: [event('a')] });
		expect([plan.state.waiting.size, plan.delivers]).toEqual([0, ['a']]);
	});

	it('is remembered up to the capacity; those that are known stay', () => {
		const plan = planned({
			before: { waiting: waits(5, 4) },
			answer: [event('b'), event('a')],
			unread: map<string | undefined>({ b: 'away', a: 'away' }),
			settings: { capacity: 1 },
		});
		expect([...plan.state.waiting.keys()]).toEqual(['b', 'a']);
		const full = planned({
			before: { waiting: map({ x: { since: NOW, polls: 1, seenAt: NOW } }) },
			answer: [event('b')],
			unread: map<string | undefined>({ b: 'away' }),
			settings: { capacity: 1 },
		});
		expect([...full.state.waiting.keys()]).toEqual(['x']);
	});
});

describe('a notification that is not shown any more', () => {
	const LONG = 2 * DAY_MS;
	const absent = (
		completePages: number,
		countedAgo: number,
		more: Partial<DeliveryRecord> = {},
		since = MINUTE_MS,
	) =>
		map({
			a: delivered(0, 1, {
				absence: { since: NOW - since, completePages, countedAt: NOW - countedAgo },
				...more,
			}),
		});
	const after = (poll: Poll) => planned(poll).state.delivered.get('a');

	it('is noted as absent from now on', () => {
		expect(after({ before: { delivered: map({ a: delivered(0) }) } })?.absence).toEqual({
			since: NOW,
			completePages: 1,
			countedAt: NOW,
		});
	});

	it('is counted once in three quarters of a minute', () => {
		const counted = (ago: number) =>
			after({ before: { delivered: absent(2, ago) } })?.absence?.completePages;
		expect([counted(44_999), counted(45_000)]).toEqual([2, 3]);
	});

	it('has left after six complete pages', () => {
		expect(after({ before: { delivered: absent(4, MINUTE_MS) } })).toBeDefined();
		expect(after({ before: { delivered: absent(5, MINUTE_MS) } })).toBeUndefined();
	});

	it('is there again when it is shown', () => {
		const shown = after({ before: { delivered: absent(5, MINUTE_MS) }, answer: [one('a')] });
		expect(shown).toEqual(delivered(0));
	});

	it.each<[string, number, number, number, boolean]>([
		['a page that is not full', 10, 100, 0, true],
		['a full page', 10, 10, 0, false],
		['one that is shorter than every server gives', 24, 100, 0, true],
		['one that may have been cut off', 25, 100, 25, false],
		['one that is shorter than another was', 25, 100, 26, true],
	])('is told by %s or not', (_name, length, limit, longestPage, counts) => {
		const { state } = planned({
			before: { delivered: absent(2, MINUTE_MS), longestPage },
			answer: many(length),
			limit,
		});
		expect(state.delivered.get('a')?.absence?.completePages).toBe(counts ? 3 : 2);
		expect(state.longestPage).toBe(Math.max(longestPage, length));
	});

	it('is forgotten after Redeliver After where no page is complete; a reported one after two days', () => {
		const cutOff = { answer: many(25), limit: 100, before: {} };
		const kept = (since: number, reported: boolean, redeliverAfter = HOUR_MS) =>
			after({
				...cutOff,
				before: { delivered: absent(0, 0, { reported }, since) },
				settings: { redeliverAfter },
			}) !== undefined;
		expect([kept(HOUR_MS - 1, false), kept(HOUR_MS, false)]).toEqual([true, false]);
		expect([kept(LONG - 1, true), kept(LONG, true)]).toEqual([true, false]);
		expect([kept(LONG, true, 3 * DAY_MS), kept(3 * DAY_MS, true, 3 * DAY_MS)]).toEqual([
			true,
			false,
		]);
		// Of this very moment nothing is said yet.
		expect(kept(0, false, 0)).toBe(true);
	});
});

describe('a longer page', () => {
	const full = (poll: Poll = {}) => planned({ answer: many(2), limit: 2, ...poll });

	it('is asked for at once where a full one shows too little', () => {
		const foreign = many(2, (id) => one(id, { processCode: 'X' }));
		const plan = full({ answer: foreign, settings: { processCodes: ['CERTDC'] } });
		expect(plan.needsLongerPage).toBe(true);
		expect(plan.state).toMatchObject({ extraLimit: 2, skipped: 2 });
		const again = full({
			before: { extraLimit: 8 },
			answer: foreign,
			settings: { processCodes: ['CERTDC'] },
		});
		expect(again.state.extraLimit).toBe(16);
	});

	it('is not asked for where the batch is full, or the queue is at its end', () => {
		expect(full().needsLongerPage).toBe(false);
		expect(planned({ answer: [one('a')] }).needsLongerPage).toBe(false);
	});

	it('is asked for where one is due that is not shown', () => {
		const before = { delivered: map({ a: delivered(HOUR_MS) }) };
		expect(full({ before }).needsLongerPage).toBe(true);
		const flying = { delivered: map({ a: delivered(0) }) };
		expect(full({ before: flying }).needsLongerPage).toBe(false);
	});

	it('is looked for in the next polls where more than half of what is remembered is not shown', () => {
		const unseen = (count: number) =>
			new Map(Array.from({ length: count }, (_, index) => [`u${index}`, delivered(0)]));
		const settings = { capacity: 20 };
		const plan = full({ before: { delivered: unseen(11), extraLimit: 4 }, settings });
		expect([plan.needsLongerPage, plan.state.extraLimit]).toEqual([false, 8]);
		const few = full({ before: { delivered: unseen(10), extraLimit: 4 }, settings });
		expect(few.state.extraLimit).toBe(2);
	});

	it('is no longer than ten thousand', () => {
		const foreign = many(2, (id) => one(id, { processCode: 'X' }));
		const settings = { processCodes: ['CERTDC'] };
		const plan = planned({
			before: { extraLimit: 9_000 },
			answer: many(10_000, (id) => one(id, { processCode: 'X' })),
			limit: 10_000,
			settings,
		});
		expect([plan.needsLongerPage, plan.state.extraLimit]).toEqual([false, 10_000]);
		expect(planned({ answer: foreign, limit: 2, settings }).needsLongerPage).toBe(true);
	});

	it('is not needed any more once a page is complete, unless many are not shown', () => {
		const seen = planned({ before: { extraLimit: 9 }, answer: [one('a')] });
		expect(seen.state.extraLimit).toBe(0);
		const unseen = new Map(Array.from({ length: 3 }, (_, index) => [`u${index}`, delivered(0)]));
		const hidden = planned({
			before: { extraLimit: 9, delivered: unseen },
			settings: { capacity: 5 },
		});
		expect(hidden.state.extraLimit).toBe(9);
	});

	it('grows shorter again where a page may have been cut off', () => {
		const plan = planned({
			before: { extraLimit: 9, longestPage: 25 },
			answer: many(25),
			limit: 100,
		});
		expect(plan.state.extraLimit).toBe(4);
	});
});
