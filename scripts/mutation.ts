/**
 * `npm run test:mutation [module …]`: changes the code of the modules that matter most, one small
 * change at a time, and looks whether a test notices. Fails when a module is below the floor.
 * Without names, all modules run, and the table in `docs/quality.md` is written anew. Takes about
 * a quarter of an hour; no part of `npm test`.
 */
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { cpus } from 'node:os';
import { join, resolve } from 'node:path';
import type { Config } from 'jest';
import { FLOOR, MODULES, type MutatedModule } from './mutation/modules';
import { quality, type Score, scoreOf, type Survivor } from './mutation/score';

const ROOT = resolve(__dirname, '..');
const REPORTS = join(ROOT, 'coverage', 'mutation');
const PAGE = join(ROOT, 'docs', 'quality.md');

async function main(): Promise<void> {
	const names = process.argv.slice(2);
	const unknown = names.filter((name) => !MODULES.some((module) => module.name === name));
	if (unknown.length > 0) {
		const known = MODULES.map(({ name }) => name).join(', ');
		throw new Error(`Not a module: ${unknown.join(', ')}. There are: ${known}`);
	}
	const wanted = MODULES.filter(({ name }) => names.length === 0 || names.includes(name));
	const scores: Score[] = [];
	for (const module of wanted) {
		console.error(`\n=== ${module.name}`);
		const score = scoreOf(module.name, await mutate(module));
		scores.push(score);
		console.error(score.survivors.map((survivor) => described(survivor)).join('\n'));
		console.error(
			`${module.name}: ${score.percent.toFixed(1)} % of ${score.mutants} mutants noticed`,
		);
	}
	const below = scores.filter(({ percent }) => percent < FLOOR);
	for (const { name, percent } of below)
		console.error(`${name} is below ${FLOOR} %: ${percent.toFixed(1)} %`);
	if (below.length > 0) process.exitCode = 1;
	if (names.length === 0) writeFileSync(PAGE, quality(readFileSync(PAGE, 'utf8'), scores));
}

async function mutate({ name, files, tests }: MutatedModule) {
	for (const file of files)
		if (!existsSync(join(ROOT, file))) throw new Error(`${name}: there is no ${file}`);
	const { default: base } = (await import(join(ROOT, 'jest.config.mjs'))) as { default: Config };
	const { Stryker } = await import('@stryker-mutator/core');
	mkdirSync(REPORTS, { recursive: true });
	// A change that forty random runs do not notice is not noticed.
	process.env.PROPERTY_RUNS = '40';
	return await new Stryker({
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
		jsonReporter: { fileName: join(REPORTS, `${name}.json`) },
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
