import type { Adapter, AdapterPayload } from 'oidc-provider';

/** What the authorization server keeps, in memory: one map for each kind of thing. */
export class TokenStore {
	private readonly models = new Map<string, Map<string, AdapterPayload>>();

	/** The place of one kind of thing, as oidc-provider asks for it. */
	adapter(model: string): Adapter {
		const rows = this.rows(model);
		const done = async (effect?: unknown) => await Promise.resolve(effect).then(() => undefined);
		const found = async (row: AdapterPayload | undefined) => await Promise.resolve(row);
		const all = () => [...rows.values()];
		return {
			upsert: async (id, payload) => await done(rows.set(id, payload)),
			find: async (id) => await found(rows.get(id)),
			findByUid: async (uid) => await found(all().find((row) => row.uid === uid)),
			findByUserCode: async (code) => await found(all().find((row) => row.userCode === code)),
			consume: async (id) => await done(Object.assign(rows.get(id) ?? {}, { consumed: true })),
			destroy: async (id) => await done(rows.delete(id)),
			revokeByGrantId: async () => await done(),
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
