import type { Text } from './text';

export interface AnomalyKind {
	/** Blocking ones refuse the declaration (result B), the others are warnings (result W). */
	severity: 'blocking' | 'nonBlocking';
	meaning: Text;
	whatToDo: Text;
}

export const blocking = (meaning: Text, whatToDo: Text): AnomalyKind => ({
	severity: 'blocking',
	meaning,
	whatToDo,
});

export const warning = (meaning: Text, whatToDo: Text): AnomalyKind => ({
	severity: 'nonBlocking',
	meaning,
	whatToDo,
});
