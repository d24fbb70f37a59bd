import type { CheckReport, Fact, SettingValue, StepResult } from './report';

const MARKS: Record<StepResult, string> = {
	ok: '🟢 ok',
	warning: '🟡 warning',
	failed: '🔴 failed',
	notTried: '⚪ not tried',
};

const VERDICTS: Record<CheckReport['verdict'], string> = {
	ok: '🟢 Everything that was tried works.',
	warning: '🟡 It works, and something has to be known or done.',
	failed: '🔴 Something does not work.',
};

const PROBLEMS = {
	missing: 'is missing',
	otherType: 'is of another type',
	notUsed: 'is there, and the package does not use it',
} as const;

/**
 * The report as a page for people and issues.
 *
 * @example await writeFile('report.md', markdownOf(report));
 */
export function markdownOf(report: CheckReport): string {
	const { service, role, environment, begunAt, milliseconds, calls, verdict } = report;
	const about = [service, role, environment].filter((one) => one !== null).join(' · ');
	const seconds = (milliseconds / 1000).toFixed(1);
	return [
		`# Connection check: ${about}`,
		'',
		VERDICTS[verdict],
		'',
		`${begunAt}, ${calls} requests in ${seconds} s. Nothing was created, changed, marked as read or acknowledged.`,
		'',
		...stepsOf(report),
		...section('What to do', todosOf(report)),
		...section('Settings that follow', settingsOf(report)),
		...section(
			'Optional features',
			report.features.map(({ name, host, presence }) => `- ${at(name, host)}: ${presence}`),
		),
		...section(
			'Seen',
			report.seen.map(({ name, host, value }) => `- ${at(name, host)}: ${textOf(value)}`),
		),
		...section(
			'Answers that deviate',
			report.deviations.map(
				({ answer, field, problem }) => `- ${answer}: \`${field}\` ${PROBLEMS[problem]}`,
			),
		),
	].join('\n');
}

function stepsOf({ steps }: CheckReport): string[] {
	return [
		'| Step | Result | Time | What it proves | Facts |',
		'| --- | --- | --- | --- | --- |',
		...steps.map(({ name, host, result, milliseconds, proves, facts }) => {
			const told = Object.entries(facts).map(([fact, value]) => `${fact}: ${textOf(value)}`);
			return `| ${at(name, host)} | ${MARKS[result]} | ${milliseconds} ms | ${proves} | ${told.join('; ')} |`;
		}),
		'',
	];
}

function todosOf({ steps }: CheckReport): string[] {
	return steps.flatMap(({ name, host, result, todo }) =>
		todo === null ? [] : [`- ${MARKS[result]} **${at(name, host)}**: ${todo}`],
	);
}

function settingsOf({ settings, settingsByHand }: CheckReport): string[] {
	return [
		...Object.entries(settings).flatMap(([collection, values]) =>
			Object.entries(values).map(
				([name, value]) => `- \`${collection}.${name}\` = \`${valueOf(value)}\``,
			),
		),
		...settingsByHand.map(({ field, value, why }) => `- by hand, "${field}": \`${value}\`. ${why}`),
	];
}

const at = (name: string, host: string | null | undefined): string =>
	typeof host === 'string' ? `${name} (${host})` : name;

const section = (title: string, lines: string[]): string[] =>
	lines.length === 0 ? [] : [`## ${title}`, '', ...lines, ''];

const textOf = (fact: Fact): string =>
	typeof fact === 'object' ? (fact.length === 0 ? 'none' : fact.join(', ')) : String(fact);

const valueOf = (value: SettingValue): string =>
	typeof value === 'object' ? JSON.stringify(value) : String(value);
