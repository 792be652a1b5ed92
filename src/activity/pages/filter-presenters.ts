import { COLLATORS } from '../../lib/locale.ts';
import { oneLine } from '../../mail/mail-text.ts';
import {
  ACTIVITY_KINDS,
  type ActivityApplication,
  type ActivityKind,
  isActivityKind,
} from '../activity.ts';
import type { WordsDeps } from './detail-presenters.ts';

/** Option of a select. */
interface OptionProps {
  /** Empty: does not filter. */
  readonly value: string;
  readonly name: string;
  readonly selected: boolean;
}

/** Options to filter the log by. */
export interface FilterProps {
  readonly applications: readonly OptionProps[];
  readonly kinds: readonly OptionProps[];
}

/** Maximum length of an application's name, in characters. */
const NAME_LIMIT = 60;

/** Presents the options, with the chosen ones selected. */
export function presentFilter(
  { t, locale }: WordsDeps,
  applications: readonly ActivityApplication[],
  chosen: { readonly kind: ActivityKind | undefined; readonly clientId: string | undefined },
): FilterProps {
  const collator = COLLATORS[locale];
  const all = (name: string, one: string | undefined): OptionProps => ({
    value: '',
    name,
    selected: one === undefined,
  });
  return {
    applications: [
      all(t('activity.filter.application.all'), chosen.clientId),
      ...applications
        .map(({ clientId, name }) => ({
          value: clientId,
          name: oneLine(name, NAME_LIMIT),
          selected: clientId === chosen.clientId,
        }))
        .toSorted((a, b) => collator.compare(a.name, b.name)),
    ],
    kinds: [
      all(t('activity.filter.kind.all'), chosen.kind),
      ...Object.keys(ACTIVITY_KINDS)
        .filter(isActivityKind)
        .map((kind) => ({
          value: kind,
          name: t(`activity.filter.kind.${kind}`),
          selected: kind === chosen.kind,
        })),
    ],
  };
}
