import { createHash } from 'node:crypto';

import { GuichetError } from '../../../lib/errors/guichet-error';
import { inTurn } from '../../../lib/in-turn';
import type { ItemContext } from '../../../lib/node/item-context';
import { NodeMemory } from '../../../lib/node/node-memory';
import type { NewFolder } from '../api/types';
import type { HubEeApi } from '../connect';
import type { OutgoingFile } from './outgoing-files';

/** So many folders of a node are remembered; the oldest are forgotten. */
const MAX_FOLDERS = 500;

/**
 * Most folders of one external ID. Only one that a killed n8n has left behind stays remembered
 * beside the next, and that only until the next is begun.
 */
const MAX_ATTEMPTS = 20;

const HEX = [...'0123456789abcdef'];
const ID_DIGITS = 32;

/** Of each folder: itself, its content, its id digit by digit, and how far it came. */
const ENTRIES_OF_FOLDER = ID_DIGITS + 4;

/** A folder of this external ID that was begun before. */
export interface EarlierFolder {
	folder: BegunFolder;
	/** Undefined where n8n was killed before the id was stored. */
	folderId: string | undefined;
	/** It is the very same: applicant, recipients, files and their bytes. */
	isSame: boolean;
	/** Its completion was about to be sent. */
	completing: boolean;
	/** Its deletion was about to be sent. */
	givenUp: boolean;
}

/**
 * The folders that this node has begun under one external ID, also before a crash. A folder is
 * remembered before it is completed: so what is not remembered, no recipient has seen.
 */
export class BegunFolders {
	private readonly memory: NodeMemory;

	private readonly key: string;

	private readonly content: string;

	constructor(
		{ execution, api }: ItemContext<HubEeApi>,
		folder: Omit<NewFolder, 'attachments'>,
		files: OutgoingFile[],
	) {
		this.memory = new NodeMemory(execution.helpers, MAX_FOLDERS * ENTRIES_OF_FOLDER);
		this.key = digest([api.client.http.baseUrl, api.clientId, folder.externalId]);
		this.content = digest([
			folder,
			files.map(({ declared, visibility, sha256 }) => [declared, visibility ?? '', sha256]),
		]);
	}

	/** Several items and executions with the same external ID take turns within this process. */
	async inTurn<Result>(act: () => Promise<Result>): Promise<Result> {
		return await inTurn(this.key, act);
	}

	/** The newest folder that was begun. */
	async last(): Promise<EarlierFolder | undefined> {
		const attempts = Array.from({ length: MAX_ATTEMPTS }, (_, index) => this.folder(index + 1));
		const begun = await this.memory.known(attempts.map(({ name }) => name));
		const folder = attempts.findLast(({ name }) => begun.has(name));
		return folder && (await folder.read());
	}

	/** @param before {@link last} */
	next(before: EarlierFolder | undefined): BegunFolder {
		const attempt = (before?.folder.attempt ?? 0) + 1;
		if (attempt <= MAX_ATTEMPTS) return this.folder(attempt);
		throw new GuichetError(
			'refused',
			`The folder was not sent: ${MAX_ATTEMPTS} folders of this external ID were begun and none was completed`,
			{ outcome: 'not_done', hint: 'Give another External ID.' },
		);
	}

	private folder(attempt: number): BegunFolder {
		return new BegunFolder(this.memory, `${this.key}#${attempt}`, attempt, this.content);
	}
}

const digest = (what: unknown): string =>
	createHash('sha256').update(JSON.stringify(what)).digest('hex');

/** What is remembered of one folder. */
export class BegunFolder {
	constructor(
		private readonly memory: NodeMemory,
		readonly name: string,
		readonly attempt: number,
		private readonly content: string,
	) {}

	/** Remembers a folder that exists at the hub now. */
	async begun(folderId: string): Promise<void> {
		await this.memory.record(this.entries(folderId));
	}

	/** Its completion is sent next. */
	async completing(folderId: string): Promise<void> {
		// In queue mode another process may have written over what was remembered.
		await this.memory.record([...this.entries(folderId), `${this.name} completing`]);
	}

	/** Its deletion is sent next: when it is gone afterwards, it was never completed. */
	async givingUp(): Promise<void> {
		await this.memory.record([`${this.name} given up`]);
	}

	/** It could not be deleted. */
	async kept(): Promise<void> {
		await this.memory.forget([`${this.name} given up`]);
	}

	/** It is deleted. */
	async forget(folderId: string): Promise<void> {
		const marks = [`${this.name} completing`, `${this.name} given up`];
		await this.memory.forget([...this.entries(folderId), ...marks]);
	}

	async read(): Promise<EarlierFolder> {
		const content = `${this.name} ${this.content}`;
		const completing = `${this.name} completing`;
		const givenUp = `${this.name} given up`;
		const digits = Array.from({ length: ID_DIGITS }, (_, at) =>
			HEX.map((digit) => ({ digit, entry: this.digitEntry(at, digit) })),
		);
		const known = await this.memory.known([
			content,
			completing,
			givenUp,
			...digits.flat().map(({ entry }) => entry),
		]);
		const found = digits.map((place) => place.filter(({ entry }) => known.has(entry)));
		return {
			folder: this,
			folderId: found.every((place) => place.length === 1)
				? uuidOf(found.flat().map(({ digit }) => digit))
				: undefined,
			isSame: known.has(content),
			completing: known.has(completing),
			givenUp: known.has(givenUp),
		};
	}

	private entries(folderId: string): string[] {
		const digits = [...folderId.replaceAll('-', '').toLowerCase()];
		return [
			this.name,
			`${this.name} ${this.content}`,
			...digits.map((digit, at) => this.digitEntry(at, digit)),
		];
	}

	private digitEntry(at: number, digit: string): string {
		return `${this.name} ${at}${digit}`;
	}
}

function uuidOf(digits: string[]): string {
	const text = digits.join('');
	const [a, b, c, d] = [
		text.slice(0, 8),
		text.slice(8, 12),
		text.slice(12, 16),
		text.slice(16, 20),
	];
	return [a, b, c, d, text.slice(20)].join('-');
}
