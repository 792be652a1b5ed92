import { isUsable } from '../../client-secrets/client-secret.ts';
import { listServerSecrets } from '../../resource-servers/secrets.ts';
import { listResourceServers } from '../../resource-servers/store.ts';
import { CONSOLE, type Fact, penOf, type Row, renderList, shown, sliceOf } from './list-view.ts';
import { operatorPage } from './operator-page.ts';

/** Lists resource servers with the age and the last use of their secrets. */
export const serversPage = operatorPage({
  path: `${CONSOLE}/resource-servers`,
  show: async (request) => {
    const { db } = request.deps;
    const { t, when } = penOf(request);
    const { entries, count } = await listResourceServers(db, sliceOf(request));
    const rows: Row[] = [];
    for (const { clientId, name, resources, createdAt } of entries) {
      const secrets = (await listServerSecrets(db, clientId)) ?? [];
      rows.push({
        title: shown(name),
        below: clientId,
        facts: [
          [t('console.field.resources'), resources.map(shown)],
          ...secrets.filter(isUsable).map(
            (secret): Fact => [
              t('console.secret', { end: secret.lastFour ?? '' }),
              [
                t('console.secret.ages', {
                  created: when(secret.createdAt),
                  used: when(secret.lastUsedAt),
                }),
              ],
            ],
          ),
          [t('console.field.created'), [when(createdAt)]],
        ],
      });
    }
    return renderList(request, { section: 'resource-servers', count, rows });
  },
});
