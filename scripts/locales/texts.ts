/** A node's or a credential's description: as its class has it, or out of `dist/types`. */
export interface Description {
	name: string;
	[part: string]: unknown;
}

/**
 * Gives the text in place of another; `key` says where it stands, such as
 * `options.account=all.description`.
 */
export type Translate = (key: string, text: string) => string;

type Part = Record<string, unknown>;

const OF_THE_TYPE = ['displayName', 'description', 'eventTriggerDescription', 'activationMessage'];
const OF_A_FIELD = ['displayName', 'description', 'hint', 'placeholder'];
const OF_AN_OPTION = ['name', 'description', 'action', 'hint'];
const OF_A_WAY = ['displayName', 'hint', 'placeholder'];

/**
 * A copy of the description in which `translate` has given every text that n8n shows. Names,
 * values, types, defaults and conditions are left alone, so that a workflow is the same in all
 * languages.
 * @example withTexts(new HubEe().description, (key, text) => french[key] ?? text);
 */
export function withTexts(description: Description, translate: Translate): Description {
	const whole = texts(description, '', OF_THE_TYPE, translate);
	if (isPart(description.defaults))
		whole.defaults = texts(description.defaults, 'defaults.', ['name'], translate);
	for (const names of ['outputNames', 'inputNames'])
		if (Array.isArray(description[names]))
			whole[names] = description[names].map((name: unknown) =>
				typeof name === 'string' ? translated(`${names}`, name, translate) : name,
			);
	if (Array.isArray(description.credentials))
		whole.credentials = parts(description.credentials, (part) =>
			texts(part, `credentials.${String(part.name)}.`, ['displayName'], translate),
		);
	if (Array.isArray(description.properties))
		whole.properties = parts(description.properties, (part) => field(part, '', translate));
	return { ...whole, name: description.name };
}

function field(part: Part, above: string, translate: Translate): Part {
	const path = `${above}${String(part.name)}`;
	const whole = texts(part, `${path}.`, OF_A_FIELD, translate);
	if (isPart(part.typeOptions))
		whole.typeOptions = texts(
			part.typeOptions,
			`${path}.`,
			['multipleValueButtonText', 'addOptionalFieldButtonText'],
			translate,
		);
	if (Array.isArray(part.options))
		whole.options = parts(part.options, (option) => optionOf(option, path, translate));
	if (Array.isArray(part.modes))
		whole.modes = parts(part.modes, (way) => wayOf(way, path, translate));
	return whole;
}

/** An option of a list has a value, a group of fields has fields, anything else is a field. */
function optionOf(option: Part, path: string, translate: Translate): Part {
	if (Array.isArray(option.values)) {
		const group = `${path}.${String(option.name)}`;
		return {
			...texts(option, `${group}.`, OF_A_FIELD, translate),
			values: parts(option.values, (part) => field(part, `${group}.`, translate)),
		};
	}
	if ('value' in option)
		return texts(option, `${path}=${String(option.value)}.`, OF_AN_OPTION, translate);
	return field(option, `${path}.`, translate);
}

/** One way of giving a value that is chosen from a list, typed or pasted (`resourceLocator`). */
function wayOf(way: Part, path: string, translate: Translate): Part {
	const key = `${path}@${String(way.name)}.`;
	const whole = texts(way, key, OF_A_WAY, translate);
	if (Array.isArray(way.validation))
		whole.validation = parts(way.validation, (rule) =>
			isPart(rule.properties)
				? { ...rule, properties: texts(rule.properties, key, ['errorMessage'], translate) }
				: rule,
		);
	return whole;
}

function texts(part: Part, key: string, names: string[], translate: Translate): Part {
	const whole = { ...part };
	for (const name of names) {
		const text = part[name];
		if (typeof text === 'string') whole[name] = translated(`${key}${name}`, text, translate);
	}
	return whole;
}

/** Empty texts and expressions are no words of a language. */
const translated = (key: string, text: string, translate: Translate): string =>
	text.trim() === '' || text.startsWith('={{') ? text : translate(key, text);

const parts = (list: unknown[], change: (part: Part) => Part): unknown[] =>
	list.map((part) => (isPart(part) ? change(part) : part));

const isPart = (value: unknown): value is Part =>
	typeof value === 'object' && value !== null && !Array.isArray(value);
