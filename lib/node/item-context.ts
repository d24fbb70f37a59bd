import type { Readable } from 'node:stream';

import type { IBinaryData, IExecuteFunctions, INodeProperties } from 'n8n-workflow';

import { type GuichetError, invalidInput } from '../errors/guichet-error';
import { Fields } from './fields';
import { formSource } from './form-fields';
import { RunMemory } from './run-memory';

/** A file that the workflow hands in: known by its description, opened as often as it is needed. */
export interface InputFile {
	fileName: string;
	mimeType: string;
	/** Bytes, when n8n knows them without reading the file. */
	size?: number;
	open(): Promise<Readable>;
}

/**
 * The default chunk of n8n's store is 16 KiB; larger ones cost less per byte and still no memory
 * worth mentioning.
 */
const CHUNK_BYTES = 256 * 1024;

/**
 * What an operation works with for one item: the form's values, the service, the files, and ways to
 * tell the person something.
 */
export class ItemContext<Api> extends Fields {
	constructor(
		readonly execution: IExecuteFunctions,
		readonly api: Api,
		readonly itemIndex: number,
		private readonly form: INodeProperties[],
		readonly itemCount = 1,
		private readonly memory: RunMemory = RunMemory.of(execution),
	) {
		super(formSource(form, (name) => execution.getNodeParameter(name, itemIndex, null)));
	}

	/**
	 * The same operation's form and service for another item, for operations that treat all items in
	 * one run.
	 */
	forItem(itemIndex: number): ItemContext<Api> {
		return new ItemContext(
			this.execution,
			this.api,
			itemIndex,
			this.form,
			this.itemCount,
			this.memory,
		);
	}

	/** The same item with another way to the service. */
	withApi(api: Api): ItemContext<Api> {
		return new ItemContext(
			this.execution,
			api,
			this.itemIndex,
			this.form,
			this.itemCount,
			this.memory,
		);
	}

	/**
	 * Creates something once for this item, however often n8n's *Retry On Fail* runs the node: a
	 * second try gets the first one's result. After an unknown outcome `findOutcome` is asked what
	 * came of it; where it finds nothing, the same failure is told again.
	 *
	 * @param act names the act where an item has several: `event`, `upload 2`
	 * @example
	 * const { id } = await context.once('event', () => client.createEvent(caseId, event));
	 */
	async once<Result>(
		act: string,
		begin: () => Promise<Result>,
		findOutcome?: (failure: GuichetError) => Promise<Result | undefined>,
	): Promise<Result> {
		return await this.memory.once(`${this.itemIndex} ${act}`, begin, findOutcome);
	}

	/** Fires when the person stops the execution. */
	get signal(): AbortSignal | undefined {
		return this.execution.getExecutionCancelSignal();
	}

	/** The file in a binary property of this item. */
	inputFile(property: string): InputFile {
		const files = this.execution.getInputData()[this.itemIndex]?.binary ?? {};
		const file = files[property];
		if (!file) {
			const names = Object.keys(files);
			throw invalidInput(
				`The input field "${property}"`,
				`holds no file: ${names.length > 0 ? `this item has files in ${names.join(', ')}` : 'this item has no files'}`,
			);
		}
		const { helpers } = this.execution;
		return {
			fileName: file.fileName ?? property,
			mimeType: file.mimeType,
			size: file.bytes ?? (file.id ? undefined : Buffer.byteLength(file.data, 'base64')),
			open: async () => {
				if (file.id) return await helpers.getBinaryStream(file.id, CHUNK_BYTES);
				const { Readable: Stream } = await import('node:stream');
				return Stream.from([Buffer.from(file.data, 'base64')]);
			},
		};
	}

	/** The names of all files of this item, in their order. */
	inputFileNames(): string[] {
		return Object.keys(this.execution.getInputData()[this.itemIndex]?.binary ?? {});
	}

	/** Stores a file in n8n's binary store while it arrives. */
	async storeFile(stream: Readable, fileName: string, mimeType?: string): Promise<IBinaryData> {
		return await this.execution.helpers.prepareBinaryData(stream, fileName, mimeType);
	}

	/** Advice below the output, for things that are not wrong but worth knowing. */
	warn(message: string): void {
		this.execution.addExecutionHints({ message, location: 'outputPane', type: 'warning' });
	}
}
