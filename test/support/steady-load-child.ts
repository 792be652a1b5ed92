import { once } from 'node:events';
import { Agent, request } from 'node:https';
import { setTimeout as sleep } from 'node:timers/promises';
import { z } from 'zod';
import type { LoadReport, LoadSettings } from './steady-load.ts';

/** One refresh in place of so many introspections. */
const REFRESH_EVERY = 20;
/** Milliseconds until a client gives up a request. */
const PATIENCE = 15_000;
/** Milliseconds until a client repeats a refresh. */
const RETRY_AFTER = 300;
/** Attempts until a chain counts as lost. */
const ATTEMPTS = 10;

const answer = z.object({
  access_token: z.string().default(''),
  refresh_token: z.string().default(''),
  active: z.boolean().optional(),
});

interface Result extends z.infer<typeof answer> {
  readonly status: number | string;
}

function startLoad(settings: LoadSettings): () => Promise<LoadReport> {
  const { rate, accessTokens, application, resourceServer } = settings;
  // Sockets that the proxy is about to close are not used any more.
  const agent = new Agent({ keepAlive: true, maxSockets: 64, timeout: 5_000, ca: settings.ca });
  const failures: Record<string, number> = {};
  const idle = [...settings.refreshTokens];
  const pending = new Set<Promise<void>>();
  const counts = { answered: 0, refreshes: 0, lost: 0, slowest: 0 };

  const post = async (path: string, authorization: string, body: Record<string, string>) => {
    const begin = performance.now();
    const { status, text } = await send(agent, new URL(path, settings.url), authorization, body);
    counts.answered += 1;
    counts.slowest = Math.max(counts.slowest, performance.now() - begin);
    const result: Result = { status, ...answer.parse(status === 200 ? JSON.parse(text) : {}) };
    const failure = status === 200 ? result.active === false && 'inactive' : `${status} ${text}`;
    if (failure !== false) {
      failures[failure] = (failures[failure] ?? 0) + 1;
    }
    return result;
  };
  const introspect = async (token: string) => {
    await post('/api/v1/oauth/introspect', resourceServer, { token });
  };
  const refresh = async (token: string) => {
    const body = { grant_type: 'refresh_token', refresh_token: token };
    for (let attempt = 0; attempt < ATTEMPTS; attempt += 1) {
      const result = await post('/api/v1/oauth/token', application, body);
      if (result.status === 200) {
        counts.refreshes += 1;
        await introspect(result.access_token);
        idle.push(result.refresh_token);
        return;
      }
      await sleep(RETRY_AFTER);
    }
    counts.lost += 1;
  };
  const begin = (work: Promise<void>) => {
    pending.add(work);
    work.finally(() => pending.delete(work));
  };

  const start = performance.now();
  let sent = 0;
  const timer = setInterval(() => {
    for (const due = ((performance.now() - start) * rate) / 1000; sent < due; sent += 1) {
      const token = sent % REFRESH_EVERY === 0 ? idle.shift() : undefined;
      begin(
        token === undefined
          ? introspect(accessTokens[sent % accessTokens.length] ?? '')
          : refresh(token),
      );
    }
  }, 5);
  return async () => {
    clearInterval(timer);
    const seconds = (performance.now() - start) / 1000;
    await Promise.all(pending);
    const { answered } = counts;
    // Each chain goes on.
    await Promise.all(idle.splice(0).map(refresh));
    agent.destroy();
    return { ...counts, answered, seconds, failures };
  };
}

function send(
  agent: Agent,
  url: URL,
  authorization: string,
  body: Record<string, string>,
): Promise<{ status: number | string; text: string }> {
  const { promise, resolve } = Promise.withResolvers<{ status: number | string; text: string }>();
  const headers = { authorization, 'content-type': 'application/x-www-form-urlencoded' };
  const sent = request(url, { method: 'POST', agent, headers }, (response) => {
    let text = '';
    response.setEncoding('utf8');
    response.on('data', (chunk: string) => {
      text += chunk;
    });
    response.on('end', () => resolve({ status: response.statusCode ?? 0, text }));
    response.on('error', ({ message }) => resolve({ status: message, text: '' }));
  });
  sent.on('error', ({ message }) => resolve({ status: message, text: '' }));
  const timer = setTimeout(() => sent.destroy(new Error('no response in time')), PATIENCE);
  sent.on('close', () => clearTimeout(timer));
  sent.end(new URLSearchParams(body).toString());
  return promise;
}

const [settings] = await once(process, 'message');
const stop = startLoad(settings);
process.send?.('started');
await once(process, 'message');
process.send?.(await stop());
