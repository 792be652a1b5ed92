import { z } from 'zod';
import { list } from '../../http/form.ts';
import { render } from '../../http/page.ts';
import { view } from '../../http/view.ts';
import { userPage } from '../../sessions/pages/user-page.ts';
import { revokeLocked } from '../revoke-several.ts';
import { listLiveGrants } from '../store.ts';
import { AUTHORIZATIONS, byUser, idOf, toList } from './grant-page.ts';
import {
  type AuthorizedApplication,
  type GrantProps,
  presentApplication,
  presentGrant,
} from './presenters.ts';

/** Lists selected grants and confirms their revocation. Posts the IDs of the grants it showed. */
interface RevokeSelectedProps {
  readonly action: string;
  readonly grants: readonly (GrantProps & { readonly application: AuthorizedApplication })[];
  readonly applications: number;
  readonly timezone: string;
}

const revokeSelectedView = view<RevokeSelectedProps>('grants/revoke_selected');

/** Revokes the grants that were selected in the list. Never one that was not shown. */
export const revokeSelectedPage = userPage({
  path: `${AUTHORIZATIONS}/disconnect`,
  show: async ({ deps, user, query, locale, path }) => {
    const ids = idsOf([query.grants ?? []].flat());
    if (ids.length === 0) {
      return toList('none_selected');
    }
    const grants = await listLiveGrants(deps.db, { userId: user.id, ids });
    if (grants.length === 0) {
      return toList('already_revoked');
    }
    return render(revokeSelectedView, {
      action: path,
      grants: grants.map((grant) => ({
        ...presentGrant({ config: deps.config, locale }, grant),
        application: presentApplication(grant),
      })),
      applications: new Set(grants.map(({ clientId }) => clientId)).size,
      timezone: user.timezone,
    });
  },
  post: {
    form: z.object({ grants: list }),
    submit: async (request) => {
      const { tx, user, form } = request;
      const selected = await listLiveGrants(tx, { userId: user.id, ids: idsOf(form.grants) });
      const ended = await revokeLocked(tx, selected, byUser(request));
      return toList(ended > 0 ? 'revoked_selected' : 'already_revoked');
    },
  },
});

/** Reads the IDs of selected rows; a row with several grants has all of their IDs. */
function idsOf(values: readonly string[]): string[] {
  return values.flatMap((value) => value.split(',').map(idOf)).filter((id) => id !== '');
}
