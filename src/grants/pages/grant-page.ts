import { linkTo } from '../../http/link-to.ts';
import { type Page, type PageAnswer, seeOther } from '../../http/page.ts';
import { StagedoorError } from '../../lib/errors.ts';
import {
  type UserPage,
  type UserPageDeps,
  type UserRequest,
  userPageAbout,
} from '../../sessions/pages/user-page.ts';
import type { GrantDetails } from '../grant.ts';
import { countLiveGrants } from '../list-store.ts';
import type { OwnRevocation } from '../revoke-several.ts';
import { findGrant, listLiveGrants } from '../store.ts';

/** Path of the list of authorizations. */
export const AUTHORIZATIONS = '/account/authorizations';

/** Results of a change, shown above the list. */
export const NOTICES = [
  'revoked',
  /** The application has other grants of the user. */
  'revoked_one',
  'already_revoked',
  'revoked_application',
  'revoked_unused',
  'revoked_selected',
  'none_selected',
  'none_unused',
  'narrowed',
  'unchanged',
] as const;

/** The user's live grant that the path names. */
interface OpenedGrant {
  readonly grant: GrantDetails;
  /** Number of other live grants of the same user and application. */
  readonly others: number;
}

/** A request to a page about one of the user's own grants. */
export type GrantRequest = UserRequest<UserPageDeps> & OpenedGrant;

/** Makes a page about the user's live grant with the `:id` of the path. */
export function grantPage<Form, Input>(
  page: UserPage<GrantRequest, Form, Input>,
): Page<UserPageDeps> {
  return userPageAbout(openGrant, page);
}

/** @throws StagedoorError `not_found`, also if the grant belongs to another user */
async function openGrant({
  deps,
  user,
  params,
}: UserRequest<UserPageDeps>): Promise<OpenedGrant | PageAnswer> {
  const id = idOf(params.id);
  const [grant] = await listLiveGrants(deps.db, { userId: user.id, id });
  if (grant !== undefined) {
    const others = (await countLiveGrants(deps.db, grant)) - 1;
    return { grant, others };
  }
  if ((await findGrant(deps.db, id))?.userId !== user.id) {
    throw noSuchAuthorization();
  }
  return toList('already_revoked');
}

/** Answers a path that names no grant of the user. */
export function noSuchAuthorization(): StagedoorError {
  return new StagedoorError('not_found', 'There is no such authorization.');
}

/** Returns an ID of the path, empty if it has a character that no ID has. */
export function idOf(param: string | undefined): string {
  return param !== undefined && /^[0-9A-Za-z._-]+$/.test(param) ? param : '';
}

/** Redirects to the list with a notice of the result. @param clientId application that it names */
export function toList(notice: (typeof NOTICES)[number], clientId?: string): PageAnswer {
  return seeOther(linkTo(AUTHORIZATIONS, { notice, application: clientId }));
}

/** Log data of grants that their user revokes. */
export function byUser({ actor, origin }: UserRequest<UserPageDeps>): OwnRevocation {
  return { reason: 'revoked_by_user', actor, origin };
}
