import { z } from 'zod';
import { noFields, text } from '../../http/form.ts';
import { type PageAnswer, seeOther } from '../../http/page.ts';
import { translator } from '../../http/translate.ts';
import { emailKey } from '../../lib/email.ts';
import { StagedoorError, ValidationError } from '../../lib/errors.ts';
import { userPage } from '../../sessions/pages/user-page.ts';
import { countOffer, uncountOffer } from '../offer-limits.ts';
import type { ApplicationText } from '../texts.ts';
import { acceptTransfer, declineTransfer, offerTransfer, withdrawTransfer } from '../transfer.ts';
import type { FormErrors } from './application-form.ts';
import { APPLICATIONS, type OwnerRequest, ownerPage } from './owner-page.ts';
import { renderOwn } from './presenters.ts';

type Posted = OwnerRequest & { readonly form: { readonly email: string } };

/** Offers an application to another user. The owner keeps it until the other user accepts. */
export const transferPage = ownerPage({
  path: `${APPLICATIONS}/:clientId/transfer`,
  recent: true,
  show: (request) => showForm(request, { email: '', errors: {} }),
  post: {
    form: z.object({ email: text }),
    prepare: async (request) => {
      const { deps, user, form } = request;
      const key = emailKey(form.email.trim());
      if (key === undefined) {
        return refuse(request, 'applications.error.email');
      }
      if (key === emailKey(user.email)) {
        return refuse(request, 'applications.error.email.own');
      }
      return (await countOffer(deps.offerLimits, user.id, key))
        ? { email: form.email.trim(), key }
        : refuse(request, 'applications.error.email.many');
    },
    submit: async ({ tx, actor, clientId, user, home, input: { email }, origin }) => {
      await offerTransfer(tx, actor, clientId, user.id, email, origin);
      return seeOther(`${home}/edit?notice=transfer_offered`);
    },
    signInAgain: (request) =>
      showForm(request, { email: request.form.email, errors: {}, signInAgain: true }, 403),
    retry: async (request, error) => {
      const { deps, user, form, home, own } = request;
      await uncountOffer(deps.offerLimits, user.id, emailKey(form.email.trim()) ?? '');
      if (error instanceof ValidationError) {
        return refuse(request, 'applications.error.email');
      }
      if (error instanceof StagedoorError && error.code === 'conflict') {
        // Offered in another tab: the settings show to whom.
        return own.application.suspendedAt === null
          ? seeOther(`${home}/edit`)
          : showForm(request, { email: '', errors: {} }, 409);
      }
      throw error;
    },
  },
});

/** Withdraws an offer. */
export const withdrawTransferPage = ownerPage({
  path: `${APPLICATIONS}/:clientId/transfer/withdraw`,
  show: ({ home }) => seeOther(home),
  post: {
    form: noFields,
    submit: async ({ tx, actor, clientId, home, origin }) => {
      await withdrawTransfer(tx, actor, clientId, origin);
      return seeOther(`${home}/edit?notice=transfer_withdrawn`);
    },
  },
});

function refuse(request: Posted, text: ApplicationText): PageAnswer {
  const { form, locale } = request;
  const errors = { email: [translator<ApplicationText>(locale)(text)] };
  return showForm(request, { email: form.email, errors }, 400);
}

function showForm(
  request: OwnerRequest,
  state: { email: string; errors: FormErrors<'email'>; signInAgain?: true },
  status = 200,
): PageAnswer {
  return renderOwn(request, 'applications/transfer', state, status);
}

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
