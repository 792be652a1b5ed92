import type { Adapter, AdapterPayload } from 'oidc-provider';
import { storedRecords } from './records.ts';

/**
 * Stores models in maps. oidc-provider's own memory adapter does the same, but keeps at most 2,000
 * entries.
 */
export function memoryAdapters(): (model: string) => Adapter {
  const models = new Map<string, Map<string, AdapterPayload>>();
  const withUid = new Map<string, AdapterPayload>();
  const idsOfGrant = new Map<string, [model: string, id: string][]>();
  const mapOf = (model: string) => {
    const stored = models.get(model) ?? new Map<string, AdapterPayload>();
    models.set(model, stored);
    return stored;
  };
  const store = (model: string, id: string, payload: AdapterPayload) => {
    mapOf(model).set(id, payload);
    if (payload.uid !== undefined) {
      withUid.set(`${model} ${payload.uid}`, payload);
    }
    if (payload.grantId !== undefined) {
      const ids = idsOfGrant.get(payload.grantId) ?? [];
      ids.push([model, id]);
      idsOfGrant.set(payload.grantId, ids);
    }
  };
  for (const { model, id, payload } of storedRecords()) {
    store(model, id, payload);
  }
  return (model) => {
    const stored = mapOf(model);
    return {
      upsert: async (id, payload) => store(model, id, payload),
      find: async (id) => stored.get(id),
      findByUid: async (uid) => withUid.get(`${model} ${uid}`),
      findByUserCode: async () => undefined,
      consume: async (id) => {
        const payload = stored.get(id);
        if (payload !== undefined) {
          payload.consumed = Math.floor(Date.now() / 1000);
        }
      },
      destroy: async (id) => void stored.delete(id),
      revokeByGrantId: async (grantId) => {
        for (const [kind, id] of idsOfGrant.get(grantId) ?? []) {
          mapOf(kind).delete(id);
        }
        idsOfGrant.delete(grantId);
      },
    };
  };
}
