import { noFields } from '../../http/form.ts';
import { seeOther } from '../../http/page.ts';
import { StagedoorError } from '../../lib/errors.ts';
import { userPage } from '../../sessions/pages/user-page.ts';
import { acceptTransfer, declineTransfer } from '../transfer.ts';
import { APPLICATIONS } from './owner-page.ts';

/** Makes the user the owner of an application that is offered to them. */
export const acceptTransferPage = userPage({
  path: `${APPLICATIONS}/transfers/:clientId/accept`,
  show: () => seeOther(APPLICATIONS),
  post: {
    form: noFields,
    // The new owner decides about redirect URIs and secrets.
    prepare: ({ recent }) =>
      recent
        ? undefined
        : seeOther(`/login?reason=recent&return_to=${encodeURIComponent(APPLICATIONS)}`),
    submit: async ({ tx, actor, user, params: { clientId = '' }, origin }) => {
      await acceptTransfer(tx, actor, user.id, clientId, origin);
      return seeOther(`${APPLICATIONS}?notice=transfer_accepted`);
    },
    retry: (_request, error) => {
      if (error instanceof StagedoorError && error.code === 'conflict') {
        // Suspended meanwhile: the list says so.
        return seeOther(APPLICATIONS);
      }
      throw error;
    },
  },
});

/** Declines an application that is offered to the user. */
export const declineTransferPage = userPage({
  path: `${APPLICATIONS}/transfers/:clientId/decline`,
  show: () => seeOther(APPLICATIONS),
  post: {
    form: noFields,
    submit: async ({ tx, actor, user, params: { clientId = '' }, origin }) => {
      await declineTransfer(tx, actor, user.id, clientId, origin);
      return seeOther(`${APPLICATIONS}?notice=transfer_declined`);
    },
  },
});
