import type { Notification } from '../api/types';
import type { Turn } from './queue-state';

/**
 * One of the new, one of those due again, in turn, until the batch is full: neither can starve the other, and places that one side does
 * not need go to the other.
 */
export function interleaved(
	fresh: Notification[],
	due: Notification[],
	places: number,
	first: Turn,
): { chosen: Notification[]; turn: Turn } {
	const waiting = { new: [...fresh], again: [...due] };
	const chosen: Notification[] = [];
	let turn = first;
	while (chosen.length < places && waiting.new.length + waiting.again.length > 0) {
		const next = waiting[turn].shift();
		if (next) chosen.push(next);
		turn = turn === 'new' ? 'again' : 'new';
	}
	return { chosen, turn };
}
