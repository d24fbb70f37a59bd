export interface WebhookCall {
	/** Default POST. */
	method?: string;
	/** Sent as `application/json`. */
	json?: unknown;
	/** Fields of a `multipart/form-data` call; also when there are `files`. */
	form?: Record<string, string>;
	/** Files of a `multipart/form-data` call, by field name. */
	files?: Record<string, { name: string; content: Uint8Array; type?: string }>;
	query?: Record<string, string>;
	headers?: Record<string, string>;
}

export interface WebhookAnswer {
	status: number;
	headers: Headers;
	body: Buffer;
	/** The body read as JSON. @throws SyntaxError when it is none. */
	json(): unknown;
}

/** Calls a webhook and reads the whole answer; every HTTP status is an answer and no error. */
export async function callWebhook(url: string, call: WebhookCall): Promise<WebhookAnswer> {
	const query = call.query ? `?${new URLSearchParams(call.query)}` : '';
	const response = await fetch(url + query, {
		method: call.method ?? 'POST',
		headers: {
			// As in rest.ts: a kept connection may be closed just when it is used again.
			connection: 'close',
			...(call.json === undefined ? {} : { 'content-type': 'application/json' }),
			...call.headers,
		},
		body: bodyOf(call),
	});
	const body = Buffer.from(await response.arrayBuffer());
	return {
		status: response.status,
		headers: response.headers,
		body,
		json: () => JSON.parse(body.toString('utf8')) as unknown,
	};
}

function bodyOf({ json, form, files }: WebhookCall): string | FormData | undefined {
	if (json !== undefined) return JSON.stringify(json);
	if (!form && !files) return undefined;
	const data = new FormData();
	for (const [name, value] of Object.entries(form ?? {})) data.append(name, value);
	for (const [field, { name, content, type }] of Object.entries(files ?? {}))
		data.append(field, new Blob([new Uint8Array(content)], { type }), name);
	return data;
}
