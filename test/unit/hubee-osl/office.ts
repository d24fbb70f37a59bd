import type { IBinaryKeyData, IDataObject, INodeExecutionData } from 'n8n-workflow';

import { SI_ORGANIZATIONS } from '../../../sandbox/hubee';
import { BinaryStore } from '../fakes/binary-store';
import { Desk, type RunResult, type RunSetup, type ShownFailure } from '../hubee/desk';

export const OSL_ACCOUNT = { clientId: 'osl', clientSecret: 'osl-secret', scope: 'OSL' };
export const ADMIN_ACCOUNT = { clientId: 'admin', clientSecret: 'admin-secret', scope: 'ADMIN' };

type File = [name: string, content: string | Buffer, mimeType?: string];

/**
 * The office of a sender or of the administration: a sandbox, the node under one account, and the
 * files that it sends.
 */
export class Office {
	readonly store = new BinaryStore();

	private constructor(
		readonly desk: Desk,
		private readonly account: IDataObject,
	) {}

	static async open(account: IDataObject, behaviour = {}): Promise<Office> {
		return new Office(await Desk.open({ behaviour }), account);
	}

	get sandbox() {
		return this.desk.sandbox;
	}

	async close(): Promise<void> {
		await this.desk.close();
	}

	/** An item with files, by binary field. */
	item(files: Record<string, File>, json: IDataObject = {}): INodeExecutionData {
		const binary: IBinaryKeyData = {};
		for (const [field, [name, content, mimeType = 'application/pdf']] of Object.entries(files))
			binary[field] = this.store.put(content, name, mimeType);
		return { json, binary };
	}

	private setup(setup: RunSetup): RunSetup {
		return { store: this.store, ...setup, credential: { ...this.account, ...setup.credential } };
	}

	async run(operation: string, parameters: IDataObject, setup: RunSetup = {}): Promise<RunResult> {
		return await this.desk.run(operation, parameters, this.setup(setup));
	}

	async one(
		operation: string,
		parameters: IDataObject,
		setup: RunSetup = {},
	): Promise<IDataObject> {
		return await this.desk.one(operation, parameters, this.setup(setup));
	}

	async failure(
		operation: string,
		parameters: IDataObject,
		setup: RunSetup = {},
	): Promise<ShownFailure> {
		return await this.desk.failure(operation, parameters, this.setup(setup));
	}

	/** Names of the operations that the hub treated since, in their order. */
	operations(): string[] {
		return this.desk.operations();
	}
}

const row = ({ companyRegister, branchCode }: { companyRegister: string; branchCode: string }) => ({
	siret: companyRegister,
	branchCode,
});

export const PARIS = row(SI_ORGANIZATIONS.paris);
export const NICE = row(SI_ORGANIZATIONS.nice);
export const MELUN = row(SI_ORGANIZATIONS.melun);

/** The form of Submit and Create for one file in the field `data` and one recipient. */
export function folderForm(more: IDataObject = {}): IDataObject {
	return {
		processCode: 'EtatCivil',
		firstName: 'Adeline',
		lastName: 'Test',
		recipients: { recipient: [PARIS] },
		attachmentType: 'documents',
		...more,
	};
}

/** A list of chosen files with who may see each. */
export function chosenFiles(
	...files: Array<{ inputField: string; visibleTo?: string; [name: string]: unknown }>
): IDataObject {
	return {
		sendAllFiles: false,
		files: { file: files.map((file) => ({ attachmentType: 'documents', ...file })) },
	};
}
