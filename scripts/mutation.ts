/**
 * `npm run test:mutation [module …]`: changes the code of the modules that matter most, one small
 * change at a time, and looks whether a test notices. Fails when a module is below the floor.
 * Without names, all modules run. The table in `docs/quality.md` is written anew from the last
 * report of each module; with `--table` nothing is run before. Takes long; no part of `npm test`.
 */
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { cpus } from 'node:os';
import { join, resolve } from 'node:path';
import type { Config } from 'jest';
import { FLOOR, MODULES, type MutatedModule } from './mutation/modules';
import {
	isCurrent,
	type Measured,
	type MutationReport,
	quality,
	scoreOf,
	type Survivor,
} from './mutation/score';

const ROOT = resolve(__dirname, '..');
const REPORTS = join(ROOT, 'coverage', 'mutation');
const PAGE = join(ROOT, 'docs', 'quality.md');

async function main(): Promise<void> {
	const options = process.argv.slice(2);
	const names = options.filter((option) => option !== '--table');
	const unknown = names.filter((name) => !MODULES.some((module) => module.name === name));
	if (unknown.length > 0) {
		const known = MODULES.map(({ name }) => name).join(', ');
		throw new Error(`Not a module: ${unknown.join(', ')}. There are: ${known}`);
	}
	const wanted = MODULES.filter(({ name }) => names.length === 0 || names.includes(name));
	if (!options.includes('--table')) for (const module of wanted) await measure(module);
	writeFileSync(PAGE, quality(readFileSync(PAGE, 'utf8'), MODULES.map(measuredBefore)));
}

async function measure(module: MutatedModule): Promise<void> {
	console.error(`\n=== ${module.name}`);
	await mutate(module);
	const { score } = measuredBefore(module);
	if (!score) throw new Error(`There is no report of ${module.name}`);
	console.error(score.survivors.map((survivor) => described(survivor)).join('\n'));
	console.error(
		`${module.name}: ${score.percent.toFixed(1)} % of ${score.mutants} mutants noticed`,
	);
	if (score.percent >= FLOOR) return;
	console.error(`${module.name} is below ${FLOOR} %: ${score.percent.toFixed(1)} %`);
	process.exitCode = 1;
}

/** What the last report of a module says. */
function measuredBefore({ name }: MutatedModule): Measured {
	const file = reportOf(name);
	if (!existsSync(file)) return { name, current: false };
	const report = JSON.parse(readFileSync(file, 'utf8')) as MutationReport;
	const read = (path: string) =>
		existsSync(join(ROOT, path)) ? readFileSync(join(ROOT, path), 'utf8') : undefined;
	return { name, score: scoreOf(name, report), current: isCurrent(report, read) };
}

const reportOf = (name: string): string => join(REPORTS, `${name}.json`);

async function mutate({ name, files, tests }: MutatedModule): Promise<void> {
	for (const file of files)
		if (!existsSync(join(ROOT, file))) throw new Error(`${name}: there is no ${file}`);
	const { default: base } = (await import(join(ROOT, 'jest.config.mjs'))) as { default: Config };
	const { Stryker } = await import('@stryker-mutator/core');
	mkdirSync(REPORTS, { recursive: true });
	// A change that twenty random runs do not notice is not noticed.
	process.env.PROPERTY_RUNS = '20';
	await new Stryker({
		mutate: files,
		testRunner: 'jest',
		coverageAnalysis: 'perTest',
		concurrency: Math.min(2, cpus().length),
		jest: {
			projectType: 'custom',
			enableFindRelatedTests: false,
			config: { ...base, testMatch: tests.map((test) => `<rootDir>/${test}`) },
		},
		// Copies of the project; inside it, so that they find its `node_modules`.
		tempDirName: join('coverage', `mutation-${process.pid}`),
		ignorePatterns: ['/docs', '/dist', '/coverage', '/bench', '/.github'],
		reporters: ['json', 'html'],
		jsonReporter: { fileName: reportOf(name) },
		htmlReporter: { fileName: join(REPORTS, `${name}.html`) },
		allowConsoleColors: false,
		disableTypeChecks: false,
		symlinkNodeModules: false,
		timeoutMS: 15_000,
		// The floor is ours: Stryker's own ends the process.
		thresholds: { high: 95, low: FLOOR, break: null },
	}).runMutationTest();
}

function described({ file, line, mutator, replacement }: Survivor): string {
	return `  ${file}:${line} ${mutator}: ${replacement}`;
}

main().catch((error: unknown) => {
	console.error(error);
	process.exitCode = 1;
});
