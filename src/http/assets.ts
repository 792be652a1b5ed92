import { createHash } from 'node:crypto';
import { readdirSync, readFileSync } from 'node:fs';
import { extname } from 'node:path';
import type { Context, Middleware } from 'koa';
import type { Platform } from '../config/platform.ts';
import { StagedoorError } from '../lib/errors.ts';
import { escapeHtml } from '../lib/html.ts';
import { lazy } from '../lib/lazy.ts';
import { ownValue } from '../lib/own-value.ts';
import { baseStyle } from './base-style.ts';
import { acceptedEncoding, compress, type Encoding } from './compress.ts';
import { paletteOf, themeCss } from './theme.ts';

/** Style sheets, scripts and pictures of the pages. */
export interface Assets {
  /** Address of a file of `views/assets/`, or of `pico.min.css`. It changes with the content. */
  url(name: string): string;
  /** Address of the platform's logo. */
  readonly logoUrl: string;
  /** Serves `/assets/…`, and `/favicon.ico`. */
  readonly serve: Middleware;
}

interface Asset {
  readonly body: Buffer;
  readonly type: string;
  readonly hash: string;
  /** With the hash in it. */
  readonly url: string;
  /** False for pictures, which are compressed by themselves. */
  readonly isText: boolean;
  /** The body in each encoding, made when it is first asked for. */
  readonly compressed: Readonly<Record<Encoding, () => Promise<Buffer>>>;
}

const OWN = new URL('../../views/assets/', import.meta.url);
const TYPES: Readonly<Record<string, string>> = {
  '.css': 'text/css; charset=utf-8',
  '.js': 'text/javascript; charset=utf-8',
  '.svg': 'image/svg+xml',
  '.png': 'image/png',
  '.jpg': 'image/jpeg',
  '.webp': 'image/webp',
};
/** `/assets/style.0a1b2c3d4e5f.css`; the hash may be left out. */
const ADDRESS = /^\/assets\/([a-z][\w-]*(?:\.min)?)(?:\.([0-9a-f]{12}))?(\.[a-z]+)$/;

/** Name of the logo, without its ending. */
const LOGO = 'logo';
/** For a picture that is opened by itself: it loads nothing and runs nothing. */
const PICTURE_POLICY = "default-src 'none'; style-src 'unsafe-inline'; sandbox";

// Read once: no request can name any other file.
const FILES = load();

/** Prepares the assets of a platform: its colors are in the style sheet. */
export function openAssets(platform: Platform): Assets {
  const style = Buffer.concat([
    Buffer.from(themeCss(paletteOf(platform.accent))),
    FILES.get('style.css')?.body ?? Buffer.of(),
  ]);
  const logo = logoAsset(platform);
  const known = new Map([...FILES, ['style.css', describe('style.css', style)], [logo.name, logo]]);
  const url = (name: string) => {
    const asset = known.get(name);
    if (asset === undefined) {
      throw new Error(`There is no asset named ${name}.`);
    }
    return asset.url;
  };
  return {
    url,
    logoUrl: logo.url,
    serve: async (ctx, next) => {
      const [, base, hash, extension] = ADDRESS.exec(ctx.path) ?? [];
      const name = ctx.path === '/favicon.ico' ? logo.name : `${base}${extension}`;
      const asset = known.get(name);
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
      if (asset.type.startsWith('image/')) {
        ctx.set('Content-Security-Policy', PICTURE_POLICY);
      }
      await send(ctx, asset);
    },
  };
}

/** Each encoding is a representation of its own, with its own tag (RFC 9110 section 8.8.3). */
async function send(ctx: Context, asset: Asset): Promise<void> {
  const encoding = asset.isText ? acceptedEncoding(ctx) : undefined;
  if (asset.isText) {
    ctx.vary('Accept-Encoding');
  }
  ctx.status = 200;
  ctx.type = asset.type;
  ctx.etag = encoding === undefined ? asset.hash : `${asset.hash}-${encoding}`;
  if (ctx.fresh) {
    ctx.status = 304;
    return;
  }
  if (encoding === undefined) {
    ctx.body = asset.body;
  } else {
    ctx.body = await asset.compressed[encoding]();
    ctx.set('Content-Encoding', encoding);
  }
}

/**
 * The platform's logo; without one, the initial of its name on its color, or our own picture if the
 * platform has no name.
 */
function logoAsset({ name, isNamed, logo, accent }: Platform): Asset & { readonly name: string } {
  const file = `${LOGO}${logo?.extension ?? '.svg'}`;
  const initial = Array.from(name)[0]?.toUpperCase() ?? '';
  const tile = `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 32 32"><rect width="32" height="32" rx="7" fill="${accent}"/><text x="16" y="16.5" fill="#fff" font-family="system-ui, sans-serif" font-size="18" font-weight="700" text-anchor="middle" dominant-baseline="central">${escapeHtml(initial)}</text></svg>`;
  const body = logo?.body ?? (isNamed ? Buffer.from(tile) : FILES.get('favicon.svg')?.body);
  return { name: file, ...describe(file, body ?? Buffer.of()) };
}

function load(): ReadonlyMap<string, Asset> {
  const files = readdirSync(OWN).map((name) => [name, readFileSync(new URL(name, OWN))] as const);
  const own = files.flatMap(([name, body]) => (name.endsWith('.css') ? [body.toString()] : []));
  const pico = ['pico.min.css', Buffer.from(baseStyle(own.join('')))] as const;
  return new Map([...files, pico].map(([name, body]) => [name, describe(name, body)]));
}

function describe(name: string, body: Buffer): Asset {
  const extension = extname(name);
  const type = ownValue(TYPES, extension);
  if (type === undefined) {
    throw new Error(`views/assets/${name} has an unknown type.`);
  }
  const hash = createHash('sha256').update(body).digest('hex').slice(0, 12);
  const base = name.slice(0, -extension.length);
  return {
    body,
    type,
    hash,
    url: `/assets/${base}.${hash}${extension}`,
    isText: type.startsWith('text/') || extension === '.svg',
    compressed: {
      br: lazy(() => compress(body, 'br', 'kept')),
      gzip: lazy(() => compress(body, 'gzip', 'kept')),
    },
  };
}
