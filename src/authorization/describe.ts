import { type Application, isReviewed } from '../applications/application.ts';
import { redirectHostOf } from '../applications/redirect-uri.ts';
import type { Config } from '../config/config.ts';
import type { Db } from '../db/database.ts';
import { StagedoorError } from '../lib/errors.ts';
import { isLoopbackHost } from '../lib/loopback.ts';
import { selectResources } from '../resource-servers/resource-store.ts';
import { selectChoices } from './consent-store.ts';
import type { PendingInteraction } from './interaction.ts';
import { findEmptyScopes, withPermissions } from './organizers.ts';

/** Request for consent, against which the decision is checked. */
export type ConsentRequest = Awaited<ReturnType<typeof readConsentRequest>>;

/** All that the consent page shows. */
export type ConsentDescription = Awaited<ReturnType<typeof describeConsent>>;

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
) {
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
    /** Its details as the user saw them; undefined for a registered application. */
    candidate,
    user,
    /** The resources that the tokens are for; empty: no particular ones. */
    resources: served,
    /** The requested scopes, in the configured order. */
    scopes: requested,
    /** The user's organizers today; undefined where no requested scope opens any. */
    organizers,
    /** Names of requested scopes by which the application could do nothing for this user. */
    emptyScopes: findEmptyScopes(requested, organizers),
    /** Live grants of the same application, newest first. */
    earlier: choices.earlier,
  };
}

/** Does the same for the page. */
export async function describeConsent(
  deps: { readonly db: Db; readonly config: Config },
  interaction: PendingInteraction,
) {
  const request = await readConsentRequest(deps, interaction);
  const { application } = request;
  const { redirectUri } = interaction;
  return {
    ...request,
    /** Destination of the redirect: a host, or the private-use scheme of a native application. */
    redirectHost: redirectHostOf(redirectUri),
    /** The owner tries the application out, with a redirect URI of this server. */
    isTrial: interaction.isTrial,
    /** The destination is the user's own computer, on any port. */
    returnsToComputer: isLoopback(redirectUri),
    /** Another live application receives at the same private-use scheme. */
    schemeIsShared: !isWeb(redirectUri) && sharesScheme(application),
    /** A metadata document's application receives on the user's own device, where any program can. */
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
