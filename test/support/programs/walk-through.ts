import assert from 'node:assert/strict';
import type { RequestListener } from 'node:http';
import { describe, UserAgent } from '../user-agent.ts';
import { type Connection, connectionSchema, type ProgramSite } from './program.ts';

/**
 * Opens the page of a website that redirects to the server, presses its button if it has one, and
 * returns to the website, which responds with the connection as JSON. `listener` answers the
 * requests of the website; without it, the framework already listens.
 */
export async function walkThrough(
  { web, application, allow }: ProgramSite,
  path: string,
  listener?: RequestListener,
): Promise<Connection> {
  if (listener !== undefined) {
    web.on('request', listener);
  }
  const visitor = new UserAgent({ issuer: application.redirectUri });
  let start = await visitor.get(path);
  if (start.forms.length === 1) {
    start = await visitor.submit(start);
  }
  assert.ok(start.leavesTo, describe(start));
  const end = await visitor.get(await allow(start.leavesTo));
  assert.equal(end.status, 200, describe(end));
  return connectionSchema.parse(JSON.parse(end.body));
}
