import { z } from 'zod';
import { isUsable, SECRET_LIMIT } from '../../client-secrets/client-secret.ts';
import { text } from '../../http/form.ts';
import { type PageAnswer, render, seeOther } from '../../http/page.ts';
import { translator } from '../../http/translate.ts';
import { view } from '../../http/view.ts';
import { ValidationError } from '../../lib/errors.ts';
import { SignInTooOldError, userPageAbout } from '../../sessions/pages/user-page.ts';
import { addSecret, listSecrets } from '../secrets.ts';
import type { ApplicationText } from '../texts.ts';
import type { FormErrors } from './application-form.ts';
import { openConfidential } from './open-confidential.ts';
import { APPLICATIONS, type OwnerRequest } from './owner-page.ts';
import { type ApplicationHeader, presentHeader } from './presenters.ts';
import { readSecretForm, type SecretValues } from './read-secret-form.ts';
import { toStartPage } from './secret-cookie.ts';

const DAY = 86_400_000;

/** Form for one more secret. Posts `label` and `expires_on`, a date or empty. */
interface NewSecretProps {
  readonly application: ApplicationHeader;
  readonly action: string;
  readonly values: SecretValues;
  /** First date that is accepted. */
  readonly earliest: string;
  readonly errors: FormErrors<'label' | 'expires_on'>;
  readonly signInAgain?: boolean | undefined;
}

const newSecretView = view<NewSecretProps>('applications/secret_new');

/** Adds a secret to a confidential application and shows it once. */
export const newSecretPage = userPageAbout(openConfidential, {
  path: `${APPLICATIONS}/:clientId/secrets/new`,
  recent: true,
  show: async (request) => {
    const secrets = await listSecrets(request.deps.db, request.clientId);
    if (secrets.filter(isUsable).length >= SECRET_LIMIT) {
      // The page of the credentials explains why.
      return seeOther(`${request.home}/credentials`);
    }
    return showForm(request, { values: { label: '', expiresOn: '' }, errors: {} });
  },
  post: {
    form: z
      .object({ label: text, expires_on: text })
      .transform(({ label, expires_on }): SecretValues => ({ label, expiresOn: expires_on })),
    prepare: (request) => {
      const { form: values, locale } = request;
      const t = translator<ApplicationText>(locale);
      const { input, errors } = readSecretForm(t, values, new Date());
      return input ?? showForm(request, { values, errors }, 400);
    },
    submit: async ({ tx, deps, user, actor, clientId, input, origin }) => {
      const { clientSecret } = await addSecret(tx, actor, clientId, input, origin);
      return toStartPage(deps, { userId: user.id, clientId }, 'secret_added', clientSecret);
    },
    retry: (request, error) => {
      const { form: values } = request;
      if (error instanceof SignInTooOldError) {
        return showForm(request, { values, errors: {}, signInAgain: true }, 403);
      }
      if (error instanceof ValidationError) {
        const label = Object.values(error.fields).flat();
        return showForm(request, { values, errors: { label } }, 400);
      }
      throw error;
    },
  },
});

function showForm(
  { own, path }: OwnerRequest,
  state: Pick<NewSecretProps, 'values' | 'errors' | 'signInAgain'>,
  status = 200,
): PageAnswer {
  const props = {
    ...state,
    application: presentHeader(own.application),
    action: path,
    earliest: new Date(Date.now() + DAY).toISOString().slice(0, 10),
  };
  return render(newSecretView, props, status);
}
