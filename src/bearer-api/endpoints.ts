import { type Access, RefusedError, UnavailableError } from '@stagedoor/resource-server';
import type { Context } from 'koa';
import { z } from 'zod';
import { requireAcceptable } from '../api/accept.ts';
import { loadConditionally, readCondition } from '../api/conditional.ts';
import {
  type Component,
  component,
  type Endpoint,
  type EndpointDescription,
} from '../api/endpoint.ts';
import { listPage, pageComponent, pageParameters } from '../api/list.ts';
import { ordering, readQuery } from '../api/query.ts';
import type { Config } from '../config/config.ts';
import type { Database } from '../db/database.ts';
import type { Tx } from '../db/transaction.ts';
import { listOrganizersOf } from '../directory/organizer-store.ts';
import { organizerAnswer, presentOrganizer } from '../directory/wire.ts';
import { ORGANIZERS_PER_GRANT } from '../grants/grant.ts';
import type { RequestCounter } from '../insights/request-counter.ts';
import { found } from '../lib/errors.ts';
import { tokenSettings } from '../tokens/introspect.ts';
import type { OnReplay } from '../tokens/proof.ts';
import { findUser } from '../users/user-store.ts';
import { createBearerVerifier } from './bearer-verifier.ts';

/** Dependencies of the endpoints for applications. */
export interface AccessDeps {
  readonly database: Database;
  readonly onReplay?: OnReplay | undefined;
  readonly requestCounter?: Pick<RequestCounter, 'add'> | undefined;
  readonly config: Pick<Config, 'issuer' | 'scopes' | 'organizerPermissions'>;
}

const profileAnswer = component(
  'Profile',
  z.object({
    sub: z.string().describe('ID of the user.'),
    email: z.string(),
    full_name: z.string(),
    locale: z.string().describe('BCP 47 language tag, or empty.'),
    timezone: z.string().describe('IANA name.'),
  }),
  {
    sub: 'ada',
    email: 'ada@example.com',
    full_name: 'Ada Example',
    locale: 'en',
    timezone: 'Europe/Berlin',
  },
);
const organizersQuery = z.object({ ordering: ordering(['slug'], 'slug') });

/** The endpoints of this server that take the tokens of applications. */
export function accessEndpoints(deps: AccessDeps): Endpoint[] {
  return [meEndpoint(deps), organizersEndpoint(deps)];
}

function meEndpoint(deps: AccessDeps): Endpoint {
  return accessEndpoint(deps, {
    path: '/me',
    id: 'getMe',
    summary: "Read the profile of the token's user",
    scopes: ['profile'],
    list: 'users',
    answer: profileAnswer,
    load: async (tx, _, { sub }) => {
      const user = found(await findUser(tx, sub));
      return {
        sub: user.id,
        email: user.email,
        full_name: user.fullName,
        locale: user.locale,
        timezone: user.timezone,
      };
    },
  });
}

function organizersEndpoint(deps: AccessDeps): Endpoint {
  const { scopes } = deps.config;
  const opening = scopes.filter((scope) => scope.organizers);
  return accessEndpoint(deps, {
    path: '/organizers',
    id: 'listOpenOrganizers',
    summary: 'List the organizers that the token can access now',
    details: `Those that the user picked and of which the user is a member now, at most ${ORGANIZERS_PER_GRANT}.`,
    // If no scope opens organizers, every token gets an empty list.
    scopes: (opening.length > 0 ? opening : scopes).map(({ name }) => name),
    // Names, who is a member where, and what users have allowed.
    list: 'organizers teams/ grants',
    query: organizersQuery.extend(pageParameters),
    answer: pageComponent(organizerAnswer),
    load: (tx, ctx, { sub, organizers }) => {
      const { direction } = readQuery(ctx, organizersQuery).ordering;
      return listPage(
        deps.config.issuer,
        ctx,
        (slice) => listOrganizersOf(tx, sub, organizers, slice, direction),
        presentOrganizer,
      );
    },
  });
}

interface AccessEndpoint<S extends z.ZodType>
  extends Pick<EndpointDescription, 'id' | 'summary' | 'details' | 'query'> {
  readonly path: string;
  /** Of which the token has to have one. */
  readonly scopes: readonly string[];
  /** Lists that the answer depends on, beside the token. */
  readonly list: string;
  readonly answer: Component<S>;
  readonly load: (tx: Tx, ctx: Context, access: Access) => Promise<z.output<S>>;
}

/** Builds a `GET` endpoint that applications call with an access token. */
function accessEndpoint<S extends z.ZodType>(
  { database, onReplay, requestCounter, config }: AccessDeps,
  { path, scopes, list, answer, load, ...info }: AccessEndpoint<S>,
): Endpoint {
  const verifier = createBearerVerifier({
    database,
    onReplay,
    requestCounter,
    issuer: config.issuer,
    settings: tokenSettings(config),
  });
  const handle = async (ctx: Context) => {
    ctx.vary('Authorization');
    ctx.set('Cache-Control', 'no-store');
    // Read before the token, so that the token's facts are at least as new as the condition.
    const condition = await readCondition(database.db, ctx, list);
    const access = await verifier
      .verify(verifiable(ctx), { organizer: null, scopes })
      .catch(refusalOn(ctx));
    if (access === undefined) {
      return;
    }
    requireAcceptable(ctx, ['application/json']);
    const body = await loadConditionally(database.db, ctx, condition, (tx) =>
      load(tx, ctx, access),
    );
    if (body !== undefined) {
      ctx.body = body;
    }
  };
  const description: EndpointDescription = {
    ...info,
    tag: 'For applications',
    caller: { kind: 'bearer', scopes },
    answers: [{ status: 200, description: info.summary, body: answer }],
    conditional: 'last-modified',
  };
  return { method: 'get', path, description, handle };
}

function verifiable(ctx: Context) {
  // `headers` would hide a second Authorization header.
  const headers = ctx.req.headersDistinct;
  return { method: ctx.method, url: ctx.originalUrl, headers, source: ctx.req };
}

function refusalOn(ctx: Context): (error: unknown) => undefined {
  return (error) => {
    if (!(error instanceof RefusedError)) {
      throw error;
    }
    if (error.cause instanceof UnavailableError) {
      // An error of the look-up: the error handler logs and answers it, as at every endpoint.
      throw error.cause.cause;
    }
    ctx.status = error.answer.status;
    ctx.set({ ...error.answer.headers });
    ctx.body = error.answer.body;
  };
}
