import { noFields } from '../../http/form.ts';
import { render } from '../../http/page.ts';
import { view } from '../../http/view.ts';
import { revokeGrant } from '../revoke.ts';
import { AUTHORIZATIONS, byUser, grantPage, toList } from './grant-page.ts';
import {
  type AuthorizedApplication,
  type GrantProps,
  presentApplication,
  presentGrant,
} from './presenters.ts';

/** Confirms the revocation of a grant. */
interface RevokeProps {
  readonly action: string;
  readonly application: AuthorizedApplication;
  readonly grant: GrantProps;
  /** Number of other grants of the application, which do not change. */
  readonly others: number;
  /** The user wanted to narrow the grant to nothing. */
  readonly nothingLeft: boolean;
  readonly timezone: string;
}

const revokeView = view<RevokeProps>('grants/revoke');

/** Revokes a grant after a confirmation. */
export const revokePage = grantPage({
  path: `${AUTHORIZATIONS}/:id/revoke`,
  show: ({ deps, user, grant, others, locale, path, query }) =>
    render(revokeView, {
      action: path,
      application: presentApplication(grant),
      grant: presentGrant({ config: deps.config, locale }, grant),
      others,
      nothingLeft: query.nothing_left !== undefined,
      timezone: user.timezone,
    }),
  post: {
    form: noFields,
    submit: async (request) => {
      if (await revokeGrant(request.tx, request.grant.id, byUser(request))) {
        return toList(request.others > 0 ? 'revoked_one' : 'revoked', request.grant.clientId);
      }
      return toList('already_revoked');
    },
  },
});
