import { isUsable } from '../../client-secrets/client-secret.ts';
import { found } from '../../lib/errors.ts';
import { deleteResourceServer } from '../../resource-servers/change-resource-server.ts';
import { listServerSecrets } from '../../resource-servers/secrets.ts';
import { findResourceServer, listResourceServers } from '../../resource-servers/store.ts';
import { confirmPage } from './confirm-page.ts';
import { CONSOLE, type Fact, penOf, type Row, renderList, shown, sliceOf } from './list-view.ts';
import { operatorPage } from './operator-page.ts';

const PATH = `${CONSOLE}/resource-servers`;

/** Lists resource servers with the age and the last use of their secrets. */
export const serversPage = operatorPage({
  path: PATH,
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
        action: {
          label: t('console.delete_server'),
          href: `${PATH}/${clientId}/delete`,
          danger: true,
        },
      });
    }
    return renderList(request, { section: 'resource-servers', count, rows });
  },
});

/** Deletes a resource server, after a confirmation and a recent sign-in. */
export const deleteServerPage = confirmPage({
  path: `${PATH}/:clientId/delete`,
  section: 'resource-servers',
  what: 'delete_server',
  describe: async ({ deps, params: { clientId = '' } }) => {
    const server = found(
      await findResourceServer(deps.db, clientId),
      'There is no such API service.',
    );
    return shown(server.name);
  },
  back: () => PATH,
  submit: async ({ tx, actor, params: { clientId = '' } }) => {
    await deleteResourceServer(tx, actor, clientId);
    return `${PATH}?notice=deleted`;
  },
});
