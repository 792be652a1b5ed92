import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdir, mkdtemp, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { text } from 'node:stream/consumers';
import { setTimeout as sleep } from 'node:timers/promises';
import { freePort } from '../free-port.ts';

/** A service of the guide and its interpreter. */
export interface Service {
  /** `node` or a path. */
  readonly interpreter: string;
  readonly file: string;
  readonly code: string;
  /** Program to start instead of the file, if that does not listen by itself. */
  readonly starter?: string;
}

/** A service that is listening. */
export interface RunningService {
  readonly url: string;
  stop(): Promise<void>;
}

const NODE_MODULES = join(import.meta.dirname, '../../../node_modules');
const START_SECONDS = 30;
/** Packages that the guides tell to install. */
const PACKAGES = [
  '@koa/router',
  '@modelcontextprotocol/sdk',
  'express',
  'fastify',
  'koa',
  'oauth4webapi',
  'zod',
];

/** Serves a function from `Request` to `Response`, as Bun and Deno do. */
export const FETCH_STARTER = `
import { createServer } from 'node:http';
import { Readable } from 'node:stream';
import service from './service.mjs';

createServer(async (incoming, outgoing) => {
  const { method, headers } = incoming;
  const body = method === 'GET' || method === 'HEAD' ? undefined : Readable.toWeb(incoming);
  const url = new URL(incoming.url, 'http://localhost');
  const response = await service.fetch(new Request(url, { method, headers, body, duplex: 'half' }));
  outgoing.writeHead(response.status, Object.fromEntries(response.headers));
  outgoing.end(await response.text());
}).listen(process.env.PORT);
`;

/** Serves the kit of `service.mjs`: returns the organizers that a token opens. */
export const KIT_STARTER = `
import { createServer } from 'node:http';
import { admit } from '@stagedoor/resource-server/node';
import { stagedoor } from './service.mjs';

createServer(async (request, response) => {
  const access = await admit(stagedoor, request, response, { organizer: null });
  if (access) {
    response.end(JSON.stringify(access.organizers));
  }
}).listen(process.env.PORT);
`;

/**
 * Starts a service as its author would, in a directory with the kit and the packages that `npm
 * install` would add. `kit` is the directory of the built kit.
 */
export async function startService(
  service: Service,
  kit: string,
  variables: Readonly<Record<string, string>>,
  givenPort?: number,
): Promise<RunningService> {
  const folder = await mkdtemp(join(tmpdir(), 'stagedoor-service-'));
  await writeFile(join(folder, service.file), service.code);
  await writeFile(join(folder, 'starter.mjs'), service.starter ?? '');
  for (const name of PACKAGES) {
    await link(join(NODE_MODULES, name), join(folder, 'node_modules', name));
  }
  await link(kit, join(folder, 'node_modules/@stagedoor/resource-server'));
  const port = givenPort ?? (await freePort());
  const url = `http://127.0.0.1:${port}`;
  const child = spawn(service.interpreter, [service.starter ? 'starter.mjs' : service.file], {
    cwd: folder,
    stdio: ['ignore', 'ignore', 'pipe'],
    env: {
      PATH: process.env.PATH ?? '',
      PORT: String(port),
      PUBLIC_URL: url,
      MCP_URL: `${url}/mcp`,
      PYTHONDONTWRITEBYTECODE: '1',
      ...variables,
    },
  });
  const complaints = text(child.stderr);
  const stop = async () => {
    if (child.exitCode === null && child.signalCode === null) {
      child.kill('SIGKILL');
      await once(child, 'exit');
    }
    await rm(folder, { recursive: true, force: true });
  };
  if (await answers(url, child)) {
    return { url, stop };
  }
  await stop();
  throw new Error(`It does not listen. ${await complaints}`);
}

async function link(target: string, path: string): Promise<void> {
  await mkdir(dirname(path), { recursive: true });
  await symlink(target, path);
}

async function answers(url: string, child: ChildProcess): Promise<boolean> {
  const end = Date.now() + START_SECONDS * 1000;
  while (Date.now() < end && child.exitCode === null && child.signalCode === null) {
    const response = await fetch(url).catch(() => undefined);
    if (response !== undefined) {
      await response.body?.cancel();
      return true;
    }
    await sleep(50);
  }
  return false;
}
