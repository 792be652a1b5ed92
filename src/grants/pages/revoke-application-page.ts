import { noFields } from '../../http/form.ts';
import { type PageAnswer, render } from '../../http/page.ts';
import { isClientId } from '../../lib/client-id.ts';
import {
  type UserPageDeps,
  type UserRequest,
  userPageAbout,
} from '../../sessions/pages/user-page.ts';
import type { GrantDetails } from '../grant.ts';
import { countLiveGrants } from '../list-store.ts';
import { revokeGrantsOfApplication } from '../revoke-several.ts';
import { hasEverGranted, listLiveGrants } from '../store.ts';
import { AUTHORIZATIONS, byUser, noSuchAuthorization, toList } from './grant-page.ts';
import { presentApplication, presentGrant } from './presenters.ts';

/** Grants that the page shows. */
const SHOWN = 50;

interface Opened {
  readonly clientId: string;
  readonly count: number;
  readonly grants: readonly [GrantDetails, ...GrantDetails[]];
}

/** Revokes all grants of an application after a confirmation. */
export const revokeApplicationPage = userPageAbout(openApplication, {
  path: `${AUTHORIZATIONS}/applications/:clientId/revoke`,
  show: ({ deps, user, grants, count, locale, path }) =>
    render('grants/revoke_application', {
      action: path,
      application: presentApplication(grants[0]),
      // The newest ones.
      grants: grants.map((grant) => presentGrant({ config: deps.config, locale }, grant)),
      // Number of all that end.
      count,
      timezone: user.timezone,
    }),
  post: {
    form: noFields,
    submit: async (request) => {
      const { tx, user, clientId } = request;
      const parties = { userId: user.id, clientId };
      const ended = await revokeGrantsOfApplication(tx, parties, byUser(request));
      return toList(ended > 0 ? 'revoked_application' : 'already_revoked', clientId);
    },
  },
});

/** @throws StagedoorError `not_found` if the user has never granted the application anything */
async function openApplication({
  deps,
  user,
  params,
}: UserRequest<UserPageDeps>): Promise<Opened | PageAnswer> {
  const clientId = params.clientId ?? '';
  if (!isClientId(clientId)) {
    throw noSuchAuthorization();
  }
  const parties = { userId: user.id, clientId };
  const [first, ...others] = await listLiveGrants(deps.db, { ...parties, limit: SHOWN });
  if (first !== undefined) {
    const count = await countLiveGrants(deps.db, parties);
    return { clientId, count, grants: [first, ...others] };
  }
  if (!(await hasEverGranted(deps.db, parties))) {
    throw noSuchAuthorization();
  }
  return toList('already_revoked');
}
