import { once } from 'node:events';
import { readFile } from 'node:fs/promises';
import { createServer } from 'node:http';
import { extname, join } from 'node:path';

const ROOT = join(import.meta.dirname, '../../..');

const TYPES: Readonly<Record<string, string>> = {
  '.html': 'text/html; charset=utf-8',
  '.js': 'text/javascript; charset=utf-8',
  '.css': 'text/css; charset=utf-8',
};

/** Modules that pages import by these names. */
const IMPORTS = {
  '@openid/appauth': '/node_modules/@openid/appauth/built/src/index.js',
  'base64-js': '/node_modules/base64-js/index.js',
  'jwt-decode': '/node_modules/jwt-decode/build/esm/index.js',
  'oidc-client-ts': '/node_modules/oidc-client-ts/dist/esm/oidc-client-ts.js',
};

/** A website of static pages on a separate origin. */
export interface PageSite {
  readonly origin: string;
  /** Serves this HTML at a path. */
  readonly put: (path: string, html: string) => void;
  readonly close: () => void;
}

/** Starts a website that also serves the files of installed packages, as a bundler would. */
export async function startPages(): Promise<PageSite> {
  const pages = new Map<string, string>();
  const server = createServer(async (request, response) => {
    const { pathname } = new URL(request.url ?? '/', 'http://site.invalid');
    const page = pages.get(pathname);
    try {
      const body = page ?? (await readModule(pathname));
      response.setHeader('content-type', TYPES[page ? '.html' : extname(pathname) || '.js'] ?? '');
      response.end(body);
    } catch {
      response.writeHead(404).end();
    }
  }).listen(0, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address();
  const port = address !== null && typeof address === 'object' ? address.port : 0;
  return {
    origin: `http://127.0.0.1:${port}`,
    put: (path, html) => {
      const imports = `<script type="importmap">${JSON.stringify({ imports: IMPORTS })}</script>`;
      const icon = '<link rel="icon" href="data:,">';
      pages.set(path, html.replace('<title>', `${icon}${imports}<title>`));
    },
    close: () => {
      server.close();
      server.closeAllConnections();
    },
  };
}

/** Reads a file of a package; converts a CommonJS module to one with exports. */
async function readModule(path: string): Promise<string> {
  if (!path.startsWith('/node_modules/')) {
    throw new Error(`There is no page ${path}.`);
  }
  const text = await readFile(join(ROOT, extname(path) === '' ? `${path}.js` : path), 'utf8');
  return path === IMPORTS['base64-js']
    ? `const module = {}; ((exports) => {${text}})(module); export const { fromByteArray } = module;`
    : text;
}
