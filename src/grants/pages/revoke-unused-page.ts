import type { Context } from 'koa';
import { postedForm } from '../../applications/pages/account-page.ts';
import { inTransaction } from '../../db/transaction.ts';
import { requireSignIn } from '../../sessions/pages/identify.ts';
import type { User } from '../../users/user.ts';
import { listUnusedGrants } from '../find.ts';
import { revokeUnusedGrants } from '../revoke-several.ts';
import { byUser, type GrantPagesDeps, toList } from './account-page.ts';
import { presentApplication, presentGrant } from './presenters.ts';

const CHOICES = [7, 30, 90, 180, 365];
const FIRST_CHOICE = '30';
const SECONDS_A_DAY = 86_400;

/** Shows what was not used for some days, and asks before it ends. */
export async function showRevokeUnused(deps: GrantPagesDeps, ctx: Context): Promise<void> {
  const identified = await requireSignIn(deps, ctx);
  if (identified !== undefined) {
    const { days } = ctx.query;
    const typed = typeof days === 'string' ? days : FIRST_CHOICE;
    await render(deps, ctx, identified.user, typed);
  }
}

/** Ends it: nothing that has been used in the meantime, and nothing that was not shown. */
export async function answerRevokeUnused(deps: GrantPagesDeps, ctx: Context): Promise<void> {
  const form = await postedForm(deps, ctx);
  const identified = await requireSignIn(deps, ctx);
  if (identified === undefined) {
    return;
  }
  const { user } = identified;
  const typed = form.get('days') ?? '';
  const days = readDays(typed);
  if (days === undefined) {
    return render(deps, ctx, user, typed);
  }
  const shown = form.getAll('grants');
  const ended = await inTransaction(deps.db, async (tx) => {
    const unused = await listUnusedGrants(tx, user.id, days);
    return unused.every(({ id }) => shown.includes(id))
      ? revokeUnusedGrants(tx, { userId: user.id, days }, byUser(user, ctx))
      : undefined;
  });
  if (ended === undefined) {
    return render(deps, ctx, user, typed, 409);
  }
  toList(ctx, ended > 0 ? 'revoked_unused' : 'none_unused');
}

async function render(
  deps: GrantPagesDeps,
  ctx: Context,
  user: User,
  typed: string,
  status: 200 | 409 = 200,
): Promise<void> {
  const { refreshTokenTtl } = deps.config;
  const days = readDays(typed);
  const grants = days === undefined ? [] : await listUnusedGrants(deps.db, user.id, days);
  const context = { config: deps.config, locale: deps.renderer.locale(ctx) };
  const props = {
    action: ctx.path,
    days: typed,
    error: days === undefined,
    meanwhile: status === 409,
    // What is idle for longer has ended by itself.
    choices: CHOICES.filter((one) => one * SECONDS_A_DAY < refreshTokenTtl).map((one) => ({
      days: one,
      href: `${ctx.path}?days=${one}`,
      current: one === days,
    })),
    idleDays: Math.floor(refreshTokenTtl / SECONDS_A_DAY),
    grants: grants.map((grant) => ({
      ...presentGrant(context, grant),
      application: presentApplication(grant),
    })),
    timezone: user.timezone,
  };
  deps.renderer.page(ctx, 'grants/revoke_unused', props, {
    status: props.error ? 400 : status,
  });
}

function readDays(typed: string): number | undefined {
  return /^[1-9]\d{0,3}$/.test(typed.trim()) ? Number(typed) : undefined;
}
