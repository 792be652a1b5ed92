import { connect } from 'node:tls';
import { z } from 'zod';
import type { Config } from '../config/config.ts';
import { timeAhead } from '../db/clock.ts';
import { reasonOf } from '../lib/failure-reason.ts';
import { isLoopbackHost } from '../lib/loopback.ts';
import { checkClock } from './check-clock.ts';
import { type Finding, fail, ok, skip, warn } from './finding.ts';

const TIMEOUT = 5_000;
const DAY = 86_400_000;
/** Days before the end of a certificate; automatic renewal happens earlier. */
const SOON = 21;

const metadata = z.object({ issuer: z.string() });

/** Checks that the server is reachable at its issuer URL. */
export async function checkIssuer({ issuer }: Config): Promise<Finding[]> {
  const url = new URL(issuer);
  if (url.protocol === 'http:') {
    const asked = await ask(issuer);
    const isHere = isLoopbackHost(url.hostname);
    return [isHere ? ok('health.certificate.local') : warn('health.certificate.http'), ...asked];
  }
  const certificate = await checkCertificate(url);
  return certificate.state === 'fail'
    ? [certificate, skip('health.issuer.unasked')]
    : [certificate, ...(await ask(issuer))];
}

async function ask(issuer: string): Promise<Finding[]> {
  const get = (path: string) =>
    fetch(`${issuer}${path}`, { signal: AbortSignal.timeout(TIMEOUT), redirect: 'manual' });
  try {
    const { answer, ahead } = await timeAhead(
      () => get('/healthz'),
      // A Date header has no fractions of a second; half a second is the best estimate.
      ({ headers }) => Date.parse(headers.get('date') ?? '') + 500,
    );
    const body = await (await get('/.well-known/oauth-authorization-server')).json();
    const { data } = metadata.safeParse(body);
    return [
      judge(issuer, answer.status, data?.issuer),
      ...(Number.isNaN(ahead) ? [] : [checkClock(issuer, ahead)]),
    ];
  } catch (error) {
    return error instanceof SyntaxError
      ? [judge(issuer, 200, undefined)]
      : [fail('health.issuer.silent', { issuer, reason: reasonOf(error) })];
  }
}

function judge(issuer: string, status: number, stated: string | undefined): Finding {
  if (stated === issuer && status === 200) {
    return ok('health.issuer.sound', { issuer });
  }
  return stated === undefined || stated === issuer
    ? fail('health.issuer.foreign', { issuer, status })
    : fail('health.issuer.other', { issuer, stated: JSON.stringify(stated) });
}

async function checkCertificate({ hostname, port, host }: URL): Promise<Finding> {
  const name = hostname.replace(/^\[|\]$/g, '');
  const { promise, resolve } = Promise.withResolvers<Finding>();
  const socket = connect({
    host: name,
    port: Number(port || 443),
    // SNI takes no IP address (RFC 6066 section 3).
    ...(/^[\d.]+$|:/.test(name) ? {} : { servername: name }),
    rejectUnauthorized: false,
    timeout: TIMEOUT,
  });
  socket.once('error', (error) =>
    resolve(fail('health.certificate.unreachable', { host, reason: reasonOf(error) })),
  );
  socket.once('timeout', () => resolve(fail('health.certificate.late', { host })));
  socket.once('secureConnect', () => {
    // A code at run time, although its type is Error.
    const wrong: unknown = socket.authorizationError;
    const until = new Date(socket.getPeerCertificate().valid_to);
    resolve(socket.authorized ? judgeEnd(until) : judgeWrong(String(wrong), until));
  });
  try {
    return await promise;
  } finally {
    socket.destroy();
  }
}

function judgeEnd(until: Date): Finding {
  const count = Math.floor((until.getTime() - Date.now()) / DAY);
  return count < SOON
    ? warn('health.certificate.ends', { count, until: until.toISOString() })
    : ok('health.certificate.valid', { count });
}

function judgeWrong(wrong: string, until: Date): Finding {
  const code = /ERR_TLS_CERT_ALTNAME_INVALID|[A-Z]{3,}(_[A-Z]+)+/.exec(wrong)?.[0] ?? wrong;
  if (until.getTime() < Date.now()) {
    return fail('health.certificate.ended', { until: until.toISOString(), code });
  }
  const isOther = code === 'ERR_TLS_CERT_ALTNAME_INVALID';
  return fail(isOther ? 'health.certificate.other_name' : 'health.certificate.untrusted', { code });
}
