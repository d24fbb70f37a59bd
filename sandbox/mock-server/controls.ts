import type { AdminRoutes } from './admin';

/** What a person, or one line of `curl`, can do to a sandbox: a form of its root page. */
export interface Control {
	/** Last part of its address, `POST /do/<name>` of the administration. */
	name: string;
	/** A heading in the imperative. */
	title: string;
	/** One sentence about what happens then. */
	explanation?: string;
	fields: ControlField[];
	/** The values by field, each the default where nothing was given. The result is shown as JSON. */
	run: (values: Record<string, string>) => unknown;
}

export interface ControlField {
	name: string;
	label: string;
	/** What it holds when nothing else is given. */
	value: string;
	/** The only values there are; any text when absent. */
	options?: readonly string[];
}

/** A credential as n8n's form and its import want it. */
export interface N8nCredential {
	/** Name in the list of credentials. */
	name: string;
	/** Type in n8n, such as `hubEeOAuth2Api`. */
	type: string;
	/** Values by parameter; what is absent keeps its default. */
	data: Record<string, string>;
	/** The labels of the form, by parameter, in the order of the form. */
	labels: Record<string, string>;
}

/** The administration calls of the controls, by form or JSON. */
export function controlRoutes(
	controls: readonly Control[],
	done: (title: string, result: unknown) => void,
): AdminRoutes {
	return Object.fromEntries(
		controls.map((control) => [
			`POST /do/${control.name}`,
			async ({ body }: { body: unknown }) => {
				const result = await control.run(valuesOf(control, (body ?? {}) as object));
				done(control.title, result);
				return result ?? { done: control.title };
			},
		]),
	);
}

/** The `curl` line that does the same as the form with these values. */
export function curlLine({ name, fields }: Control, adminUrl: string): string {
	const data = fields.map((field) => ` -d '${field.name}=${field.value}'`).join('');
	return `curl${data === '' ? ' -X POST' : data} ${adminUrl}/do/${name}`;
}

function valuesOf({ fields }: Control, given: object): Record<string, string> {
	const names = fields.map(({ name }) => name);
	const unknown = Object.keys(given).find((name) => !names.includes(name));
	if (unknown !== undefined)
		throw new Error(`There is no field "${unknown}"; known: ${names.join(', ')}`);
	const values = given as Record<string, unknown>;
	return Object.fromEntries(
		fields.map(({ name, value, options }) => {
			const chosen = String(values[name] ?? value);
			if (options && !options.includes(chosen))
				throw new Error(`"${name}" must be one of ${options.join(', ')}, not "${chosen}"`);
			return [name, chosen];
		}),
	);
}
