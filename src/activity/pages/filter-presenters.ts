import { oneLine } from '../../mail/mail-text.ts';
import {
  ACTIVITY_KINDS,
  type ActivityApplication,
  type ActivityKind,
  isActivityKind,
} from '../activity.ts';
import type { ActivityProps, OptionProps } from '../views.ts';
import type { WordsDeps } from './detail-presenters.ts';

/** Characters of a name in a list to choose from. */
const NAME_LIMIT = 60;

/** What the log can be filtered by, with what it is filtered by. */
export function presentFilter(
  { t, locale }: WordsDeps,
  applications: readonly ActivityApplication[],
  chosen: { readonly kind: ActivityKind | undefined; readonly clientId: string | undefined },
): Pick<ActivityProps['filter'], 'applications' | 'kinds'> {
  const collator = new Intl.Collator(locale, { sensitivity: 'base', numeric: true });
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
