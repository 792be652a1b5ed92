import { LABEL_LIMIT } from '../../client-secrets/client-secret.ts';
import type { Translate } from '../../http/translate.ts';
import { isUnprintable } from '../../lib/printable.ts';
import type { ApplicationText } from '../texts.ts';
import type { SecretFormProps } from '../views.ts';

/** What the form decides about a new secret. */
interface SecretInput {
  readonly label: string;
  readonly expiresAt: Date | null;
}

/** What came out of the form: a secret to be, or what is wrong with it. */
type ReadSecretForm =
  | { readonly input: SecretInput; readonly errors: undefined }
  | { readonly input: undefined; readonly errors: SecretFormProps['errors'] };

/** Years from now; anything later is a slip of the pen. */
const FARTHEST = 10;
const BIDI_CONTROLS = /[\u202a-\u202e\u2066-\u2069]/;

/** Reads the label and the last day of a new secret; it is good until the end of that day, UTC. */
export function readSecretForm(
  t: Translate<ApplicationText>,
  values: SecretFormProps['values'],
  now: Date,
): ReadSecretForm {
  const label = values.label.trim();
  const badLabel = label.length > LABEL_LIMIT || isUnprintable(label) || BIDI_CONTROLS.test(label);
  const expiresAt = values.expiresOn === '' ? null : endOf(values.expiresOn);
  const latest = new Date(now);
  latest.setUTCFullYear(now.getUTCFullYear() + FARTHEST);
  const badDate =
    expiresAt === undefined || (expiresAt !== null && (expiresAt <= now || expiresAt > latest));
  if (!badLabel && !badDate) {
    return { input: { label, expiresAt }, errors: undefined };
  }
  return {
    input: undefined,
    errors: {
      ...(badLabel ? { label: [t('applications.error.label', { limit: LABEL_LIMIT })] } : {}),
      ...(badDate ? { expires_on: [t('applications.error.expires_on', { years: FARTHEST })] } : {}),
    },
  };
}

/** The end of a day, `2026-12-31`; undefined where there is no such day. */
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
