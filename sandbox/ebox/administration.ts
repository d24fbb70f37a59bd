import { type StoredFile, type StoredMessage, newFile } from './stored-message';
import type { ProviderName } from './providers';
import type { Mailbox } from './mailbox';

/** A message as JSON can carry it: the content of its files as text. */
type MailAsJson = Omit<Partial<StoredMessage>, 'files'> & {
	files?: Array<Partial<Omit<StoredFile, 'bytes'>> & { text?: string }>;
};

function fromJson({ files, ...mail }: MailAsJson): Partial<StoredMessage> {
	if (!files) return mail;
	const held = files.map(({ text, ...file }) =>
		newFile({ ...file, ...(text === undefined ? {} : { bytes: Buffer.from(text) }) }),
	);
	return { ...mail, files: held };
}

/** What the administration can reach of the sandbox. */
interface AdministeredSandbox {
	readonly boxes: Record<ProviderName, Mailbox>;
	readonly mockServers: Record<ProviderName, { url: string; adminUrl: string }>;
	listed: ProviderName[];
	deliver(name: ProviderName, ...mail: Array<Partial<StoredMessage>>): StoredMessage[];
}

/** What a test in another process can change, beyond the routes of every mock server. */
export function administration(sandbox: () => AdministeredSandbox | undefined) {
	const running = (): AdministeredSandbox => {
		const found = sandbox();
		if (!found) throw new Error('The sandbox has not been started');
		return found;
	};
	return {
		'POST /deliver': ({ body }: { body: unknown }) => {
			const { provider, mail } = body as { provider: ProviderName; mail: MailAsJson[] };
			return running()
				.deliver(provider, ...mail.map(fromJson))
				.map(({ messageId }) => messageId);
		},
		'GET /messages': () =>
			Object.fromEntries(
				Object.entries(running().boxes).map(([name, { messages, published }]) => [
					name,
					[...messages, ...published].map(
						({ messageId, readStatus, visible, action, subject }) => ({
							messageId,
							subject,
							readStatus,
							visible,
							action,
						}),
					),
				]),
			),
		'PUT /listed': ({ body }: { body: unknown }) => {
			running().listed = body as ProviderName[];
		},
		'GET /providers': () =>
			Object.fromEntries(
				Object.entries(running().mockServers).map(([name, { url, adminUrl }]) => [
					name,
					{ url, adminUrl },
				]),
			),
	};
}
