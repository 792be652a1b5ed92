import type { z } from 'zod';
import type { ApiDeps, Endpoint } from '../api/endpoint.ts';
import { listEndpoint } from '../api/list-endpoint.ts';
import { readEndpoint } from '../api/read-endpoint.ts';
import { deleteEndpoint, nothing, writeEndpoint } from '../api/write-endpoint.ts';
import type { Config } from '../config/config.ts';
import type { Application } from './application.ts';
import { resumeApplication, suspendApplication } from './change-state.ts';
import { deleteApplication } from './delete-application.ts';
import { keyEndpoints } from './key-routes.ts';
import { registerApplication } from './register.ts';
import { reviewApplication } from './review.ts';
import type { ReviewSettings } from './review-need.ts';
import { findApplication, listApplications } from './store.ts';
import { updateApplication } from './update.ts';
import {
  ALL,
  applicationAnswer,
  applicationBody,
  applicationChanges,
  applicationQuery,
  ONE,
  presentApplication,
  registeredApplication,
  reviewBody,
  suspensionBody,
} from './wire.ts';

type Settings = Pick<Config, 'issuer' | 'scopes' | 'customSchemes'> & ReviewSettings;

const UPDATED = { 200: 'The updated application.' };

/** `/api/v1/applications/`, for operators. */
export function applicationEndpoints(deps: ApiDeps, config: Settings): Endpoint[] {
  const present = (application: Application) => presentApplication(config, application);
  return [
    listEndpoint(deps, {
      ...ALL,
      id: 'listApplications',
      summary: 'List applications',
      query: applicationQuery,
      entry: applicationAnswer,
      conditional: { by: 'last-modified', list: () => 'applications' },
      load: (tx, { query: { owner, ordering, ...filters }, slice }) =>
        listApplications(tx, slice, { ownerId: owner, ...filters }, ordering.direction),
      present,
    }),
    readEndpoint(deps, {
      ...ONE,
      id: 'getApplication',
      summary: 'Read an application',
      answer: applicationAnswer,
      list: () => 'applications',
      load: (tx, param) => findApplication(tx, param('client_id')),
      present,
    }),
    ...writing(deps, config, present),
    ...decisions(deps, config, present),
    ...keyEndpoints(deps),
  ];
}

type Present = (application: Application) => z.output<typeof applicationAnswer.schema>;

function writing(deps: ApiDeps, config: Settings, present: Present): Endpoint[] {
  const scopes = config.scopes.map(({ name }) => name);
  const { customSchemes } = config;
  return [
    writeEndpoint(deps, {
      ...ALL,
      method: 'post',
      id: 'registerApplication',
      summary: 'Register an application',
      details: 'It starts unreviewed. A confidential application gets its first secret.',
      body: applicationBody(scopes),
      answer: registeredApplication,
      statuses: { 201: 'The application and its secret, shown only once.' },
      run: async ({ tx, actor, body }) => {
        const { name, redirect_uris: redirectUris, scopes } = body;
        const input = { ...named(body), name, redirectUris, scopes };
        const registered = await registerApplication(tx, actor, input, undefined, customSchemes);
        const { application, clientSecret } = registered;
        return { status: 201, answer: { ...present(application), client_secret: clientSecret } };
      },
    }),
    writeEndpoint(deps, {
      ...ONE,
      method: 'patch',
      id: 'patchApplication',
      summary: 'Update fields of an application',
      details:
        'Removed scopes and redirect URIs stop working immediately. Any change except `is_active` resets the review. If the owner changes, existing client secrets expire within 24 hours.',
      body: applicationChanges(scopes),
      answer: applicationAnswer,
      statuses: UPDATED,
      run: async ({ tx, actor, param, body }) => {
        const clientId = param('client_id');
        const updated = await updateApplication(tx, actor, clientId, named(body), customSchemes);
        return { status: 200, answer: present(updated) };
      },
    }),
    deleteEndpoint(deps, {
      ...ONE,
      id: 'deleteApplication',
      summary: 'Delete an application with its grants and tokens',
      details:
        'A suspended or disabled application that nobody registered by hand (`kind`) is refused with 409: the next consent would register it again as an active one. To delete it, resume or enable it first.',
      conflicts: true,
      deleted: 'The application was deleted.',
      run: ({ tx, actor, param }) => deleteApplication(tx, actor, param('client_id')),
    }),
  ];
}

/** The body's fields by our names; what is not in it is undefined. */
function named(body: z.output<ReturnType<typeof applicationChanges>['schema']>) {
  return {
    ownerId: body.owner,
    name: body.name,
    description: body.description,
    homepageUrl: body.homepage_url,
    privacyPolicyUrl: body.privacy_policy_url,
    termsUrl: body.terms_url,
    clientType: body.client_type,
    redirectUris: body.redirect_uris,
    scopes: body.scopes,
    requirePkce: body.require_pkce,
    isActive: body.is_active,
  };
}

/** Decisions of an operator about an application. Each is idempotent. */
function decisions(deps: ApiDeps, config: Settings, present: Present): Endpoint[] {
  const common = { ...ONE, method: 'post', answer: applicationAnswer, statuses: UPDATED } as const;
  return [
    writeEndpoint(deps, {
      ...common,
      path: `${ONE.path}/suspend`,
      id: 'suspendApplication',
      summary: 'Suspend an application',
      details:
        'None of its tokens are live until it is resumed. Its owner gets a mail with the reason.',
      body: suspensionBody,
      run: async ({ tx, actor, param, body }) => {
        const suspended = await suspendApplication(tx, actor, param('client_id'), body.reason);
        return { status: 200, answer: present(suspended) };
      },
    }),
    writeEndpoint(deps, {
      ...common,
      path: `${ONE.path}/resume`,
      id: 'resumeApplication',
      summary: 'Resume a suspended application',
      details:
        'Grants that were not revoked in the meantime are live again. Its owner gets a mail.',
      body: nothing,
      run: async ({ tx, actor, param }) => {
        const resumed = await resumeApplication(tx, actor, param('client_id'));
        return { status: 200, answer: present(resumed) };
      },
    }),
    writeEndpoint(deps, {
      ...common,
      path: `${ONE.path}/review`,
      id: 'reviewApplication',
      summary: 'Mark an application as reviewed',
      details:
        'The review is for the given version. If the application has changed since, the response is 412. Every later change except `is_active` and suspension resets the review.',
      body: reviewBody,
      versioned: true,
      run: async ({ tx, actor, param, body }) => {
        const clientId = param('client_id');
        const reviewed = await reviewApplication(tx, config, actor, clientId, body.version);
        return { status: 200, answer: present(reviewed) };
      },
    }),
  ];
}
