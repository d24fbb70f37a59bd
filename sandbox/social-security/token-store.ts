import type { Adapter, AdapterPayload } from 'oidc-provider';

/** What the authorization server keeps, in memory: one map for each kind of thing. */
export class TokenStore {
	private readonly models = new Map<string, Map<string, AdapterPayload>>();

	/** The place of one kind of thing, as oidc-provider asks for it. */
	adapter(model: string): Adapter {
		const rows = this.rows(model);
		const find = async (test: (row: AdapterPayload) => boolean) => [...rows.values()].find(test);
		return {
			upsert: async (id, payload) => void rows.set(id, payload),
			find: async (id) => rows.get(id),
			findByUid: async (uid) => await find((row) => row.uid === uid),
			findByUserCode: async (code) => await find((row) => row.userCode === code),
			consume: async (id) => void Object.assign(rows.get(id) ?? {}, { consumed: true }),
			destroy: async (id) => void rows.delete(id),
			revokeByGrantId: async () => undefined,
		};
	}

	rows(model: string): Map<string, AdapterPayload> {
		const rows = this.models.get(model) ?? new Map<string, AdapterPayload>();
		this.models.set(model, rows);
		return rows;
	}

	/** Forgets tokens and assertions; the clients stay registered. */
	forgetTokens(): void {
		for (const [model, rows] of this.models) if (model !== 'Client') rows.clear();
	}
}
