import { parseAst } from 'rolldown/parseAst';

interface SyntaxNode {
	type: string;
	[key: string]: unknown;
}

const isNode = (value: unknown): value is SyntaxNode =>
	typeof value === 'object' && value !== null && typeof (value as SyntaxNode).type === 'string';

/**
 * The module names that CommonJS code asks for, by `require`, `require.resolve` or `import()`. Read
 * from the syntax tree: a text search would also find comments, and miss renamed calls less
 * honestly. A name that is computed at run time is returned as `<computed>`.
 */
export function requiredModules(code: string): string[] {
	const names = new Set<string>();
	const visit = (value: unknown): void => {
		if (Array.isArray(value)) return value.forEach(visit);
		if (!isNode(value)) return;
		const asked = askedModule(value);
		if (asked !== undefined) names.add(asked);
		Object.values(value).forEach(visit);
	};
	visit(parseAst(code, { sourceType: 'script' }));
	return [...names];
}

function askedModule(node: SyntaxNode): string | undefined {
	if (node.type === 'ImportExpression') return literal(node.source);
	if (node.type !== 'CallExpression' || !isRequire(node.callee)) return undefined;
	return literal((node.arguments as unknown[])[0]);
}

function isRequire(callee: unknown): boolean {
	if (!isNode(callee)) return false;
	if (callee.type === 'Identifier') return callee.name === 'require' || callee.name === '__require';
	return callee.type === 'MemberExpression' && isRequire(callee.object);
}

function literal(argument: unknown): string {
	return isNode(argument) && typeof argument.value === 'string' ? argument.value : '<computed>';
}
