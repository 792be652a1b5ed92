import { z } from 'zod';
import { text } from '../../http/form.ts';
import { type PageAnswer, seeOther } from '../../http/page.ts';
import { translator } from '../../http/translate.ts';
import { deleteApplication } from '../delete-application.ts';
import type { ApplicationText } from '../texts.ts';
import type { FormErrors } from './application-form.ts';
import { APPLICATIONS, type OwnerRequest, ownerPage } from './owner-page.ts';
import { renderOwn } from './presenters.ts';

/** Deletes an application with its grants, after its name was typed. */
export const deletePage = ownerPage({
  path: `${APPLICATIONS}/:clientId/delete`,
  recent: true,
  show: (request) => showForm(request, { typed: '', errors: {} }),
  post: {
    form: z.object({ name: text }),
    prepare: (request) => {
      const { own, form, locale } = request;
      if (comparable(form.name) === comparable(own.application.name)) {
        return undefined;
      }
      const t = translator<ApplicationText>(locale);
      const errors = { name: [t('applications.error.delete')] };
      return showForm(request, { typed: form.name, errors }, 400);
    },
    submit: async ({ tx, actor, clientId, origin }) => {
      await deleteApplication(tx, actor, clientId, origin);
      return seeOther(`${APPLICATIONS}?notice=deleted`);
    },
    signInAgain: (request) => {
      const typed = request.form.name;
      return showForm(request, { typed, errors: {}, signInAgain: true }, 403);
    },
  },
});

/** Readers can't see how an accent is encoded or how many spaces there are. */
function comparable(name: string): string {
  return name.normalize('NFKC').replace(/\s+/g, ' ').trim();
}

function showForm(
  request: OwnerRequest,
  state: { typed: string; errors: FormErrors<'name'>; signInAgain?: true },
  status = 200,
): PageAnswer {
  const { connectedUsers } = request.own;
  return renderOwn(request, 'applications/delete', { ...state, connectedUsers }, status);
}
