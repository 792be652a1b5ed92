import { z } from 'zod';
import type { Db } from '../../db/database.ts';
import { list, text } from '../../http/form.ts';
import { type PageAnswer, render, seeOther } from '../../http/page.ts';
import { view } from '../../http/view.ts';
import { type UserPageDeps, type UserRequest, userPage } from '../../sessions/pages/user-page.ts';
import { revokeLocked } from '../revoke-several.ts';
import { listLiveGrants } from '../store.ts';
import { AUTHORIZATIONS, byUser, toList } from './grant-page.ts';
import { type EndingGrant, presentEnding } from './presenters.ts';

/** Lists unused grants and confirms their revocation. Posts the IDs of the grants it showed. */
interface RevokeUnusedProps {
  readonly action: string;
  /** As it was typed. */
  readonly days: string;
  readonly error: boolean;
  /** More grants are unused now than the page showed. Nothing has been revoked. */
  readonly meanwhile: boolean;
  readonly choices: readonly {
    readonly days: number;
    readonly href: string;
    readonly current: boolean;
  }[];
  /** Days after which an unused grant ends by itself; 0 if that is less than one day. */
  readonly idleDays: number;
  readonly grants: readonly EndingGrant[];
  /** More grants are unused than the page shows. */
  readonly more: boolean;
  readonly timezone: string;
}

const revokeUnusedView = view<RevokeUnusedProps>('grants/revoke_unused');

const CHOICES = [7, 30, 90, 180, 365];
const FIRST_CHOICE = '30';
const SECONDS_A_DAY = 86_400;
/** Grants that the page shows and revokes at a time. */
const SHOWN = 100;

/** Revokes the grants that were not used for some days. Never one that was not shown. */
export const revokeUnusedPage = userPage({
  path: `${AUTHORIZATIONS}/unused`,
  show: (request) => {
    const { days } = request.query;
    const typed = typeof days === 'string' ? days : FIRST_CHOICE;
    return showUnused(request, request.deps.db, typed, false);
  },
  post: {
    form: z.object({ days: text, grants: list }),
    submit: async (request) => {
      const { tx, user, form, path } = request;
      const days = readDays(form.days);
      if (days === undefined) {
        return showUnused(request, tx, form.days, false);
      }
      const unused = await listLiveGrants(tx, {
        userId: user.id,
        unusedDays: days,
        limit: SHOWN + 1,
      });
      const first = unused.slice(0, SHOWN);
      if (!first.every(({ id }) => form.grants.includes(id))) {
        return showUnused(request, tx, form.days, true);
      }
      const ended = await revokeLocked(tx, first, byUser(request));
      if (unused.length > SHOWN) {
        return seeOther(`${path}?days=${days}`);
      }
      return toList(ended > 0 ? 'revoked_unused' : 'none_unused');
    },
  },
});

async function showUnused(
  { deps, user, locale, path }: UserRequest<UserPageDeps>,
  db: Db,
  typed: string,
  meanwhile: boolean,
): Promise<PageAnswer> {
  const { refreshTokenTtl } = deps.config;
  const days = readDays(typed);
  const error = days === undefined;
  const unused = error
    ? []
    : await listLiveGrants(db, { userId: user.id, unusedDays: days, limit: SHOWN + 1 });
  const grants = unused.slice(0, SHOWN);
  const context = { config: deps.config, locale };
  const props = {
    action: path,
    days: typed,
    error,
    meanwhile,
    // Grants that are idle for longer have ended by themselves.
    choices: CHOICES.filter((one) => one * SECONDS_A_DAY < refreshTokenTtl).map((one) => ({
      days: one,
      href: `${path}?days=${one}`,
      current: one === days,
    })),
    idleDays: Math.floor(refreshTokenTtl / SECONDS_A_DAY),
    grants: grants.map((grant) => presentEnding(context, grant)),
    more: unused.length > SHOWN,
    timezone: user.timezone,
  };
  return render(revokeUnusedView, props, error ? 400 : meanwhile ? 409 : 200);
}

function readDays(typed: string): number | undefined {
  return /^[1-9]\d{0,3}$/.test(typed.trim()) ? Number(typed) : undefined;
}
