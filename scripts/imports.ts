/**
 * `npm run imports`: checks what imports what by the rules in `imports/rules.ts`, circles
 * first, and draws the rooms into `docs/imports.md`. With `--check`, as in `npm run lint`, it only
 * checks.
 */
import { writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import type { ICruiseResult, IViolation } from 'dependency-cruiser';
import { type Arrow, arrowsBetween, drawing, roomOf, serviceOf } from './imports/drawing';
import { OPTIONS, RULES } from './imports/rules';

const ROOT = resolve(__dirname, '..');
const FOLDERS = ['nodes', 'lib', 'credentials', 'sandbox', 'scripts', 'bench', 'test'];
const DRAWING = 'docs/imports.md';

async function main(): Promise<void> {
	const { modules, summary } = await cruiseAll();
	for (const violation of summary.violations) console.error(described(violation));
	console.error(
		`${modules.length} files, ${summary.totalDependenciesCruised} imports, ` +
			`${summary.violations.length} against the rules`,
	);
	if (summary.violations.length > 0) process.exitCode = 1;
	if (process.argv.includes('--check')) return;
	writeFileSync(join(ROOT, DRAWING), page(importsOf(modules)));
	console.error(`Drawn in ${DRAWING}`);
}

async function cruiseAll(): Promise<ICruiseResult> {
	// These packages are ES modules only.
	const { cruise } = await import('dependency-cruiser');
	const { default: extractTsConfig } =
		await import('dependency-cruiser/config-utl/extract-ts-config');
	const { output } = await cruise(
		FOLDERS,
		{ ...OPTIONS, baseDir: ROOT, validate: true, ruleSet: RULES },
		undefined,
		{ tsConfig: extractTsConfig(join(ROOT, 'tsconfig.json')) },
	);
	if (typeof output === 'string') throw new Error('dependency-cruiser answered with a text');
	return output;
}

function described({ rule, from, to, cycle }: IViolation): string {
	const way = cycle ? [from, ...cycle.map(({ name }) => name)] : [from, to];
	return `${rule.severity} ${rule.name}: ${way.join(' → ')}`;
}

function importsOf(modules: ICruiseResult['modules']): Arrow[] {
	return modules.flatMap(({ source, dependencies }) =>
		dependencies.map(({ resolved }) => ({ from: source, to: resolved })),
	);
}

function page(imports: Arrow[]): string {
	const services = [...new Set(imports.map(({ from }) => from))]
		.filter((file) => file.startsWith('nodes/'))
		.map((file) => serviceOf(file));
	const parts = [
		'# Imports',
		'Made by `npm run imports`; an arrow goes from the room that imports to the room that is imported.',
		'## The services and what they share',
		drawing(arrowsBetween(imports, serviceOf, (file) => /^(nodes|lib|credentials)\//.test(file))),
		...[...new Set(services)]
			.sort()
			.flatMap((service) => [
				`## ${service}`,
				drawing(arrowsBetween(imports, roomOf, (file) => file.startsWith(`${service}/`))),
			]),
		'## The sandbox',
		drawing(arrowsBetween(imports, serviceOf, (file) => file.startsWith('sandbox/'))),
	];
	return `${parts.join('\n\n')}\n`;
}

main().catch((error: unknown) => {
	console.error(error);
	process.exitCode = 1;
});
