import {
	acceptListing,
	adjustToClock,
	type Delivery,
	firstDayToRead,
	hasBeenRead,
	initialMemory,
	type ListedMessage,
	type ProviderListing,
	restoreUnconfirmed,
	type TriggerMemory,
	withNextBatch,
} from '../../../nodes/EBoxEnterprise/trigger/watermark';

const MINUTE = 60_000;
const HOUR = 60 * MINUTE;
const DAY = 24 * HOUR;
/** When the triggers of these tests begin. */
const START = Date.UTC(2026, 10, 20, 12, 34, 56);
/** Nothing older is delivered by a trigger that has read everything up to its start. */
const EDGE = Date.UTC(2026, 10, 16);

const mail = (id: string, receivedAt: number): ListedMessage => ({
	id,
	receivedAt,
	expiresAt: NaN,
});

const expiring = (id: string, expiresAt: number): ListedMessage => ({
	id,
	receivedAt: START - 30 * DAY,
	expiresAt,
});

/** A trigger that reads one provider, as a process runs it. */
class Trigger {
	private confirmedBatch?: number;

	constructor(
		public memory: TriggerMemory = initialMemory(START),
		private readonly provider = 'nsso',
	) {}

	/** A trigger whose first reading found an empty e-Box. */
	static begun(): Trigger {
		const trigger = new Trigger();
		trigger.poll(START, {});
		return trigger;
	}

	/** What the provider shows now is delivered and handed over. */
	poll(now: number, shown: Partial<ProviderListing>, room?: number): Delivery {
		const listing = { messages: [], complete: true, ...shown };
		const restored = restoreUnconfirmed(this.memory, this.confirmedBatch);
		const taken = acceptListing(restored, this.provider, listing, now, room);
		const { fresh, expiring: soon } = taken.delivery;
		this.memory = taken.memory;
		if (fresh.length + soon.length > 0) {
			this.memory = withNextBatch(this.memory);
			this.confirmedBatch = this.memory.batch;
		}
		return taken.delivery;
	}

	/** The process ends; another one has the stored state, and does not know what was handed over. */
	restart(): void {
		this.confirmedBatch = undefined;
		this.memory = JSON.parse(JSON.stringify(this.memory)) as TriggerMemory;
	}

	get known() {
		return this.memory.providers[this.provider];
	}

	firstDay(now = START, serverTime?: number): string | undefined {
		return firstDayToRead(this.memory, this.provider, now, serverTime);
	}
}

describe('the memory of the e-Box trigger', () => {
	describe('when it begins', () => {
		it('passes over what is already there, also mail without a readable or with a later date', () => {
			const trigger = new Trigger();
			const messages = [mail('old', START - DAY), mail('odd', NaN), mail('late', START + HOUR)];
			expect(trigger.poll(START, { messages })).toEqual({ fresh: [], expiring: [], repeated: [] });
			const next = [...messages, mail('new', START + MINUTE)];
			expect(trigger.poll(START + HOUR, { messages: next }).fresh).toEqual(['new']);
		});

		it('delivers what is already there where that is wanted, also when dated to the year 1', () => {
			const trigger = new Trigger(initialMemory(START, true));
			const messages = [mail('old', START - 900 * DAY), mail('first', Date.parse('0001-01-01'))];
			expect(trigger.firstDay()).toBeUndefined();
			expect(trigger.poll(START, { messages }).fresh).toEqual(['first', 'old']);
		});

		it('reads an e-Box without mail from its beginning as long as existing mail is wanted', () => {
			const trigger = new Trigger(initialMemory(START, true));
			trigger.poll(START, {});
			expect(trigger.firstDay()).toBeUndefined();
		});

		it('knows which providers it has read', () => {
			const { memory } = Trigger.begun();
			expect(hasBeenRead(initialMemory(START), 'nsso')).toBe(false);
			expect([hasBeenRead(memory, 'nsso'), hasBeenRead(memory, 'other')]).toEqual([true, false]);
		});

		it.each(['constructor', '__proto__'])('takes %s for a provider like any other', (provider) => {
			const trigger = new Trigger(initialMemory(START), provider);
			expect(trigger.firstDay()).toBe('2026-11-17');
			trigger.poll(START, {});
			const messages = [mail('__proto__', START + HOUR)];
			expect(trigger.poll(START + HOUR, { messages }).fresh).toEqual(['__proto__']);
			expect(trigger.poll(START + HOUR, { messages }).fresh).toEqual([]);
		});

		it.each([
			['ten days ahead', 10, '2026-11-27'],
			['ten days behind', -10, '2026-11-07'],
		])('begins by the clock of a provider that is %s', (_, days, firstDay) => {
			const trigger = new Trigger();
			const serverTime = START + days * DAY;
			expect(trigger.firstDay(START, serverTime)).toBe(firstDay);
			trigger.poll(START, { serverTime });
			expect(trigger.firstDay()).toBe(firstDay);
		});
	});

	describe('of a provider that it reads only later for the first time', () => {
		it.each([
			['agrees', 0, START - 3 * HOUR],
			['is two days behind', -2, START - 2 * DAY - 3 * HOUR],
			['is two days ahead', 2, START - 3 * HOUR],
		])(
			'delivers what came since it began, give or take three hours, where the clock %s',
			(_, days, since) => {
				const now = START + DAY;
				const messages = [mail('at', since), mail('before', since - 1), mail('after', since + 1)];
				const taken = new Trigger().poll(now, { messages, serverTime: now + days * DAY });
				expect(taken.fresh).toEqual(['at', 'after']);
			},
		);

		it('does not deliver later what was there before', () => {
			const trigger = new Trigger();
			const messages = [mail('before', START - 4 * HOUR)];
			trigger.poll(START + DAY, { messages });
			expect(trigger.poll(START + DAY + HOUR, { messages }).fresh).toEqual([]);
		});
	});

	describe('of how far it has read', () => {
		it('reads again from two days back, and one more where a filter excludes its own day', () => {
			expect(Trigger.begun().firstDay()).toBe('2026-11-17');
		});

		it('moves on with the newest message, and not by that of a batch with the oldest', () => {
			const trigger = Trigger.begun();
			const messages = [mail('newer', START + 20 * DAY), mail('older', START + DAY)];
			trigger.poll(START + 21 * DAY, { messages });
			expect(trigger.firstDay()).toBe('2026-12-07');
		});

		it('moves on also where another message has no readable date', () => {
			const trigger = Trigger.begun();
			const messages = [mail('odd', NaN), mail('new', START + 20 * DAY)];
			expect(trigger.poll(START + 20 * DAY, { messages }).fresh).toEqual(['odd', 'new']);
			expect(trigger.firstDay()).toBe('2026-12-07');
		});

		it('stays where it is while a provider holds more than it gave', () => {
			const trigger = Trigger.begun();
			const messages = [mail('new', START + 20 * DAY)];
			trigger.poll(START + 20 * DAY, { messages, complete: false });
			expect(trigger.firstDay()).toBe('2026-11-17');
		});

		it.each([
			['this machine’s clock', undefined, '2026-11-27'],
			['the clock of the provider', START + 5 * DAY, '2026-11-22'],
		])('does not move past %s for a message from the future', (_, serverTime, firstDay) => {
			const trigger = Trigger.begun();
			const messages = [mail('future', START + 900 * DAY)];
			trigger.poll(START + 10 * DAY, { messages, serverTime });
			expect(trigger.firstDay()).toBe(firstDay);
		});

		it('does not go back when the clock of a provider does', () => {
			const trigger = Trigger.begun();
			trigger.poll(START + HOUR, { serverTime: START - 10 * DAY });
			expect(trigger.firstDay()).toBe('2026-11-17');
		});

		it('passes over a message that is older than all its readings cover', () => {
			const messages = [mail('too old', EDGE - 1), mail('just in time', EDGE)];
			expect(Trigger.begun().poll(START + HOUR, { messages }).fresh).toEqual(['just in time']);
		});
	});

	describe('of what it delivered', () => {
		it('delivers each message once, oldest first and an unreadable date before all', () => {
			const trigger = Trigger.begun();
			const [first, second] = [mail('first', START + 1), mail('second', START + 2)];
			const messages = [second, mail('odd', NaN), first, second];
			const taken = trigger.poll(START + HOUR, { messages });
			expect(taken).toEqual({ fresh: ['odd', 'first', 'second'], expiring: [], repeated: [] });
			expect(trigger.poll(START + HOUR, { messages }).fresh).toEqual([]);
		});

		it('delivers no more than there is room for, and the rest with the next polls', () => {
			const trigger = Trigger.begun();
			const messages = [1, 6, 20].map((day) => mail(`day ${day}`, START + day * DAY));
			expect(trigger.poll(START + 20 * DAY, { messages }, 1).fresh).toEqual(['day 1']);
			expect(trigger.firstDay()).toBe('2026-11-23');
			expect(trigger.poll(START + 20 * DAY, { messages }, 2).fresh).toEqual(['day 6', 'day 20']);
			expect(trigger.firstDay()).toBe('2026-12-07');
		});

		it('does not bring the oldest message again that one reading left out', () => {
			const trigger = Trigger.begun();
			const messages = [mail('on the edge', EDGE)];
			trigger.poll(START + HOUR, { messages });
			trigger.poll(START + 2 * HOUR, {});
			trigger.restart();
			trigger.poll(START + 3 * HOUR, {});
			expect(trigger.poll(START + 4 * HOUR, { messages }).fresh).toEqual([]);
		});

		it('does not bring a message without a readable date again while it is shown', () => {
			const trigger = Trigger.begun();
			const messages = [mail('odd', NaN)];
			const polls = [1, 2, 3].map((day) => trigger.poll(START + day * DAY, { messages }).fresh);
			expect(polls).toEqual([['odd'], [], []]);
		});

		it('forgets a message that no reading can bring any more', () => {
			const trigger = Trigger.begun();
			trigger.poll(START + DAY, { messages: [mail('a', START + DAY)] });
			trigger.poll(START + 20 * DAY, { messages: [mail('b', START + 20 * DAY)] });
			trigger.poll(START + 20 * DAY, {});
			expect(trigger.known.seen).toEqual({ b: START + 20 * DAY });
		});

		it('keeps no more than its watermark when nothing comes', () => {
			expect(Trigger.begun().memory).toEqual({
				startedAt: START,
				batch: 0,
				providers: { nsso: { read: true, since: START, seen: {}, expiring: {} } },
			});
			expect(Object.keys(Trigger.begun().known)).toEqual(['read', 'since', 'seen', 'expiring']);
		});

		it('counts the polls that delivered something', () => {
			const trigger = Trigger.begun();
			const messages = [mail('a', START + 1), mail('b', START + 2)];
			const counted = [1, 2, 3].map(() => {
				trigger.poll(START + HOUR, { messages }, 1);
				return trigger.memory.batch;
			});
			expect(counted).toEqual([1, 2, 2]);
		});

		it('remembers the other providers unchanged', () => {
			const { memory } = Trigger.begun();
			const other = new Trigger(memory, 'other');
			other.poll(START + DAY, { messages: [mail('x', START + DAY)] });
			expect(other.memory.providers.nsso).toEqual(memory.providers.nsso);
		});
	});

	describe('of mail that expires soon', () => {
		it('tells of it once, what ends first first, and not of what has ended', () => {
			const trigger = Trigger.begun();
			const soon = [
				expiring('later', START + 9 * DAY),
				expiring('sooner', START + 5 * DAY),
				expiring('sooner', START + 5 * DAY),
				expiring('ends now', START + HOUR),
				expiring('never', NaN),
			];
			const taken = trigger.poll(START + HOUR, { expiring: soon });
			expect(taken).toEqual({ fresh: [], expiring: ['sooner', 'later'], repeated: [] });
			expect(trigger.poll(START + HOUR, { expiring: soon }).expiring).toEqual([]);
		});

		it('tells of it again when its end was put off', () => {
			const trigger = Trigger.begun();
			trigger.poll(START, { expiring: [expiring('m', START + 5 * DAY)] });
			const putOff = { expiring: [expiring('m', START + 9 * DAY)] };
			expect(trigger.poll(START, putOff).expiring).toEqual(['m']);
			expect(trigger.poll(START, putOff).expiring).toEqual([]);
		});

		it('judges by the clock of the provider whether it has ended', () => {
			const soon = [expiring('ended', START - 1), expiring('soon', START + 1)];
			const shown = { expiring: soon, serverTime: START };
			expect(Trigger.begun().poll(START + 10 * DAY, shown).expiring).toEqual(['soon']);
		});

		it('does not tell of it twice when the clock of the provider goes back within a day', () => {
			const trigger = Trigger.begun();
			const shown = { expiring: [expiring('m', START + HOUR)] };
			trigger.poll(START, shown);
			trigger.poll(START + HOUR + DAY - 1, shown);
			expect(trigger.poll(START, shown).expiring).toEqual([]);
		});

		it('forgets it a day after its end', () => {
			const trigger = Trigger.begun();
			trigger.poll(START, { expiring: [expiring('m', START + HOUR)] });
			expect(trigger.known.expiring).toEqual({ m: START + HOUR });
			trigger.poll(START + HOUR + DAY, {});
			expect(trigger.known.expiring).toEqual({});
		});

		it('gives it the room that new mail leaves', () => {
			const trigger = Trigger.begun();
			const messages = [mail('new', START + 1)];
			const soon = [1, 2, 3].map((day) => expiring(`day ${day}`, START + day * DAY));
			const shown = { messages, expiring: soon };
			const polls = [1, 2, 3].map(() => {
				const { fresh, expiring: told } = trigger.poll(START + HOUR, shown, 2);
				return [...fresh, ...told];
			});
			expect(polls).toEqual([['new', 'day 1'], ['day 2', 'day 3'], []]);
		});

		it('tells of it together with the new message, or after it where one at a time is wanted', () => {
			const both = { messages: [mail('m', START + 1)], expiring: [expiring('m', START + DAY)] };
			const atOnce = Trigger.begun().poll(START + HOUR, both);
			expect([atOnce.fresh, atOnce.expiring]).toEqual([['m'], ['m']]);
			const trigger = Trigger.begun();
			const first = trigger.poll(START + HOUR, { ...both, oneAtATime: true });
			expect([first.fresh, first.expiring]).toEqual([['m'], []]);
			const second = trigger.poll(START + HOUR, { ...both, oneAtATime: true });
			expect([second.fresh, second.expiring]).toEqual([[], ['m']]);
		});

		it('waits with it while an execution has the message, and remembers that one does', () => {
			const { memory, known } = Trigger.begun();
			const unacknowledged = [{ id: 'busy', isExpiring: false, at: START, deliveries: 1 }];
			const trigger = new Trigger({
				...memory,
				providers: { nsso: { ...known, unacknowledged } },
			});
			const soon = [expiring('busy', START + DAY), expiring('free', START + DAY)];
			const told = trigger.poll(START + HOUR, { expiring: soon, oneAtATime: true }).expiring;
			expect(told).toEqual(['free']);
			expect(trigger.known.unacknowledged).toEqual(unacknowledged);
		});
	});

	describe('after a restart that may have swallowed the last batch', () => {
		/** One new message and one that expires soon. */
		const shown = {
			messages: [mail('new', START + 1)],
			expiring: [expiring('soon', START + 9 * DAY)],
		};
		const nothing: Delivery = { fresh: [], expiring: [], repeated: [] };

		it.each<[string, Partial<ProviderListing>, Delivery]>([
			[
				'a batch of new mail and notices',
				shown,
				{ fresh: ['new'], expiring: ['soon'], repeated: ['new', 'soon'] },
			],
			[
				'new mail',
				{ messages: shown.messages },
				{ fresh: ['new'], expiring: [], repeated: ['new'] },
			],
			[
				'notices',
				{ expiring: shown.expiring },
				{ fresh: [], expiring: ['soon'], repeated: ['soon'] },
			],
		])('delivers %s again, says so, and does that once', (_, listing, again) => {
			const trigger = Trigger.begun();
			trigger.poll(START + HOUR, listing);
			trigger.restart();
			expect(trigger.poll(START + 2 * HOUR, listing)).toEqual(again);
			trigger.restart();
			expect(trigger.poll(START + 3 * HOUR, listing)).toEqual(nothing);
			expect(Object.keys(trigger.known)).toEqual(['read', 'since', 'seen', 'expiring']);
		});

		it('does not repeat what a poll after the batch has confirmed', () => {
			const trigger = Trigger.begun();
			trigger.poll(START + HOUR, shown);
			trigger.poll(START + 2 * HOUR, {});
			trigger.restart();
			expect(trigger.poll(START + 3 * HOUR, shown)).toEqual(nothing);
		});

		it('repeats what did not fit in one poll with the next ones, and says so each time', () => {
			const trigger = Trigger.begun();
			const listing = { ...shown, messages: [mail('a', START + 1), mail('b', START + 2)] };
			trigger.poll(START + HOUR, listing);
			trigger.restart();
			const polls = [1, 2, 3, 4].map(() => {
				const taken = trigger.poll(START + 2 * HOUR, listing, 1);
				trigger.restart();
				return taken;
			});
			expect(polls).toEqual([
				{ fresh: ['a'], expiring: [], repeated: ['a'] },
				{ fresh: ['b'], expiring: [], repeated: ['b'] },
				{ fresh: [], expiring: ['soon'], repeated: ['soon'] },
				nothing,
			]);
		});

		it('says that it repeats also when the provider shows it only a poll later', () => {
			const trigger = Trigger.begun();
			trigger.poll(START + HOUR, shown);
			trigger.restart();
			expect(trigger.poll(START + 2 * HOUR, {})).toEqual(nothing);
			expect(trigger.poll(START + 3 * HOUR, shown).repeated).toEqual(['new', 'soon']);
		});

		it('does not call new what comes together with a repetition, and repeats that once, too', () => {
			const trigger = Trigger.begun();
			trigger.poll(START + HOUR, shown);
			trigger.restart();
			const more = {
				messages: [...shown.messages, mail('newer', START + HOUR)],
				expiring: [...shown.expiring, expiring('also soon', START + 10 * DAY)],
			};
			const together = trigger.poll(START + 2 * HOUR, more);
			expect(together.fresh).toEqual(['new', 'newer']);
			expect(together.repeated).toEqual(['new', 'soon']);
			trigger.restart();
			const again = trigger.poll(START + 3 * HOUR, more);
			expect(again).toEqual({
				fresh: ['newer'],
				expiring: ['also soon'],
				repeated: ['newer', 'also soon'],
			});
		});

		it('reads back to before a batch that covers weeks, without what was confirmed earlier', () => {
			const trigger = Trigger.begun();
			const early = mail('early', START + DAY);
			const batch = [mail('a', START + 5 * DAY), mail('b', START + 20 * DAY)];
			trigger.poll(START + DAY, { messages: [early] });
			trigger.poll(START + 20 * DAY, { messages: batch });
			trigger.restart();
			expect(restoreUnconfirmed(trigger.memory, undefined).providers.nsso.since).toBe(START + DAY);
			const messages = [early, ...batch];
			expect(trigger.poll(START + 20 * DAY, { messages }).fresh).toEqual(['a', 'b']);
		});
	});

	describe('with this machine’s clock', () => {
		const polledLate = adjustToClock(initialMemory(START), START + 10 * DAY, 0);

		it('notes each poll, and leaves its beginning while time goes on', () => {
			expect(polledLate).toEqual({ ...initialMemory(START), polledAt: START + 10 * DAY });
		});

		it.each([
			['back by more than a minute: as much earlier', -MINUTE - 1, START - MINUTE - 1],
			['back by a minute: not at all', -MINUTE, START],
			['ahead by a day: not at all', DAY, START],
		])('moves its beginning when a running process sees the clock go %s', (_, jump, startedAt) => {
			const now = START + 10 * DAY + jump;
			const adjusted = adjustToClock(polledLate, now, jump);
			expect(adjusted).toEqual({ ...polledLate, startedAt, polledAt: now });
		});

		it('does not take a clock that was set back to 1970 for a wish to get all mail', () => {
			expect(adjustToClock(initialMemory(START), 0, -START).startedAt).toBe(1);
		});

		it.each([
			['before the last poll', START + 10 * DAY - 1, 0],
			['at the last poll', START + 10 * DAY, START],
			['after the last poll', START + 11 * DAY, START],
		])(
			'after a restart by a clock %s, takes for old only what it can tell',
			(_, now, startedAt) => {
				const adjusted = adjustToClock(polledLate, now, undefined);
				expect(adjusted).toEqual({ ...polledLate, startedAt, polledAt: now });
			},
		);

		it('after a restart before it had polled, compares with its beginning', () => {
			const memory = initialMemory(START);
			expect(adjustToClock(memory, START - 1, undefined).startedAt).toBe(0);
			expect(adjustToClock(memory, START, undefined).startedAt).toBe(START);
		});

		it.each([undefined, -DAY, DAY])('goes on to want all mail after a jump of %s', (jump) => {
			const adjusted = adjustToClock(initialMemory(START, true), START + DAY, jump);
			expect(adjusted).toEqual({ startedAt: 0, batch: 0, polledAt: START + DAY, providers: {} });
		});
	});
});
