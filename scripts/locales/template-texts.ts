import ts from 'typescript';

/** A workflow as `workflows/*.json` hold it: what its names and texts stand in. */
export interface Template {
	name: string;
	nodes: TemplateNode[];
	connections: Record<string, Record<string, Array<Array<{ node: string }> | null>>>;
}

interface TemplateNode {
	name: string;
	type: string;
	parameters: Record<string, unknown>;
}

/**
 * Gives the text in place of another. What stands between the words of a text and is computed is
 * `{1}`, `{2}` … in it.
 */
export type TranslateText = (text: string) => string;

const STICKY = 'n8n-nodes-base.stickyNote';

/**
 * A copy of the template in which `translate` has given each name and each text that a person
 * reads: names of the workflow and its nodes, notes, forms, pages, answers, and the words in
 * expressions and code. References to nodes and to the fields of forms follow.
 * @param isText tells the texts from what programs compare, in expressions, code and parameters
 */
export function withTemplateTexts<T extends Template>(
	template: T,
	translate: TranslateText,
	isText: (text: string) => boolean = isProse,
): T {
	const names = new Map(template.nodes.map(({ name }) => [name, translate(name)]));
	const named = (name: string): string => names.get(name) ?? name;
	const words = new Words(named, formFields(template, translate), translate, isText);
	return {
		...template,
		name: translate(template.name),
		nodes: template.nodes.map((node) => ({
			...node,
			name: named(node.name),
			parameters: words.inParameters(node),
		})),
		connections: Object.fromEntries(
			Object.entries(template.connections).map(([from, kinds]) => [
				named(from),
				Object.fromEntries(
					Object.entries(kinds).map(([kind, outputs]) => [
						kind,
						outputs.map(
							(targets) =>
								targets?.map((target) => ({ ...target, node: named(target.node) })) ?? null,
						),
					]),
				),
			]),
		),
	};
}

/**
 * The labels of the template's forms, by which expressions read the answers, and the names that n8n
 * gives the files of a form: the label with an underscore for each sign that is not in `\w`.
 */
function formFields(template: Template, translate: TranslateText): Map<string, string> {
	const labels = template.nodes.flatMap(({ parameters }) => {
		const { values = [] } = (parameters.formFields ?? {}) as {
			values?: Array<{ fieldLabel?: string }>;
		};
		return values.flatMap(({ fieldLabel }) => (fieldLabel ? [fieldLabel] : []));
	});
	const fileName = (label: string): string => label.replace(/\W/g, '_');
	// A label of one word is also its file's name, and is looked up as the label.
	return new Map([
		...labels.map((label) => [fileName(label), fileName(translate(label))] as const),
		...labels.map((label) => [label, translate(label)] as const),
	]);
}

/** A piece of a text to put in the place of another. */
interface Change {
	start: number;
	end: number;
	text: string;
}

class Words {
	constructor(
		private readonly named: (name: string) => string,
		private readonly fields: Map<string, string>,
		private readonly translate: TranslateText,
		private readonly isText: (text: string) => boolean,
	) {}

	inParameters({ type, parameters }: TemplateNode): Record<string, unknown> {
		if (type === STICKY)
			return { ...parameters, content: inLines(String(parameters.content), this.translate) };
		return this.inPart(parameters) as Record<string, unknown>;
	}

	private inPart(part: unknown, key = ''): unknown {
		if (typeof part === 'string') return this.inValue(part, key);
		if (Array.isArray(part)) return part.map((one) => this.inPart(one, key));
		if (typeof part !== 'object' || part === null) return part;
		return Object.fromEntries(
			Object.entries(part).map(([name, value]) => [name, this.inPart(value, name)]),
		);
	}

	private inValue(value: string, key: string): string {
		if (key === 'jsCode') return this.inCode(value, 'async function f(){', '}');
		return value.startsWith('=') ? `=${this.inExpressions(value.slice(1))}` : this.inPlain(value);
	}

	/** A text in which expressions stand between `{{` and `}}`. */
	private inExpressions(text: string): string {
		const pieces = text.split(/(\{\{[^]*?\}\})/);
		const computed = pieces.filter((_, place) => place % 2 === 1);
		const plain = pieces.map((piece, place) => (place % 2 === 1 ? `{${(place + 1) / 2}}` : piece));
		const inside = computed.map((one) => `{{${this.inCode(one.slice(2, -2), '(', ')')}}}`);
		return filledIn(this.inPlain(plain.join('')), inside);
	}

	private inPlain(text: string): string {
		const field = this.fields.get(text);
		if (field !== undefined) return field;
		if (this.beginsFields(text)) return this.beginningOfFields(text);
		return this.isText(text) ? trimmed(text, this.translate) : text;
	}

	/** Whether it is the beginning of a file's name in a form, by which code tells such files. */
	private beginsFields(text: string): boolean {
		return /^\w+_\w*$/.test(text) && this.fieldsThat(text, 0).length > 0;
	}

	private beginningOfFields(text: string): string {
		const beginning = this.translate(text);
		if (this.fieldsThat(text, 0).join() !== this.fieldsThat(beginning, 1).join())
			throw new Error(`"${beginning}" does not begin the same fields of the form as "${text}"`);
		return beginning;
	}

	/** The places of the fields whose English (0) or other (1) name begins so. */
	private fieldsThat(beginning: string, language: 0 | 1): number[] {
		return [...this.fields].flatMap((names, place) =>
			names[language].startsWith(beginning) ? [place] : [],
		);
	}

	/** The string literals of JavaScript, and the fields of forms that it reads as properties. */
	private inCode(code: string, before: string, after: string): string {
		const source = ts.createSourceFile(
			'code.js',
			`${before}${code}${after}`,
			ts.ScriptTarget.Latest,
			true,
		);
		return this.inTree(source, source, before.length, before.length + code.length);
	}

	private inTree(node: ts.Node, source: ts.SourceFile, start: number, end: number): string {
		const changes: Change[] = [];
		const visit = (one: ts.Node): void => {
			const change = this.changeOf(one, source);
			if (change) changes.push(change);
			else ts.forEachChild(one, visit);
		};
		ts.forEachChild(node, visit);
		let text = '';
		let done = start;
		for (const change of changes) {
			text += source.text.slice(done, change.start) + change.text;
			done = change.end;
		}
		return text + source.text.slice(done, end);
	}

	private changeOf(node: ts.Node, source: ts.SourceFile): Change | undefined {
		const place = { start: node.getStart(source), end: node.getEnd() };
		if (ts.isStringLiteral(node) || ts.isNoSubstitutionTemplateLiteral(node)) {
			const text = this.inLiteral(node.text);
			const quote = source.text.charAt(place.start);
			// What stays, stays as it was written.
			return text === node.text
				? undefined
				: { ...place, text: quote + quoted(text, quote) + quote };
		}
		if (ts.isTemplateExpression(node)) return this.inTemplateLiteral(node, source);
		if (ts.isPropertyAccessExpression(node)) {
			const field = this.fields.get(node.name.text);
			if (field === undefined || field === node.name.text) return undefined;
			const whole = this.inTree(node, source, place.start, node.name.getStart(source));
			return { ...place, text: whole + field };
		}
		return undefined;
	}

	private inLiteral(text: string): string {
		const name = this.named(text);
		return name === text ? this.inPlain(text) : name;
	}

	/** The words of a `…${}…` as one text; undefined when only what is computed may have some. */
	private inTemplateLiteral(
		node: ts.TemplateExpression,
		source: ts.SourceFile,
	): Change | undefined {
		const plain = node.templateSpans.reduce(
			(text, span, place) => `${text}{${place + 1}}${span.literal.text}`,
			node.head.text,
		);
		const text = this.inPlain(plain);
		if (text === plain) return undefined;
		const inside = node.templateSpans.map(({ expression }) => {
			const start = expression.getFullStart();
			const change = this.changeOf(expression, source);
			const code = change
				? source.text.slice(start, change.start) + change.text
				: this.inTree(expression, source, start, expression.getEnd());
			return `\${${code}}`;
		});
		return {
			start: node.getStart(source),
			end: node.getEnd(),
			text: `\`${filledIn(quoted(text, '`'), inside)}\``,
		};
	}
}

const filledIn = (text: string, computed: string[]): string =>
	text.replace(/\{(\d+)\}/g, (place, number) => computed[Number(number) - 1] ?? place);

/** As it stands between quotes in JavaScript. */
function quoted(text: string, quote: string): string {
	return text
		.replaceAll('\\', '\\\\')
		.replaceAll(quote, `\\${quote}`)
		.replaceAll('\n', '\\n')
		.replaceAll('\r', '\\r')
		.replaceAll('\t', '\\t')
		.replaceAll('\0', '\\0');
}

/** The lines of a note without their marks of a heading or a list; what stands in ``` stays. */
function inLines(content: string, translate: TranslateText): string {
	let isSample = false;
	return content
		.split('\n')
		.map((line) => {
			if (line.startsWith('```')) isSample = !isSample;
			const [mark = ''] = /^(#+ |\d+\. |- )?/.exec(line) ?? [];
			const text = line.slice(mark.length);
			return isSample || !/\p{L}/u.test(text) || /^`[^`]*`$/.test(text)
				? line
				: mark + translate(text);
		})
		.join('\n');
}

/** Spaces around a text belong to what stands beside it. */
function trimmed(text: string, translate: TranslateText): string {
	const inner = text.trim();
	return text.replace(inner, () => translate(inner));
}

/**
 * Whether a person reads it as words: several of them, or one with a capital. Codes, keys, paths
 * and single words in lower case are what programs compare.
 */
function isProse(text: string): boolean {
	const words = text.replace(/\{\d+\}/g, '').trim();
	if (/^\p{Lu}\p{Ll}+$/u.test(words)) return true;
	const isWords = /\p{Ll}{2}|\p{Lu}{2}\s+\p{Lu}{2}/u.test(words);
	const isCode = /^\{"|^[yMdHms:\s-]+$/.test(words);
	return /\S\s+\S/.test(words) && isWords && !isCode;
}
