import { type Application, isReviewed } from '../applications/application.ts';
import type { Candidate } from '../applications/candidate.ts';
import { redirectHostOf } from '../applications/redirect-uri.ts';
import type { Config } from '../config/config.ts';
import type { Db } from '../db/database.ts';
import type { EarlierGrant } from '../grants/grant.ts';
import { StagedoorError } from '../lib/errors.ts';
import { isLoopbackHost } from '../lib/loopback.ts';
import type { ScopeConfig } from '../lib/scopes.ts';
import { type ServedResource, selectResources } from '../resource-servers/resource-store.ts';
import type { User } from '../users/user.ts';
import { selectChoices } from './consent-store.ts';
import type { PendingInteraction } from './interaction.ts';
import { type ConsentOrganizer, findEmptyScopes, withPermissions } from './organizers.ts';

/** Request for consent, against which the decision is checked. */
export interface ConsentRequest {
  readonly application: Application;
  /** Its details as the user saw them; undefined for a registered application. */
  readonly candidate: Candidate | undefined;
  readonly user: User;
  /** The requested scopes, in the configured order. */
  readonly scopes: readonly ScopeConfig[];
  /** The resources that the tokens are for; empty: no particular ones. */
  readonly resources: readonly ServedResource[];
  /** The user's organizers today; undefined where no requested scope opens any. */
  readonly organizers: readonly ConsentOrganizer[] | undefined;
  /** Names of requested scopes by which the application could do nothing for this user. */
  readonly emptyScopes: ReadonlySet<string>;
  /** Live grants of the same application, newest first. */
  readonly earlier: readonly EarlierGrant[];
}

/** All that the consent page shows. */
export interface ConsentDescription extends ConsentRequest {
  /** Destination of the redirect: a host, or the private-use scheme of a native application. */
  readonly redirectHost: string;
  /** The destination is the user's own computer, on any port. */
  readonly returnsToComputer: boolean;
  /** Another live application receives at the same private-use scheme. */
  readonly schemeIsShared: boolean;
  /** The owner tries the application out, with a redirect URI of this server. */
  readonly isTrial: boolean;
  /** A metadata document's application receives on the user's own device, where any program can. */
  readonly isLocal: boolean;
}

/**
 * Reads what a request asks of a user, with the user's organizers of this moment.
 * @throws StagedoorError `gone` if the request has no user, application or resource any more
 */
export async function readConsentRequest(
  { db, config }: { readonly db: Db; readonly config: Config },
  {
    application,
    candidate,
    user,
    scopes,
    resources,
  }: Pick<PendingInteraction, 'application' | 'candidate' | 'user' | 'scopes' | 'resources'>,
): Promise<ConsentRequest> {
  if (application === undefined || user === undefined) {
    throw new StagedoorError('gone', 'The application or the account is no longer there.');
  }
  const served = resources.length === 0 ? [] : await selectResources(db, resources);
  if (served.length < resources.length) {
    throw new StagedoorError('gone', 'A requested resource is no longer there.');
  }
  const requested = config.scopes.filter((scope) => scopes.includes(scope.name));
  const choices = await selectChoices(db, {
    userId: user.id,
    clientId: application.clientId,
    organizers: requested.some((scope) => scope.organizers),
  });
  const organizers = choices.organizers && withPermissions(config, choices.organizers);
  return {
    application,
    candidate,
    user,
    resources: served,
    scopes: requested,
    organizers,
    emptyScopes: findEmptyScopes(requested, organizers),
    earlier: choices.earlier,
  };
}

/** Does the same for the page. */
export async function describeConsent(
  deps: { readonly db: Db; readonly config: Config },
  interaction: PendingInteraction,
): Promise<ConsentDescription> {
  const request = await readConsentRequest(deps, interaction);
  const { application } = request;
  const { redirectUri } = interaction;
  return {
    ...request,
    redirectHost: redirectHostOf(redirectUri),
    isTrial: interaction.isTrial,
    returnsToComputer: isLoopback(redirectUri),
    schemeIsShared: !isWeb(redirectUri) && sharesScheme(application),
    isLocal:
      application.kind === 'metadata_document' && (isLoopback(redirectUri) || !isWeb(redirectUri)),
  };
}

function isLoopback(redirectUri: string): boolean {
  return isLoopbackHost(URL.parse(redirectUri)?.hostname ?? '');
}

function isWeb(redirectUri: string): boolean {
  return /^https?:/.test(redirectUri);
}

/** A reviewed application shares with reviewed ones only: others cannot be allowed. */
function sharesScheme(application: Application): boolean {
  return isReviewed(application)
    ? application.schemeSharedWith === 'reviewed'
    : application.schemeSharedWith !== null;
}
