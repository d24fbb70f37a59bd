import { existsSync, readFileSync, readdirSync } from 'node:fs';
import { dirname, join } from 'node:path';

interface BundledPackage {
	name: string;
	version: string;
	licence: string;
	text: string;
}

interface PackageJson {
	name?: string;
	version?: string;
	license?: string | { type?: string };
	licenses?: Array<{ type?: string }>;
	author?: string | { name?: string };
}

/**
 * The licence texts of exactly the packages that have a module in the bundle.
 * @param moduleIds absolute file names of the bundled modules, as the bundler reports them.
 * @throws Error when a bundled package names no licence, or its text is nowhere to be found.
 */
export function thirdPartyLicences(moduleIds: Iterable<string>): string {
	const folders = new Set<string>();
	for (const id of moduleIds) {
		const folder = packageFolder(id);
		if (folder) folders.add(folder);
	}
	const packages = [...folders].map(describe);
	packages.sort((a, b) => (a.name + a.version < b.name + b.version ? -1 : 1));
	const head =
		'This package contains code of the following packages, each under its own licence.\n';
	return [head, ...packages.map(section)].join('\n');
}

/**
 * The folder of the installed package that a module belongs to; nothing for our own and for virtual
 * modules.
 */
function packageFolder(moduleId: string): string | undefined {
	const file = moduleId.replace(/^\0/, '').replace(/\?.*$/, '');
	if (!file.includes('/node_modules/') || !existsSync(file)) return undefined;
	let folder = dirname(file);
	// A library may carry nameless package.json files inside, which only say `"type": "module"`.
	while (!readPackageJson(folder)?.version) folder = dirname(folder);
	return folder;
}

function readPackageJson(folder: string): PackageJson | undefined {
	const file = join(folder, 'package.json');
	return existsSync(file) ? (JSON.parse(readFileSync(file, 'utf8')) as PackageJson) : undefined;
}

function describe(folder: string): BundledPackage {
	const { name = folder, version = '', ...about } = readPackageJson(folder) ?? {};
	const declared = about.license ?? about.licenses?.[0];
	const licence = typeof declared === 'string' ? declared : declared?.type;
	if (!licence) throw new Error(`${name} ${version} names no licence: it cannot be bundled`);
	const author = typeof about.author === 'string' ? about.author : about.author?.name;
	const text = licenceFiles(folder) || licenceInReadme(folder) || usualText(licence, author);
	if (!text) throw new Error(`${name} ${version} comes without the text of its licence`);
	return { name, version, licence, text };
}

const licenceFiles = (folder: string): string =>
	readdirSync(folder)
		.filter((file) => /^(licen[cs]e|copying|notice)/i.test(file))
		.map((file) => readFileSync(join(folder, file), 'utf8').trim())
		.join('\n\n');

/** What stands below the heading "License" of a README. */
function licenceInReadme(folder: string): string {
	const readme = readdirSync(folder).find((file) => /^readme/i.test(file));
	if (readme === undefined) return '';
	const text = readFileSync(join(folder, readme), 'utf8').replaceAll('\r\n', '\n');
	const [, below = ''] = text.split(/^(?:#+ *licen[cs]e|licen[cs]e\n-+) *$/im);
	const section = below.split(/^(?:#+ |\[\S+\]: )/m)[0] ?? '';
	return section.trim().replaceAll('&lt;', '<').replaceAll('&gt;', '>');
}

/** The MIT text, as our own licence has it, for a package that only says "MIT". */
function usualText(licence: string, author: string | undefined): string | undefined {
	if (licence !== 'MIT' || !author) return undefined;
	const own = readFileSync(join(__dirname, '../../LICENSE'), 'utf8');
	return own.replace(/^Copyright .*$/m, `Copyright (c) ${author}`).trim();
}

function section({ name, version, licence, text }: BundledPackage): string {
	const line = '-'.repeat(80);
	return `${line}\n${name} ${version} (${licence})\n${line}\n\n${text.replace(/\r\n/g, '\n')}\n`;
}
