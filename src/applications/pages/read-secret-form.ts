import { LABEL_LIMIT } from '../../client-secrets/client-secret.ts';
import type { Translate } from '../../http/translate.ts';
import { isUnprintable, turnsDirection } from '../../lib/printable.ts';
import type { ApplicationText } from '../texts.ts';
import type { FormErrors } from './application-form.ts';

/** Values of the form, as they were typed. */
export interface SecretValues {
  readonly label: string;
  readonly expiresOn: string;
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
  const expiresAt = values.expiresOn === '' ? null : endOf(values.expiresOn);
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
