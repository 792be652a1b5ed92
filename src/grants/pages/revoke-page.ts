import { noFields } from '../../http/form.ts';
import { render } from '../../http/page.ts';
import { revokeGrant } from '../revoke.ts';
import { AUTHORIZATIONS, byUser, grantPage, toList } from './grant-page.ts';
import { presentApplication, presentGrant } from './presenters.ts';

/** Revokes a grant after a confirmation. */
export const revokePage = grantPage({
  path: `${AUTHORIZATIONS}/:id/revoke`,
  show: ({ deps, user, grant, others, locale, path, query }) =>
    render('grants/revoke', {
      action: path,
      application: presentApplication(grant),
      grant: presentGrant({ config: deps.config, locale }, grant),
      // Number of other grants of the application, which do not change.
      others,
      // The user wanted to narrow the grant to nothing.
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
