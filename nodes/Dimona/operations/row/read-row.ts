import { isObject } from '../../../../lib/answers/json';
import { invalidInput } from '../../../../lib/errors/guichet-error';
import { Fields } from '../../../../lib/node/fields';
import type { ItemContext } from '../../../../lib/node/item-context';
import type { DimonaApi } from '../../connect';
import { type ReadDeclaration, readDeclarationForm } from '../form/read-declaration';
import { type Column, columnsFor, columnsNamed, EACH_ROW } from './columns';

type Context = ItemContext<DimonaApi>;

/**
 * Fields of the form of one worker that no row fills: what such a form held before must not come
 * into a row.
 */
const NOT_IN_ROWS = {
	endDate: undefined,
	startHour: undefined,
	endHour: undefined,
	plannedHours: undefined,
	placeOfWork: undefined,
	otherWorkerType: undefined,
};

/** The cells of a row by the field that they fill, and the column that each came from. */
interface Cells {
	values: Record<string, unknown>;
	columns: Record<string, string>;
}

/**
 * Reads an IN from a row of a sheet: the employer from the form, everything else from columns that
 * were mapped, or are known by their names.
 *
 * @throws GuichetError `invalid_input` that names the column
 */
export function readRow(context: Context): ReadDeclaration {
	const chosen = context.text('workerType');
	const known = columnsFor(chosen);
	const { values, columns } = cellsOf(context, known);
	const additional = context.json('additionalFields') ?? {};
	const row: Record<string, unknown> = {
		...NOT_IN_ROWS,
		...values,
		workerBy: 'ssin',
		...(chosen === EACH_ROW ? {} : { workerType: chosen }),
		jointCommittee: isEmpty(values.jointCommittee) ? 'XXX' : values.jointCommittee,
		additionalFields: {
			...additional,
			...(isEmpty(values.reference) ? {} : { reference: values.reference }),
		},
	};
	const form = new Fields({
		value: (name) => (name in row ? row[name] : context.raw(name)),
		label: (name) => {
			const label = known.find((column) => column.name === name)?.label ?? context.label(name);
			return Object.hasOwn(columns, name) ? `${label} (column "${columns[name]}")` : label;
		},
	});
	return readDeclarationForm(form, 'in');
}

function cellsOf(context: Context, known: Column[]): Cells {
	const mapping = context.json('columns');
	if (mapping?.mappingMode !== 'autoMapInputData') {
		const mapped = isObject(mapping?.value) ? mapping.value : {};
		const values = Object.fromEntries(known.map(({ name }) => [name, mapped[name]]));
		return { values, columns: {} };
	}
	const json: Record<string, unknown> =
		context.execution.getInputData()[context.itemIndex]?.json ?? {};
	const names = Object.keys(json);
	const cells: Cells = { values: {}, columns: {} };
	for (const column of known) {
		const found = columnsNamed(column, names);
		const [name] = found;
		if (found.length > 1)
			throw invalidInput(
				column.label,
				`has several columns: ${found.map((one) => `"${one}"`).join(', ')}. Rename all but one`,
			);
		if (name === undefined) {
			if (column.name === 'ssin' || column.name === 'startDate')
				throw invalidInput(column.label, `has no column: the row has ${quoted(names)}`);
			continue;
		}
		cells.values[column.name] = json[name];
		cells.columns[column.name] = name;
	}
	const unread = names.filter((name) => !Object.values(cells.columns).includes(name));
	tellUnread(context, unread);
	return cells;
}

/** Once for all rows: a column that nobody reads may be one that was called otherwise. */
function tellUnread(context: Context, unread: string[]): void {
	const text = `Columns that were not read: ${quoted(unread)}`;
	if (unread.length === 0 || context.api.shown.has(text)) return;
	context.api.shown.add(text);
	context.warn(text);
}

const isEmpty = (value: unknown): boolean => value === undefined || value === null || value === '';

const quoted = (names: string[]): string =>
	names.length === 0 ? 'none' : names.map((name) => `"${name}"`).join(', ');
