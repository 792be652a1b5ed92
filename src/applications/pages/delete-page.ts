import { z } from 'zod';
import { text } from '../../http/form.ts';
import { type PageAnswer, render, seeOther } from '../../http/page.ts';
import { translator } from '../../http/translate.ts';
import { view } from '../../http/view.ts';
import { SignInTooOldError } from '../../sessions/pages/user-page.ts';
import { deleteApplication } from '../delete-application.ts';
import type { ApplicationText } from '../texts.ts';
import type { FormErrors } from './application-form.ts';
import { APPLICATIONS, type OwnerRequest, ownerPage } from './owner-page.ts';
import { type ApplicationHeader, presentHeader } from './presenters.ts';

/** Confirms the deletion of an application. Posts `name`, which has to be that of the application. */
interface DeleteProps {
  readonly application: ApplicationHeader;
  readonly action: string;
  readonly connectedUsers: number;
  readonly typed: string;
  readonly errors: FormErrors<'name'>;
  readonly signInAgain?: boolean | undefined;
}

const deleteView = view<DeleteProps>('applications/delete');

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
    retry: (request, error) => {
      if (error instanceof SignInTooOldError) {
        const typed = request.form.name;
        return showForm(request, { typed, errors: {}, signInAgain: true }, 403);
      }
      throw error;
    },
  },
});

/** Readers can't see how an accent is encoded or how many spaces there are. */
function comparable(name: string): string {
  return name.normalize('NFKC').replace(/\s+/g, ' ').trim();
}

function showForm(
  { own, path }: OwnerRequest,
  state: Pick<DeleteProps, 'typed' | 'errors' | 'signInAgain'>,
  status = 200,
): PageAnswer {
  const props = {
    ...state,
    application: presentHeader(own.application),
    action: path,
    connectedUsers: own.connectedUsers,
  };
  return render(deleteView, props, status);
}
