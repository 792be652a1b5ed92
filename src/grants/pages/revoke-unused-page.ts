import { z } from 'zod';
import type { Db } from '../../db/database.ts';
import { list, text } from '../../http/form.ts';
import { type PageAnswer, render, seeOther } from '../../http/page.ts';
import { type UserPageDeps, type UserRequest, userPage } from '../../sessions/pages/user-page.ts';
import { revokeLocked } from '../revoke-several.ts';
import { listLiveGrants } from '../store.ts';
import { AUTHORIZATIONS, byUser, toList } from './grant-page.ts';
import { presentEnding } from './presenters.ts';

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
  request: UserRequest<UserPageDeps>,
  db: Db,
  typed: string,
  meanwhile: boolean,
): Promise<PageAnswer> {
  const props = await presentUnused(request, db, typed, meanwhile);
  return render('grants/revoke_unused', props, props.error ? 400 : meanwhile ? 409 : 200);
}

/** Lists unused grants, to confirm their revocation. The form posts the IDs of the grants it showed. */
async function presentUnused(
  { deps, user, locale, path }: UserRequest<UserPageDeps>,
  db: Db,
  typed: string,
  meanwhile: boolean,
) {
  const { refreshTokenTtl } = deps.config;
  const days = readDays(typed);
  const error = days === undefined;
  const unused = error
    ? []
    : await listLiveGrants(db, { userId: user.id, unusedDays: days, limit: SHOWN + 1 });
  const grants = unused.slice(0, SHOWN);
  const context = { config: deps.config, locale };
  return {
    action: path,
    days: typed,
    error,
    /** More grants are unused now than the page showed. Nothing has been revoked. */
    meanwhile,
    // Grants that are idle for longer have ended by themselves.
    choices: CHOICES.filter((one) => one * SECONDS_A_DAY < refreshTokenTtl).map((one) => ({
      days: one,
      href: `${path}?days=${one}`,
      current: one === days,
    })),
    /** Days after which an unused grant ends by itself; 0 if that is less than one day. */
    idleDays: Math.floor(refreshTokenTtl / SECONDS_A_DAY),
    grants: grants.map((grant) => presentEnding(context, grant)),
    /** More grants are unused than the page shows. */
    more: unused.length > SHOWN,
    timezone: user.timezone,
  };
}

function readDays(typed: string): number | undefined {
  return /^[1-9]\d{0,3}$/.test(typed.trim()) ? Number(typed) : undefined;
}
