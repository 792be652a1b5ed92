import { z } from 'zod';
import { list, text } from '../../http/form.ts';
import { type PageAnswer, render, seeOther } from '../../http/page.ts';
import { localized } from '../../lib/localized-text.ts';
import type { User } from '../../users/user.ts';
import { endOfDay, lastDay } from '../end-date.ts';
import type { GrantDetails } from '../grant.ts';
import { leavesNothing, narrowGrant } from '../narrow.ts';
import { listLiveGrants } from '../store.ts';
import { AUTHORIZATIONS, type GrantRequest, grantPage, toList } from './grant-page.ts';
import { presentApplication, scopesInWords } from './presenters.ts';

/** Problem of the end date that was typed. */
type EndDateError = 'invalid' | 'past' | 'later' | 'kept';

interface ChangeErrors {
  /** Another tab has removed something that is selected here. Nothing has been changed. */
  readonly meanwhile?: boolean | undefined;
  readonly endDate?: EndDateError | undefined;
}

const form = z
  .object({ scopes: list, organizers: list, end_date: text })
  .transform(({ end_date, ...rest }) => ({ ...rest, endDate: end_date.trim() }));

type Choice = z.output<typeof form>;

/** Narrows a grant. Changes nothing unless everything in the form can be applied. */
export const changePage = grantPage({
  path: `${AUTHORIZATIONS}/:id/change`,
  show: (request) => showForm(request, everything(request), {}),
  post: {
    form,
    prepare: (request) => {
      const { deps, grant, user, form: choice } = request;
      if (leavesNothing(deps.config.scopes, choice)) {
        return seeOther(`${AUTHORIZATIONS}/${grant.id}/revoke?nothing_left`);
      }
      const end = readEnd(grant, user, choice.endDate);
      return 'error' in end ? showForm(request, choice, { endDate: end.error }, 400) : end;
    },
    submit: async (request) => {
      const { tx, deps, user, grant, form: choice, input, origin } = request;
      const { scopes, organizers } = choice;
      const outcome = await narrowGrant(tx, deps.config.scopes, {
        grantId: grant.id,
        userId: user.id,
        scopes,
        organizers,
        endsAt: input.endsAt,
        origin,
      });
      if (outcome !== 'wider') {
        return toList(outcome === 'ended' ? 'already_revoked' : outcome);
      }
      const [now] = await listLiveGrants(tx, { userId: user.id, id: grant.id });
      return now === undefined
        ? toList('already_revoked')
        : showForm({ ...request, grant: now }, choice, { meanwhile: true }, 409);
    },
  },
});

function everything({ user, grant }: GrantRequest): Choice {
  return {
    scopes: [...grant.scopes],
    organizers: grant.organizers.map(({ slug }) => slug),
    endDate: grant.endsAt === null ? '' : lastDay(grant.endsAt, user.timezone),
  };
}

/** Reads the end date: optional, in the future, and never later than the end set before. */
function readEnd(
  { endsAt }: GrantDetails,
  user: User,
  typed: string,
): { readonly endsAt: Date | null } | { readonly error: EndDateError } {
  if (endsAt !== null && typed === lastDay(endsAt, user.timezone)) {
    return { endsAt };
  }
  if (typed === '') {
    return endsAt === null ? { endsAt } : { error: 'kept' };
  }
  const wanted = endOfDay(typed, user.timezone);
  if (wanted === undefined) {
    return { error: 'invalid' };
  }
  if (wanted.getTime() <= Date.now()) {
    return { error: 'past' };
  }
  return endsAt !== null && wanted > endsAt ? { error: 'later' } : { endsAt: wanted };
}

function showForm(
  request: GrantRequest,
  choice: Choice,
  errors: ChangeErrors,
  status = 200,
): PageAnswer {
  return render('grants/change', presentForm(request, choice, errors), status);
}

/** Presents the form that narrows a grant. It posts what stays. */
function presentForm(
  { deps, user, grant, others, locale, path }: GrantRequest,
  choice: Choice,
  errors: ChangeErrors,
) {
  const scopes = scopesInWords({ config: deps.config, locale }, grant);
  return {
    action: path,
    revokePath: `${AUTHORIZATIONS}/${grant.id}/revoke`,
    application: presentApplication(grant),
    grantedAt: grant.createdAt,
    /** Number of other grants of the application, which do not change. */
    others,
    scopes: scopes.map((scope) => ({ ...scope, checked: choice.scopes.includes(scope.name) })),
    /** Empty if none of its scopes concerns organizers. */
    organizers: grant.organizers.map(({ slug, name }) => ({
      slug,
      name: localized(name, locale),
      checked: choice.organizers.includes(slug),
    })),
    /** Value of the date field, as it was typed; empty if the grant has no end. */
    endDate: choice.endDate,
    /** First and last day that may be chosen. */
    earliestEnd: lastDay(new Date(), user.timezone),
    latestEnd: grant.endsAt === null ? undefined : lastDay(grant.endsAt, user.timezone),
    errors,
    timezone: user.timezone,
  };
}
