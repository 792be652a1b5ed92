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
import { listPage, pageComponent, pageParameter } from '../api/list.ts';
import { ordering, readQuery } from '../api/query.ts';
import { found } from '../api/route.ts';
import type { Config } from '../config/config.ts';
import type { Database } from '../db/database.ts';
import type { Tx } from '../db/transaction.ts';
import { listOrganizersOf } from '../directory/organizers-of.ts';
import { organizerAnswer, presentOrganizer } from '../directory/wire.ts';
import { ORGANIZERS_PER_GRANT } from '../grants/grant.ts';
import { RefusedError } from '../resource-server/refusal.ts';
import type { LiveToken } from '../tokens/introspect.ts';
import type { OnReplay } from '../tokens/use-proof.ts';
import { findUser } from '../users/find-user.ts';
import { createAdmit } from './admit.ts';

/** What the endpoints for applications need. */
export interface AccessDeps {
  readonly database: Database;
  readonly onReplay?: OnReplay | undefined;
  readonly config: Pick<Config, 'issuer' | 'scopes'>;
}

const profileAnswer = component(
  'Profile',
  z.object({
    sub: z.string().describe('Id of the user.'),
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
    summary: 'Who the token is of',
    scopes: ['profile'],
    list: 'users',
    answer: profileAnswer,
    load: async (tx, _, { userId }) => {
      const user = found(await findUser(tx, userId));
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
  return accessEndpoint(deps, {
    path: '/organizers',
    id: 'listOpenOrganizers',
    summary: 'The organizers that the token opens now',
    details: `Those that the user picked and of which the user is a member now, at most ${ORGANIZERS_PER_GRANT}.`,
    scopes: deps.config.scopes.filter((scope) => scope.organizers).map(({ name }) => name),
    // Names, who is a member where, and what users have allowed.
    list: 'organizers teams/ grants',
    query: organizersQuery.extend({ page: pageParameter }),
    answer: pageComponent(organizerAnswer),
    load: (tx, ctx, { userId, organizers }) => {
      const { direction } = readQuery(ctx, organizersQuery).ordering;
      return listPage(
        deps.config.issuer,
        ctx,
        (slice) => listOrganizersOf(tx, userId, organizers, slice, direction),
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
  /** What the answer depends on, beside the token. */
  readonly list: string;
  readonly answer: Component<S>;
  readonly load: (tx: Tx, ctx: Context, token: LiveToken) => Promise<z.output<S>>;
}

/** `GET` with an access token, let in as the kit does at an API service. */
function accessEndpoint<S extends z.ZodType>(
  { database, onReplay, config: { issuer, scopes: known } }: AccessDeps,
  { path, scopes, list, answer, load, ...told }: AccessEndpoint<S>,
): Endpoint {
  const admit = createAdmit({ database, onReplay }, issuer, new Set(known.map(({ name }) => name)));
  const handle = async (ctx: Context) => {
    ctx.vary('Authorization');
    ctx.set('Cache-Control', 'no-store');
    // Before the token is looked at: what it opens is then at least as new as this.
    const condition = await readCondition(database.db, ctx, list);
    const token = await admit(verifiable(ctx), scopes).catch(refusalOn(ctx));
    if (token === undefined) {
      return;
    }
    requireAcceptable(ctx, ['application/json']);
    const body = await loadConditionally(database.db, ctx, condition, (tx) => load(tx, ctx, token));
    if (body !== undefined) {
      ctx.body = body;
    }
  };
  const description: EndpointDescription = {
    ...told,
    tag: 'For applications',
    caller: { kind: 'bearer', scopes },
    answers: [{ status: 200, says: told.summary, body: answer }],
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
    ctx.status = error.answer.status;
    ctx.set({ ...error.answer.headers });
    ctx.body = error.answer.body;
  };
}
