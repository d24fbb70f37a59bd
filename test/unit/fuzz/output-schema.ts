import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';

/**
 * The part of JSON Schema by which n8n's editor shows the output of a node before its first run:
 * `nodes/<folder>/__schema__/v<version>/<resource>/<operation>.json`.
 */
interface OutputSchema {
	type?: 'array' | 'boolean' | 'null' | 'number' | 'object' | 'string';
	properties?: Record<string, OutputSchema>;
	items?: OutputSchema;
}

const NODE_FOLDERS = new Map([
	['hubee', 'HubEe'],
	['dimona', 'Dimona'],
	['e-box', 'EBoxEnterprise'],
	['aspone', 'AspOneAlert'],
]);

/** Of an operation in the words of a scenario: `hubee case:receive`. */
function schemaPath(scenario: string): string {
	const [service = '', operation = ''] = scenario.split(' ');
	const folder = join(__dirname, '../../../nodes', NODE_FOLDERS.get(service) ?? service);
	return join(folder, '__schema__/v1.0.0', `${operation.replace(':', '/')}.json`);
}

export function storedSchema(scenario: string): OutputSchema | undefined {
	const path = schemaPath(scenario);
	return existsSync(path) ? (JSON.parse(readFileSync(path, 'utf8')) as OutputSchema) : undefined;
}

export function storeSchema(scenario: string, schema: OutputSchema): void {
	const path = schemaPath(scenario);
	mkdirSync(dirname(path), { recursive: true });
	writeFileSync(path, `${JSON.stringify(schema, undefined, '\t')}\n`);
}

/** What all of these values are. Where they are of two kinds, nothing is said of their type. */
export function schemaOf(values: unknown[]): OutputSchema {
	const said = values.filter((value) => value !== null && value !== undefined);
	const kinds = new Set(said.map(kindOf));
	const [kind] = kinds;
	if (kind === undefined) return { type: 'null' };
	if (kinds.size > 1) return {};
	if (kind === 'array') {
		const entries = (said as unknown[][]).flat();
		return entries.length === 0 ? { type: kind } : { type: kind, items: schemaOf(entries) };
	}
	if (kind !== 'object') return { type: kind };
	const objects = said as Array<Record<string, unknown>>;
	const names = [...new Set(objects.flatMap((object) => Object.keys(object)))];
	const properties = names.map((name): [string, OutputSchema] => [
		name,
		schemaOf(objects.map((object) => object[name])),
	]);
	return { type: kind, properties: Object.fromEntries(properties) };
}

/** Where a value is not what the schema says, by path; nothing when it is. */
export function deviations(value: unknown, schema: OutputSchema, path = '$'): string[] {
	if (value === null || value === undefined) return [];
	// Of what was always null the type is not known.
	if (schema.type === undefined || schema.type === 'null') return [];
	const kind = kindOf(value);
	if (kind !== schema.type) return [`${path} is ${kind}, not ${schema.type}`];
	if (Array.isArray(value)) {
		const { items = {} } = schema;
		return value.flatMap((entry, index) => deviations(entry, items, `${path}[${index}]`));
	}
	if (kind !== 'object') return [];
	return Object.entries(value).flatMap(([name, inner]) => {
		const known = schema.properties?.[name];
		return known ? deviations(inner, known, `${path}.${name}`) : [`${path}.${name} is not named`];
	});
}

function kindOf(value: unknown): 'array' | 'boolean' | 'number' | 'object' | 'string' {
	if (Array.isArray(value)) return 'array';
	const kind = typeof value;
	if (kind === 'boolean' || kind === 'number' || kind === 'object') return kind;
	return 'string';
}
