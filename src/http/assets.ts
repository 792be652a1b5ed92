import { createHash } from 'node:crypto';
import { readdirSync, readFileSync } from 'node:fs';
import { extname } from 'node:path';
import type { Middleware } from 'koa';
import { StagedoorError } from '../lib/errors.ts';
import { ownValue } from '../lib/own-value.ts';

interface Asset {
  readonly body: Buffer;
  readonly type: string;
  readonly hash: string;
  /** With the hash in it. */
  readonly url: string;
}

const OWN = new URL('../../views/assets/', import.meta.url);
const PICO = new URL(import.meta.resolve('@picocss/pico/css/pico.min.css'));
const TYPES: Readonly<Record<string, string>> = {
  '.css': 'text/css; charset=utf-8',
  '.js': 'text/javascript; charset=utf-8',
  '.svg': 'image/svg+xml',
};
/** `/assets/style.0a1b2c3d4e5f.css`; the hash may be left out. */
const ADDRESS = /^\/assets\/([a-z][\w-]*(?:\.min)?)(?:\.([0-9a-f]{12}))?(\.[a-z]+)$/;

// Read once, at start: they are few and small, and no request can name any other file.
const ASSETS = load();

/** The address of a file of `views/assets/`, or of `pico.min.css`. It changes with the content. */
export function assetUrl(name: string): string {
  const asset = ASSETS.get(name);
  if (asset === undefined) {
    throw new Error(`There is no asset named ${name}.`);
  }
  return asset.url;
}

/** Serves `/assets/…`. */
export function assets(): Middleware {
  return async (ctx, next) => {
    const [, base, hash, extension] = ADDRESS.exec(ctx.path) ?? [];
    const asset = base === undefined ? undefined : ASSETS.get(`${base}${extension}`);
    if (asset === undefined) {
      await next();
      return;
    }
    if (!['GET', 'HEAD'].includes(ctx.method)) {
      ctx.set('Allow', 'GET, HEAD');
      throw new StagedoorError('method_not_allowed', 'Assets can only be read.');
    }
    // While a new version is rolled out, a page of one version may ask a server of the other: it
    // gets what there is, and must not keep it.
    const lasting = hash === asset.hash;
    ctx.set('Cache-Control', lasting ? 'public, max-age=31536000, immutable' : 'no-cache');
    ctx.status = 200;
    ctx.etag = asset.hash;
    ctx.type = asset.type;
    if (ctx.fresh) {
      ctx.status = 304;
      return;
    }
    ctx.body = asset.body;
  };
}

function load(): ReadonlyMap<string, Asset> {
  const files = readdirSync(OWN).map((name) => [name, new URL(name, OWN)] as const);
  return new Map(
    [...files, ['pico.min.css', PICO] as const].map(([name, file]) => [
      name,
      describe(name, readFileSync(file)),
    ]),
  );
}

function describe(name: string, body: Buffer): Asset {
  const extension = extname(name);
  const type = ownValue(TYPES, extension);
  if (type === undefined) {
    throw new Error(`views/assets/${name} has an unknown type.`);
  }
  const hash = createHash('sha256').update(body).digest('hex').slice(0, 12);
  const base = name.slice(0, -extension.length);
  return { body, type, hash, url: `/assets/${base}.${hash}${extension}` };
}
