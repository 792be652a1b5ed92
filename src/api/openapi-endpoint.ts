import { createHash } from 'node:crypto';
import type { Context } from 'koa';
import { z } from 'zod';
import { lazy } from '../lib/lazy.ts';
import { requireAcceptable } from './accept.ts';
import { component, type Endpoint } from './endpoint.ts';
import { describeApi, type OpenApiDocument } from './openapi.ts';

/** The JSON API with its own description, which is built once, at its first use. */
export interface DescribedApi {
  readonly endpoints: readonly Endpoint[];
  readonly document: () => OpenApiDocument;
}

/**
 * The endpoints, and one more: their description. It changes with the version and the configuration
 * of this server only.
 * @param issuer public URL of this server
 */
export function describedApi(endpoints: readonly Endpoint[], issuer: string): DescribedApi {
  const all = [...endpoints, { ...ENDPOINT, handle: async (ctx: Context) => answer(ctx) }];
  const document = lazy(() => describeApi(all, issuer));
  const representation = lazy(() => {
    const text = JSON.stringify(document());
    return { text, tag: `"${createHash('sha256').update(text).digest('base64url').slice(0, 22)}"` };
  });
  return { endpoints: all, document };

  function answer(ctx: Context): void {
    requireAcceptable(ctx, ['application/json']);
    const { text, tag } = representation();
    ctx.set({ 'Cache-Control': 'no-cache', ETag: tag });
    if (isAmong(tag, ctx.get('If-None-Match'))) {
      ctx.status = 304;
      return;
    }
    ctx.type = 'application/json';
    ctx.body = text;
  }
}

/**
 * Not `ctx.fresh`, which heeds a `Cache-Control` that is meant for caches; `fetch` of Node.js sends
 * one with each `If-None-Match`.
 * @see RFC 9110 §13.1.2
 */
function isAmong(tag: string, given: string): boolean {
  return given.split(',').some((one) => ['*', tag].includes(one.trim().replace(/^W\//, '')));
}

const ENDPOINT: Omit<Endpoint, 'handle'> = {
  method: 'get',
  path: '/openapi.json',
  description: {
    id: 'getDescription',
    tag: 'Description',
    summary: 'Read this description',
    details: 'OpenAPI 3.1. The readable version is at `/docs/api`.',
    caller: { kind: 'anybody' },
    answers: [
      {
        status: 200,
        description: 'The description.',
        body: component(
          'OpenApi',
          z.object({
            openapi: z.string(),
            info: z.looseObject({ title: z.string(), version: z.string() }),
            servers: z.array(z.looseObject({ url: z.string() })),
            tags: z.array(z.looseObject({ name: z.string() })),
            paths: z.looseObject({}),
            components: z.looseObject({}),
          }),
          {
            openapi: '3.1.0',
            info: { title: 'Stagedoor JSON API', version: '1' },
            servers: [{ url: 'https://login.example.com' }],
            tags: [{ name: 'Users' }],
            paths: {},
            components: {},
          },
        ),
      },
    ],
    conditional: 'etag',
  },
};
