import type { Page } from '../../http/page.ts';
import { found, StagedoorError } from '../../lib/errors.ts';
import type { Limit } from '../../limits/limit.ts';
import {
  type UserPage,
  type UserPageDeps,
  type UserRequest,
  userPageAbout,
} from '../../sessions/pages/user-page.ts';
import type { EncodeLogo } from '../encode-logo.ts';
import type { OfferLimits } from '../offer-limits.ts';
import { findOwnApplication, type OwnApplication } from '../own-store.ts';

/** Path of the list of the user's own applications. */
export const APPLICATIONS = '/account/applications';

/** Dependencies of the pages of application developers. */
export interface ApplicationPagesDeps extends UserPageDeps {
  /** Counts the registrations of a user. */
  readonly registrations: Limit;
  readonly offerLimits: OfferLimits;
  readonly encodeLogo: EncodeLogo;
  /** The first key encrypts new cookies; all of them decrypt. */
  readonly cookieKeys: readonly string[];
}

/** The user's own application that the path names. */
export interface OpenedApplication {
  readonly own: OwnApplication;
  readonly clientId: string;
  /** Path of the application's page; its other pages are below. */
  readonly home: string;
}

/** A request to a page about one of the user's own applications. */
export type OwnerRequest = UserRequest<ApplicationPagesDeps> & OpenedApplication;

/** Makes a page about the user's own application with the `:clientId` of the path. */
export function ownerPage<Form, Input>(
  page: UserPage<OwnerRequest, Form, Input>,
): Page<ApplicationPagesDeps> {
  return userPageAbout(openApplication, page);
}

/** @throws StagedoorError `not_found`, also if the application belongs to another user */
export async function openApplication<Deps extends UserPageDeps>({
  deps,
  user,
  params: { clientId = '' },
}: UserRequest<Deps>): Promise<OpenedApplication> {
  const own = found(
    await findOwnApplication(deps.db, user.id, clientId),
    'There is no such application of yours.',
  );
  return { own, clientId, home: `${APPLICATIONS}/${clientId}` };
}

/**
 * Opens the user's own application if it can keep a secret or a private key.
 * @throws StagedoorError `not_found`, also if the application is public
 */
export async function openConfidential(
  request: UserRequest<ApplicationPagesDeps>,
): Promise<OpenedApplication> {
  const opened = await openApplication(request);
  if (opened.own.application.clientType !== 'confidential') {
    throw new StagedoorError('not_found', 'A public application has no secrets and no keys.');
  }
  return opened;
}
