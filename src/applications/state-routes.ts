import type { z } from 'zod';
import type { ApiDeps, Component, Endpoint } from '../api/endpoint.ts';
import { nothing, type WriteCall, writeEndpoint } from '../api/write-endpoint.ts';
import type { Application } from './application.ts';
import { resumeApplication } from './resume.ts';
import { reviewApplication } from './review.ts';
import type { NameSettings } from './review-need.ts';
import { suspendApplication } from './suspend.ts';
import { applicationAnswer, reviewBody, suspensionBody } from './wire.ts';
import { EXAMPLES } from './wire-examples.ts';

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
