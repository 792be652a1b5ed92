import type { Translate } from '../../http/translate.ts';
import { localeOf } from '../../lib/locale.ts';
import { ownValue } from '../../lib/own-value.ts';
import type { Preferences, ProvisionedUser } from '../../users/user.ts';
import type { AccountText } from '../texts.ts';

/** Each language by its own name. */
const LANGUAGES = { en: 'English', de: 'Deutsch' } as const;

/** Values of the form that are no language or zone. */
const AS_PLATFORM = 'platform';
const AS_BROWSER = 'browser';

const ZONES: readonly string[] = [...new Set([...Intl.supportedValuesOf('timeZone'), 'UTC'])];

const AREAS = [
  'Africa',
  'America',
  'Antarctica',
  'Arctic',
  'Asia',
  'Atlantic',
  'Australia',
  'Europe',
  'Indian',
  'Pacific',
] as const;

/** The posted preferences; undefined: none of the options. */
export interface PreferencesForm {
  readonly locale: string | null | undefined;
  readonly timezone: string | null | undefined;
}

/** Reads the form. A zone that is no longer in the list can be kept. */
export function readPreferences(
  form: { readonly language: string; readonly timezone: string },
  before: Preferences,
): PreferencesForm {
  const { language, timezone: zone } = form;
  const locales: Readonly<Record<string, string | null>> = {
    [AS_PLATFORM]: null,
    [AS_BROWSER]: '',
    en: 'en',
    de: 'de',
  };
  const knownZone = ZONES.includes(zone) || (zone !== '' && zone === before.timezone);
  return {
    locale: ownValue(locales, language),
    timezone: zone === AS_PLATFORM ? null : knownZone ? zone : undefined,
  };
}

/** Presents the options, with the chosen ones selected. */
export function presentChoices(
  t: Translate<AccountText>,
  user: ProvisionedUser,
  chosen: Preferences,
) {
  return {
    languages: presentLanguages(t, user, chosen),
    // First option, above the areas.
    platformZone: {
      value: AS_PLATFORM,
      name: t('account.profile.timezone.platform', { timezone: user.timezone }),
      selected: chosen.timezone === null,
    },
    areas: presentAreas(t, chosen.timezone),
  };
}

function presentLanguages(t: Translate<AccountText>, user: ProvisionedUser, chosen: Preferences) {
  const spoken = localeOf(user.locale);
  const platform =
    spoken === undefined
      ? t('account.profile.language.platform_none')
      : t('account.profile.language.platform', { language: LANGUAGES[spoken] });
  return [
    { value: AS_PLATFORM, name: platform, selected: chosen.locale === null },
    {
      value: AS_BROWSER,
      name: t('account.profile.language.browser'),
      selected: chosen.locale === '',
    },
    ...Object.entries(LANGUAGES).map(([value, name]) => ({
      value,
      name,
      selected: chosen.locale === value,
    })),
  ];
}

/** Groups zones by area, named by their city: typing its first letters finds it. */
function presentAreas(t: Translate<AccountText>, chosen: string | null) {
  const zones = chosen === null || ZONES.includes(chosen) ? ZONES : [...ZONES, chosen];
  const byArea = Map.groupBy(
    zones,
    (zone) => AREAS.find((area) => zone.startsWith(`${area}/`)) ?? 'other',
  );
  return [...byArea].map(([area, names]) => ({
    name: t(`account.profile.timezone.area.${area}`),
    zones: names.map((value) => ({ value, name: cityOf(value), selected: value === chosen })),
  }));
}

function cityOf(zone: string): string {
  const [, ...rest] = zone.split('/');
  return (rest.length === 0 ? [zone] : rest).join(' – ').replaceAll('_', ' ');
}
