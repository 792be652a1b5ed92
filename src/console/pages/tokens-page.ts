import { StagedoorError } from '../../lib/errors.ts';
import { revokeOperatorToken } from '../../operators/revoke.ts';
import { listOperatorTokens, selectTokenTree } from '../../operators/store.ts';
import { confirmPage } from './confirm-page.ts';
import { CONSOLE, joined, penOf, renderList, shown, sliceOf } from './list-view.ts';
import { operatorPage } from './operator-page.ts';

const PATH = `${CONSOLE}/tokens`;

/** Lists operator tokens. The console makes none: a browser is no place for them. */
export const tokensPage = operatorPage({
  path: PATH,
  show: async (request) => {
    const { t, when } = penOf(request);
    const { entries, count } = await listOperatorTokens(request.deps.db, sliceOf(request));
    return renderList(request, {
      section: 'tokens',
      count,
      rows: entries.map((token) => ({
        title: shown(token.name),
        below: joined(
          `sdo_…${token.lastFour}`,
          t('console.field.last_used_at', { when: when(token.lastUsedAt) }),
        ),
        facts: [
          [t('console.field.rights'), token.rights],
          [t('console.field.created_by'), [shown(token.createdBy)]],
          [t('console.field.made'), [when(token.createdAt)]],
          [t('console.field.expires'), [when(token.expiresAt)]],
        ],
        action: {
          label: t('console.revoke_token'),
          href: `${PATH}/${token.id}/revoke`,
          danger: true,
        },
      })),
    });
  },
});

/** Revokes an operator token and those that were made with it. */
export const revokeTokenPage = confirmPage({
  path: `${PATH}/:id/revoke`,
  section: 'tokens',
  what: 'revoke_token',
  describe: async ({ deps, params: { id = '' } }) => {
    const tree = /^[A-Za-z0-9]{1,64}$/.test(id) ? await selectTokenTree(deps.db, id) : [];
    if (tree.length === 0) {
      throw new StagedoorError('not_found', 'There is no such token.');
    }
    return tree.map(({ name }) => name).join(', ');
  },
  back: () => PATH,
  submit: async ({ tx, operator, params: { id = '' } }) => {
    await revokeOperatorToken(tx, operator, { id });
    return `${PATH}?notice=revoked`;
  },
});
