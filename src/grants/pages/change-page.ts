import type { Context } from 'koa';
import { postedForm, seeOther } from '../../applications/pages/account-page.ts';
import { inTransaction } from '../../db/transaction.ts';
import { originOf } from '../../http/origin.ts';
import { localized } from '../../lib/localized-text.ts';
import type { User } from '../../users/user.ts';
import { endOfDay, lastDay } from '../end-date.ts';
import { findLiveGrant } from '../find.ts';
import type { GrantDetails } from '../grant.ts';
import { leavesNothing, narrowGrant } from '../narrow.ts';
import type { ChangeProps, EndDateError } from '../views.ts';
import {
  AUTHORIZATIONS,
  type Grantor,
  type GrantPagesDeps,
  openGrantPage,
  toList,
} from './account-page.ts';
import { presentApplication, scopesInWords } from './presenters.ts';

/** What was posted: what stays, and the end as it was typed. */
interface Choice {
  readonly scopes: readonly string[];
  readonly organizers: readonly string[];
  readonly endDate: string;
}

/** Shows what a grant opens, to take away from. */
export async function showChange(deps: GrantPagesDeps, ctx: Context): Promise<void> {
  const opened = await openGrantPage(deps, ctx);
  if (opened !== undefined) {
    render(deps, ctx, opened, { choice: everything(opened), errors: {} });
  }
}

/** Takes away what is not ticked any more. Nothing is changed unless all of it can be. */
export async function answerChange(deps: GrantPagesDeps, ctx: Context): Promise<void> {
  const form = await postedForm(deps, ctx);
  const opened = await openGrantPage(deps, ctx);
  if (opened === undefined) {
    return;
  }
  const { user, grant } = opened;
  const choice = {
    scopes: form.getAll('scopes'),
    organizers: form.getAll('organizers'),
    endDate: form.get('end_date')?.trim() ?? '',
  };
  if (leavesNothing(deps.config.scopes, choice)) {
    return seeOther(ctx, `${AUTHORIZATIONS}/${grant.id}/revoke?nothing_left`);
  }
  const end = readEnd(grant, user, choice.endDate);
  if ('error' in end) {
    const errors = { endDate: end.error };
    return render(deps, ctx, opened, { choice, errors }, 400);
  }
  const { endsAt } = end;
  const { scopes, organizers } = choice;
  const outcome = await inTransaction(deps.db, (tx) =>
    narrowGrant(tx, deps.config.scopes, {
      grantId: grant.id,
      userId: user.id,
      scopes,
      organizers,
      endsAt,
      origin: originOf(ctx),
    }),
  );
  if (outcome === 'wider') {
    return renderMeanwhile(deps, ctx, opened, choice);
  }
  toList(ctx, outcome === 'ended' ? 'already_revoked' : outcome);
}

/** In another tab something was taken away that is ticked here: what is still there is shown. */
async function renderMeanwhile(
  deps: GrantPagesDeps,
  ctx: Context,
  opened: Grantor,
  choice: Choice,
): Promise<void> {
  const grant = await findLiveGrant(deps.db, opened.user.id, opened.grant.id);
  if (grant === undefined) {
    return toList(ctx, 'already_revoked');
  }
  render(deps, ctx, { ...opened, grant }, { choice, errors: { meanwhile: true } }, 409);
}

function everything({ user, grant }: Grantor): Choice {
  return {
    scopes: grant.scopes,
    organizers: grant.organizers.map(({ slug }) => slug),
    endDate: grant.endsAt === null ? '' : lastDay(grant.endsAt, user.timezone),
  };
}

/** An end is optional, in the future, and only ever brought closer. */
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

function render(
  deps: GrantPagesDeps,
  ctx: Context,
  { user, grant, others }: Grantor,
  state: { readonly choice: Choice; readonly errors: ChangeProps['errors'] },
  status = 200,
): void {
  const { choice, errors } = state;
  const locale = deps.renderer.locale(ctx);
  const props = {
    action: ctx.path,
    revokePath: `${AUTHORIZATIONS}/${grant.id}/revoke`,
    application: presentApplication(grant),
    grantedAt: grant.createdAt,
    others,
    scopes: scopesInWords({ config: deps.config, locale }, grant).map((scope) => ({
      ...scope,
      checked: choice.scopes.includes(scope.name),
    })),
    organizers: grant.organizers.map(({ slug, name }) => ({
      slug,
      name: localized(name, locale),
      checked: choice.organizers.includes(slug),
    })),
    endDate: choice.endDate,
    earliestEnd: lastDay(new Date(), user.timezone),
    latestEnd: grant.endsAt === null ? undefined : lastDay(grant.endsAt, user.timezone),
    errors,
    timezone: user.timezone,
  };
  deps.renderer.page(ctx, 'grants/change', props, { status });
}
