import { z } from 'zod';
import { list } from '../../http/form.ts';
import { render } from '../../http/page.ts';
import { userPage } from '../../sessions/pages/user-page.ts';
import { type GrantHead, listGrantHeads } from '../list-store.ts';
import { revokeGrantsOfApplication } from '../revoke-several.ts';
import { listLiveGrants } from '../store.ts';
import { AUTHORIZATIONS, byUser, toList } from './grant-page.ts';
import { arrangeGrants, presentEnding } from './presenters.ts';

/** Grants that the page shows. */
const SHOWN = 100;

/** Revokes all grants of the applications that were selected in the list, however it was filtered. */
export const revokeSelectedPage = userPage({
  path: `${AUTHORIZATIONS}/disconnect`,
  show: async ({ deps, user, query, locale, path }) => {
    const clientIds = [query.applications ?? []].flat();
    if (clientIds.length === 0) {
      return toList('none_selected');
    }
    const heads = arrangeGrants(await listGrantHeads(deps.db, user.id, clientIds), locale);
    if (heads.length === 0) {
      return toList('already_revoked');
    }
    const ids = heads.slice(0, SHOWN).map(({ id }) => id);
    const grants = await listLiveGrants(deps.db, { userId: user.id, ids });
    return render('grants/revoke_selected', {
      action: path,
      // Client IDs.
      applications: clientIdsOf(heads),
      // The first ones.
      grants: arrangeGrants(grants, locale).map((grant) =>
        presentEnding({ config: deps.config, locale }, grant),
      ),
      // Number of all that end.
      count: heads.length,
      timezone: user.timezone,
    });
  },
  post: {
    form: z.object({ applications: list }),
    submit: async (request) => {
      const { tx, user, form } = request;
      const heads = await listGrantHeads(tx, user.id, form.applications);
      let ended = 0;
      // In one order, so that two requests cannot wait for each other.
      for (const clientId of clientIdsOf(heads).toSorted()) {
        const parties = { userId: user.id, clientId };
        ended += await revokeGrantsOfApplication(tx, parties, byUser(request));
      }
      return toList(ended > 0 ? 'revoked_selected' : 'already_revoked');
    },
  },
});

function clientIdsOf(heads: readonly GrantHead[]): string[] {
  return [...new Set(heads.map(({ clientId }) => clientId))];
}
