import { type Application, isReviewed } from '../applications/application.ts';
import { findApplication } from '../applications/find-application.ts';
import type { Config } from '../config/config.ts';
import type { Db } from '../db/database.ts';
import { organizersOf } from '../directory/organizer-store.ts';
import type { EarlierGrant } from '../grants/grant.ts';
import { findLastGrant } from '../grants/store.ts';
import { StagedoorError } from '../lib/errors.ts';
import type { LocalizedText } from '../lib/localized-text.ts';
import { opensOrganizers, type ScopeConfig } from '../lib/scopes.ts';
import { findActiveUser } from '../users/find-user.ts';
import type { User } from '../users/user.ts';

/** All that the consent page shows, and all that an answer to it is checked against. */
export interface ConsentRequest {
  readonly application: Application;
  readonly user: User;
  /** The requested scopes, in the configured order. */
  readonly scopes: readonly ScopeConfig[];
  /** The user's organizers today; undefined where no requested scope opens any. */
  readonly organizers:
    | readonly { readonly slug: string; readonly name: LocalizedText }[]
    | undefined;
  /** Destination of the redirect: a host, or the private-use scheme of a native application. */
  readonly redirectHost: string;
  /** Another live application receives at the same private-use scheme. */
  readonly schemeIsShared: boolean;
  /** Access that the same application already has; the page marks what is new. */
  readonly lastGrant: EarlierGrant | undefined;
}

/**
 * Reads what a request asks of a user, from the directory as it is now.
 * @throws StagedoorError `gone` where the user or the application is no longer there
 */
export async function describeConsent(
  deps: { db: Db; config: Config },
  request: { clientId: string; userId: string; scopes: readonly string[]; redirectUri: string },
): Promise<ConsentRequest> {
  const [application, user] = [
    await findApplication(deps.db, request.clientId),
    await findActiveUser(deps.db, request.userId),
  ];
  if (application === undefined || user === undefined) {
    throw new StagedoorError('gone', 'The application or the account is no longer there.');
  }
  return {
    application,
    user,
    scopes: deps.config.scopes.filter((scope) => request.scopes.includes(scope.name)),
    organizers: opensOrganizers(deps.config.scopes, request.scopes)
      ? await organizersOf(deps.db, user.id)
      : undefined,
    redirectHost: hostOf(request.redirectUri),
    schemeIsShared: !isWeb(request.redirectUri) && sharesScheme(application),
    lastGrant: await findLastGrant(deps.db, request),
  };
}

function hostOf(redirectUri: string): string {
  const url = URL.parse(redirectUri);
  if (url === null) {
    return redirectUri;
  }
  // After a private-use scheme, a host is anybody's own choice and leads nowhere.
  return isWeb(redirectUri) ? url.host : url.protocol;
}

function isWeb(redirectUri: string): boolean {
  return /^https?:/.test(redirectUri);
}

/** A reviewed application shares with reviewed ones only: others can not be allowed. */
function sharesScheme(application: Application): boolean {
  return isReviewed(application)
    ? application.schemeSharedWith === 'reviewed'
    : application.schemeSharedWith !== null;
}
