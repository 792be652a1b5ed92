import type { Translate } from '../../http/translate.ts';
import { COLLATORS, type Locale } from '../../lib/locale.ts';
import { type LocalizedText, localized } from '../../lib/localized-text.ts';
import type { ScopeConfig } from '../../lib/scopes.ts';
import { oneLine } from '../../mail/mail-text.ts';
import type { ActivityEntry } from '../activity.ts';
import { type EntryData, readEntryData } from '../entry-data.ts';
import type { ActivityText } from '../texts.ts';

/** Fields of users and applications that have a text. */
const FIELDS = [
  'ownerId',
  'name',
  'description',
  'homepageUrl',
  'logo',
  'privacyPolicyUrl',
  'termsUrl',
  'redirectUris',
  'scopes',
  'requirePkce',
  'isActive',
  'email',
  'fullName',
  'locale',
  'timezone',
  'failure_mails',
  'password',
  'upstream_subject',
] as const;
/** Maximum length of texts that users have typed, in characters. */
const LIMIT = 500;

/** A labelled list of values. */
export interface DetailProps {
  readonly label: string;
  readonly items: readonly string[];
}

/** Language and scopes for the texts. */
export interface WordsDeps {
  readonly t: Translate<ActivityText>;
  readonly locale: Locale;
  readonly scopes: readonly ScopeConfig[];
}

/** Presents the details of an entry that are not in its sentence. */
export function detailsOf(deps: WordsDeps, entry: ActivityEntry): DetailProps[] {
  const { t } = deps;
  const data = readEntryData(entry.data);
  const replaced = Math.max(data.replaced.length, data.replaced_count);
  const all: readonly (readonly [label: string, items: readonly (string | undefined)[]])[] = [
    [scopesLabel(t, entry.action), scopeSentences(deps, data.scopes)],
    [t('activity.detail.organizers'), organizerNames(deps, data.organizers)],
    [t('activity.detail.apis'), data.apis],
    [
      t('activity.detail.replaced'),
      replaced > 0 ? [t('activity.detail.replaced.count', { count: replaced })] : [],
    ],
    [t('activity.detail.removed_scopes'), scopeSentences(deps, data.removed_scopes)],
    [t('activity.detail.removed_organizers'), organizerNames(deps, data.removed_organizers)],
    [
      t('activity.detail.method'),
      data.method === 'upstream' ? [t('activity.detail.upstream')] : [],
    ],
    [t('activity.detail.client_type'), [clientType(t, data)]],
    [t('activity.detail.changed'), [changedFields(t, data)]],
    [t('activity.detail.email_before'), [data.email_before]],
    [t('activity.detail.email_after'), [data.email_after]],
    [t('activity.detail.review'), data.review_reset ? [t('activity.detail.review_reset')] : []],
    [t('activity.detail.secret'), [secret(data)]],
    [t('activity.detail.offered_to'), [data.email]],
    [t('activity.detail.reason'), [reason(entry.action, data)]],
  ];
  return all
    .map(([label, items]) => ({
      label,
      items: items
        .filter((item) => item !== undefined)
        .map((item) => oneLine(item, LIMIT))
        .filter((item) => item !== ''),
    }))
    .filter(({ items }) => items.length > 0);
}

/** Returns the new end of an access, if that was changed. */
export function endOf(entry: ActivityEntry): Date | undefined {
  return readEntryData(entry.data).ends_at;
}

function scopesLabel(t: Translate<ActivityText>, action: string): string {
  return t(
    action === 'stagedoor.user.oauth.denied' ? 'activity.detail.asked' : 'activity.detail.scopes',
  );
}

/** Describes scopes; a removed scope goes by its name. */
function scopeSentences({ scopes, locale }: WordsDeps, names: readonly string[]): string[] {
  return names.map((name) => {
    const text = scopes.find((scope) => scope.name === name)?.text;
    return text === undefined ? name : localized(text, locale);
  });
}

function organizerNames(
  { locale }: WordsDeps,
  organizers: readonly { slug: string; name: LocalizedText }[],
): string[] {
  return organizers
    .map(({ slug, name }) => localized(name, locale) || slug)
    .toSorted(COLLATORS[locale].compare);
}

/** Lists changed fields; an unknown field goes by its name. Leaves out that the object is new. */
function changedFields(t: Translate<ActivityText>, { changed }: EntryData): string {
  return changed
    .filter((name) => name !== 'created')
    .map((name) => {
      const field = FIELDS.find((one) => one === name);
      return field === undefined ? name : t(`activity.field.${field}`);
    })
    .join(', ');
}

function clientType(
  t: Translate<ActivityText>,
  { client_type: type }: EntryData,
): string | undefined {
  return type === 'confidential' || type === 'public'
    ? t(`applications.type.${type}.short`)
    : undefined;
}

function secret({ label, last_four: lastFour }: EntryData): string | undefined {
  return lastFour === undefined ? label : `${label ?? ''} …${lastFour}`.trim();
}

/** Returns the reason that an operator has typed. Other reasons are codes, and in the sentence. */
function reason(action: string, data: EntryData): string | undefined {
  return action === 'stagedoor.application.suspended' ? data.reason : undefined;
}
