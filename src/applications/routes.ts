import type { z } from 'zod';
import type { ApiDeps, Component, Endpoint } from '../api/endpoint.ts';
import { listEndpoint } from '../api/list-endpoint.ts';
import { readEndpoint } from '../api/read-endpoint.ts';
import { NO_CONTENT, nothing, type WriteCall, writeEndpoint } from '../api/write-endpoint.ts';
import type { Config } from '../config/config.ts';
import type { Application } from './application.ts';
import { resumeApplication, suspendApplication } from './change-state.ts';
import { deleteApplication } from './delete-application.ts';
import { keyEndpoints } from './key-routes.ts';
import { registerApplication } from './register.ts';
import { reviewApplication } from './review.ts';
import type { NameSettings, ReviewSettings } from './review-need.ts';
import { findApplication, listApplications } from './store.ts';
import { updateApplication } from './update.ts';
import {
  applicationAnswer,
  applicationBody,
  applicationChanges,
  applicationQuery,
  presentApplication,
  registeredApplication,
  reviewBody,
  suspensionBody,
} from './wire.ts';
import { EXAMPLES } from './wire-examples.ts';

/** `/api/v1/applications/`, for operators. */
export function applicationEndpoints(
  deps: ApiDeps,
  config: Pick<Config, 'issuer' | 'scopes' | 'customSchemes'> & ReviewSettings,
): Endpoint[] {
  const rules = {
    scopes: config.scopes.map(({ name }) => name),
    customSchemes: config.customSchemes,
  };
  const present: Present = (application) => presentApplication(config, application);
  return [
    ...applicationReading(deps, present),
    registration(deps, rules, present),
    ...applicationWriting(deps, rules, present),
    ...stateEndpoints(deps, config, present),
    ...keyEndpoints(deps),
  ];
}

/** Settings that registrations are checked against. */
interface Rules {
  readonly scopes: readonly string[];
  readonly customSchemes: readonly string[];
}

const APPLICATION = {
  path: '/applications/:client_id',
  right: 'applications',
  tag: 'Applications',
  params: {
    client_id: {
      description: 'Client ID of the application',
      example: EXAMPLES.application.client_id,
    },
  },
} as const;

function applicationReading(deps: ApiDeps, present: Present): Endpoint[] {
  return [
    listEndpoint(deps, {
      path: '/applications',
      right: 'applications',
      tag: 'Applications',
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
      ...APPLICATION,
      id: 'getApplication',
      summary: 'Read an application',
      answer: applicationAnswer,
      list: () => 'applications',
      load: (tx, param) => findApplication(tx, param('client_id')),
      present,
    }),
  ];
}

function registration(deps: ApiDeps, rules: Rules, present: Present): Endpoint {
  return writeEndpoint(deps, {
    method: 'post',
    path: '/applications',
    right: 'applications',
    tag: 'Applications',
    id: 'registerApplication',
    summary: 'Register an application',
    details: 'It starts unreviewed. A confidential application gets its first secret.',
    body: applicationBody(rules.scopes),
    answer: registeredApplication,
    statuses: { 201: 'The application and its secret, shown only once.' },
    run: async ({ tx, actor, body }) => {
      const { application, clientSecret } = await registerApplication(
        tx,
        actor,
        {
          ...named(body),
          name: body.name,
          redirectUris: body.redirect_uris,
          scopes: body.scopes,
        },
        undefined,
        rules.customSchemes,
      );
      const answer = { ...present(application), client_secret: clientSecret };
      return { status: 201, answer };
    },
  });
}

function applicationWriting(deps: ApiDeps, rules: Rules, present: Present): Endpoint[] {
  return [
    writeEndpoint(deps, {
      ...APPLICATION,
      method: 'patch',
      id: 'patchApplication',
      summary: 'Update fields of an application',
      details:
        'Removed scopes and redirect URIs stop working immediately. Any change except `is_active` resets the review. If the owner changes, existing client secrets expire within 24 hours.',
      body: applicationChanges(rules.scopes),
      answer: applicationAnswer,
      statuses: { 200: 'The updated application.' },
      run: async ({ tx, actor, param, body }) => {
        const changes = named(body);
        const application = await updateApplication(
          tx,
          actor,
          param('client_id'),
          changes,
          rules.customSchemes,
        );
        return { status: 200, answer: present(application) };
      },
    }),
    writeEndpoint(deps, {
      ...APPLICATION,
      method: 'delete',
      id: 'deleteApplication',
      summary: 'Delete an application with its grants and tokens',
      details:
        'A suspended or disabled application that nobody registered by hand (`kind`) is refused with 409: the next consent would register it again as an active one. To delete it, resume or enable it first.',
      conflicts: true,
      body: nothing,
      statuses: { 204: 'The application was deleted.' },
      run: async ({ tx, actor, param }) => {
        await deleteApplication(tx, actor, param('client_id'));
        return NO_CONTENT;
      },
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

/** Makes the answer about an application. */
export type Present = (application: Application) => z.output<typeof applicationAnswer.schema>;

/** Decisions of an operator about an application. Each is idempotent. */
export function stateEndpoints(
  deps: ApiDeps,
  settings: NameSettings,
  present: Present,
): Endpoint[] {
  return [
    stateEndpoint(deps, present, 'suspend', {
      summary: 'Suspend an application',
      details:
        'None of its tokens are live until it is resumed. Its owner gets a mail with the reason.',
      body: suspensionBody,
      run: ({ tx, actor, body }, clientId) => suspendApplication(tx, actor, clientId, body.reason),
    }),
    stateEndpoint(deps, present, 'resume', {
      summary: 'Resume a suspended application',
      details:
        'Grants that were not revoked in the meantime are live again. Its owner gets a mail.',
      body: nothing,
      run: ({ tx, actor }, clientId) => resumeApplication(tx, actor, clientId),
    }),
    stateEndpoint(deps, present, 'review', {
      summary: 'Mark an application as reviewed',
      details:
        'The review is for the given version. If the application has changed since, the response is 412. Every later change except `is_active` and suspension resets the review.',
      body: reviewBody,
      versioned: true,
      run: ({ tx, actor, body }, clientId) =>
        reviewApplication(tx, settings, actor, clientId, body.version),
    }),
  ];
}

interface StateChange<B extends z.ZodObject> {
  readonly summary: string;
  readonly details: string;
  readonly versioned?: boolean;
  readonly body: Component<B>;
  readonly run: (call: WriteCall<z.output<B>>, clientId: string) => Promise<Application>;
}

function stateEndpoint<B extends z.ZodObject>(
  deps: ApiDeps,
  present: Present,
  verb: 'suspend' | 'resume' | 'review',
  { run, ...info }: StateChange<B>,
): Endpoint {
  return writeEndpoint(deps, {
    ...info,
    method: 'post',
    path: `/applications/:client_id/${verb}`,
    right: 'applications',
    tag: 'Applications',
    id: `${verb}Application`,
    params: {
      client_id: {
        description: 'Client ID of the application',
        example: EXAMPLES.application.client_id,
      },
    },
    answer: applicationAnswer,
    statuses: { 200: 'The updated application.' },
    run: async (call) => ({
      status: 200,
      answer: present(await run(call, call.param('client_id'))),
    }),
  });
}
