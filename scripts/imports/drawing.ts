export interface Arrow {
	from: string;
	to: string;
}

/** `nodes/Dimona/api/rules/dates.ts` → `nodes/Dimona/api`; a file beside the rooms is its own. */
export function roomOf(file: string): string {
	const parts = file.split('/');
	return parts.length > 3 ? parts.slice(0, 3).join('/') : file.replace(/\.ts$/, '');
}

/** `nodes/Dimona/api/wait.ts` → `nodes/Dimona`, `lib/http/call.ts` → `lib/http`. */
export function serviceOf(file: string): string {
	const [first = '', second] = file.split('/');
	return first === 'credentials' || second === undefined ? first : `${first}/${second}`;
}

/** The imports between groups of the wanted files, each once, in the order of their names. */
export function arrowsBetween(
	imports: Arrow[],
	groupOf: (file: string) => string,
	isWanted: (file: string) => boolean,
): Arrow[] {
	const arrows = new Map<string, Arrow>();
	for (const { from, to } of imports) {
		if (!isWanted(from) || !isWanted(to)) continue;
		const arrow = { from: groupOf(from), to: groupOf(to) };
		if (arrow.from !== arrow.to) arrows.set(`${arrow.from} ${arrow.to}`, arrow);
	}
	return [...arrows.keys()].sort().flatMap((key) => arrows.get(key) ?? []);
}

/** A Mermaid flow chart, as GitHub shows it. */
export function drawing(arrows: Arrow[]): string {
	const names = [...new Set(arrows.flatMap(({ from, to }) => [from, to]))].sort();
	const ids = new Map(names.map((name, index) => [name, `n${index}`]));
	return [
		'```mermaid',
		'flowchart LR',
		...names.map((name) => `  ${ids.get(name)}["${name}"]`),
		...arrows.map(({ from, to }) => `  ${ids.get(from)} --> ${ids.get(to)}`),
		'```',
	].join('\n');
}
