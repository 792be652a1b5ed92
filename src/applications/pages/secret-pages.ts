import { z } from 'zod';
import { selectKeys } from '../../client-keys/store.ts';
import { isUsable, LABEL_LIMIT, SECRET_LIMIT } from '../../client-secrets/client-secret.ts';
import { noFields, text } from '../../http/form.ts';
import { type PageAnswer, seeOther } from '../../http/page.ts';
import { type Translate, translator } from '../../http/translate.ts';
import { ValidationError } from '../../lib/errors.ts';
import { isUnprintable, turnsDirection } from '../../lib/printable.ts';
import { userPageAbout } from '../../sessions/pages/user-page.ts';
import { addSecret, deleteSecret, listSecrets } from '../secrets.ts';
import type { ApplicationText } from '../texts.ts';
import type { FormErrors } from './application-form.ts';
import { APPLICATIONS, type OwnerRequest, openConfidential, ownerPage } from './owner-page.ts';
import { presentSecrets, renderOwn } from './presenters.ts';
import { toStartPage } from './secret-cookie.ts';

const DAY = 86_400_000;

const secretForm = z.object({ label: text, expires_on: text });

/** Values of the form, as they were typed. */
type SecretValues = z.output<typeof secretForm>;

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
    return showForm(request, { values: { label: '', expires_on: '' }, errors: {} });
  },
  post: {
    form: secretForm,
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
    signInAgain: (request) =>
      showForm(request, { values: request.form, errors: {}, signInAgain: true }, 403),
    retry: (request, error) => {
      if (!(error instanceof ValidationError)) {
        throw error;
      }
      const label = Object.values(error.fields).flat();
      return showForm(request, { values: request.form, errors: { label } }, 400);
    },
  },
});

function showForm(
  request: OwnerRequest,
  state: {
    values: SecretValues;
    errors: FormErrors<'label' | 'expires_on'>;
    signInAgain?: true;
  },
  status = 200,
): PageAnswer {
  // First date that is accepted.
  const earliest = new Date(Date.now() + DAY).toISOString().slice(0, 10);
  return renderOwn(request, 'applications/secret_new', { ...state, earliest }, status);
}

/** Label and expiry, or sentences about the fields that were refused. */
type ReadSecretForm =
  | {
      readonly input: { readonly label: string; readonly expiresAt: Date | null };
      readonly errors: undefined;
    }
  | { readonly input: undefined; readonly errors: FormErrors<'label' | 'expires_on'> };

/** Years until the latest expiry; a later date is probably a typing error. */
const LATEST_YEARS = 10;

/** Reads the label and the last day of a new secret, which expires at the end of that day, UTC. */
export function readSecretForm(
  t: Translate<ApplicationText>,
  values: SecretValues,
  now: Date,
): ReadSecretForm {
  const label = values.label.trim();
  const badLabel = label.length > LABEL_LIMIT || isUnprintable(label) || turnsDirection(label);
  const expiresAt = values.expires_on === '' ? null : endOf(values.expires_on);
  const latest = new Date(now);
  latest.setUTCFullYear(now.getUTCFullYear() + LATEST_YEARS);
  const badDate =
    expiresAt === undefined || (expiresAt !== null && (expiresAt <= now || expiresAt > latest));
  if (!badLabel && !badDate) {
    return { input: { label, expiresAt }, errors: undefined };
  }
  return {
    input: undefined,
    errors: {
      ...(badLabel ? { label: [t('applications.error.label', { limit: LABEL_LIMIT })] } : {}),
      ...(badDate
        ? { expires_on: [t('applications.error.expires_on', { years: LATEST_YEARS })] }
        : {}),
    },
  };
}

/** Returns the end of a day such as `2026-12-31`; undefined if there is no such day. */
function endOf(day: string): Date | undefined {
  const date = new Date(`${day}T00:00:00Z`);
  // 31 February would become a day of March.
  if (
    !/^\d{4}-\d\d-\d\d$/.test(day) ||
    Number.isNaN(date.getTime()) ||
    !date.toISOString().startsWith(day)
  ) {
    return undefined;
  }
  date.setUTCDate(date.getUTCDate() + 1);
  return date;
}

/** Deletes a secret after a confirmation. It stops working at once. */
export const deleteSecretPage = ownerPage({
  path: `${APPLICATIONS}/:clientId/secrets/:secretId/delete`,
  recent: true,
  show: (request) => showSecret(request),
  post: {
    form: noFields,
    submit: async ({ tx, actor, clientId, home, params: { secretId = '' }, origin }) => {
      await deleteSecret(tx, actor, clientId, secretId, origin);
      return seeOther(`${home}/credentials?notice=secret_deleted`);
    },
    signInAgain: (request) => showSecret(request, { signInAgain: true }, 403),
  },
});

async function showSecret(
  request: OwnerRequest,
  state: { signInAgain?: true } = {},
  status = 200,
): Promise<PageAnswer> {
  const { deps, user, clientId, home, params } = request;
  const secrets = await listSecrets(deps.db, clientId);
  const place = secrets.findIndex(({ id }) => id === params.secretId);
  const keys = await selectKeys(deps.db, clientId);
  const secret = presentSecrets(home, secrets, keys)[place];
  if (secret?.deletePath === undefined) {
    // Deleted in another tab, or the last one: the page of the credentials shows either.
    return seeOther(`${home}/credentials`);
  }
  const props = { ...state, secret, timezone: user.timezone };
  return renderOwn(request, 'applications/secret_delete', props, status);
}
