/**
 * Runs the templates of `workflows/` in another language: with `TEMPLATE_LANGUAGE=fr`, what imports
 * a template imports it in French, and what it reads of an execution has the English names of the
 * nodes.
 */
import { resolve } from 'node:path';
import type { WorkflowJson } from './workflows';

const ROOT = resolve(__dirname, '../..');

interface TemplateLanguage {
	/** The workflow in the language, if it is a template; others are left alone. */
	translated(workflow: WorkflowJson): WorkflowJson;
	/** Names of nodes of templates: in the language by English name, and the other way round. */
	names: Map<string, string>;
	english: Map<string, string>;
}

let known: Promise<TemplateLanguage> | undefined;

/** The language that the environment asks for; none is English, which needs nothing. */
export async function templateLanguage(): Promise<TemplateLanguage | undefined> {
	const { TEMPLATE_LANGUAGE: language } = process.env;
	if (!language) return undefined;
	known ??= read(language);
	return await known;
}

async function read(language: string): Promise<TemplateLanguage> {
	const { readTemplateCatalogue, templatesFor, translatedTemplate } =
		await import('../locales/templates');
	const catalogue = readTemplateCatalogue(ROOT, language);
	const templates = [...templatesFor(ROOT, language).values()];
	const pairs = templates.flatMap((template) => {
		const names = template.nodes.map(({ name }) => name);
		return translatedTemplate(template, catalogue).nodes.map(
			({ name }, place) => [names[place] ?? name, name] as const,
		);
	});
	return {
		translated: (workflow) =>
			templates.some(({ name }) => name === workflow.name)
				? translatedTemplate(workflow, catalogue)
				: workflow,
		names: new Map(pairs),
		english: new Map(pairs.map(([name, inLanguage]) => [inLanguage, name] as const)),
	};
}
