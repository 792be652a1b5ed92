import { z } from 'zod';
import { list } from '../../http/form.ts';
import { render } from '../../http/page.ts';
import { view } from '../../http/view.ts';
import { userPage } from '../../sessions/pages/user-page.ts';
import { type GrantHead, listGrantHeads } from '../list-store.ts';
import { revokeGrantsOfApplication } from '../revoke-several.ts';
import { listLiveGrants } from '../store.ts';
import { AUTHORIZATIONS, byUser, toList } from './grant-page.ts';
import { arrangeGrants, type EndingGrant, presentEnding } from './presenters.ts';

/** Lists all grants of selected applications and confirms their revocation. */
interface RevokeSelectedProps {
  readonly action: string;
  /** Client IDs. */
  readonly applications: readonly string[];
  /** The first ones. */
  readonly grants: readonly EndingGrant[];
  /** Number of all that end. */
  readonly count: number;
  readonly timezone: string;
}

const revokeSelectedView = view<RevokeSelectedProps>('grants/revoke_selected');

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
    return render(revokeSelectedView, {
      action: path,
      applications: clientIdsOf(heads),
      grants: arrangeGrants(grants, locale).map((grant) =>
        presentEnding({ config: deps.config, locale }, grant),
      ),
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
