import { connect } from 'node:tls';
import { z } from 'zod';
import type { Config } from '../config/config.ts';
import { timeAhead } from '../db/clock.ts';
import { reasonOf } from '../lib/failure-reason.ts';
import { isLoopbackHost } from '../lib/loopback.ts';
import { ownValue } from '../lib/own-value.ts';
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
    return isLoopbackHost(url.hostname)
      ? [ok('certificate', 'ISSUER is http on this machine, which needs none.'), ...asked]
      : [
          warn(
            'certificate',
            'ISSUER is http: passwords and tokens travel in clear.',
            'Put a reverse proxy with TLS in front, and set ISSUER to its https URL.',
          ),
          ...asked,
        ];
  }
  const certificate = await checkCertificate(url);
  return certificate.state === 'fail'
    ? [certificate, skip('issuer', 'It is not asked before its certificate is good.')]
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
      : [
          fail(
            'issuer',
            `${issuer} does not answer: ${reasonOf(error)}.`,
            'Start the server, and check that ISSUER, DNS, reverse proxy and firewalls lead to it.',
          ),
        ];
  }
}

function judge(issuer: string, status: number, stated: string | undefined): Finding {
  if (stated === issuer && status === 200) {
    return ok('issuer', `${issuer} answers as itself.`);
  }
  return stated === undefined || stated === issuer
    ? fail(
        'issuer',
        `What answers at ${issuer} is not Stagedoor (status ${status}).`,
        'Let the reverse proxy pass everything below / to the server.',
      )
    : fail(
        'issuer',
        `The server at ${issuer} calls itself ${JSON.stringify(stated)}.`,
        'Give ISSUER the same value there and here, and start the server again.',
      );
}

const FIXES: Readonly<Record<string, string>> = {
  CERT_HAS_EXPIRED: 'Renew it (certbot renew), and reload the reverse proxy.',
  ERR_TLS_CERT_ALTNAME_INVALID: 'It is for another name: get one for the host in ISSUER.',
};
const UNTRUSTED =
  'Use one from an authority that everybody trusts, and serve its whole chain; a private authority is named in NODE_EXTRA_CA_CERTS.';

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
  const unreachable = (why: string) =>
    resolve(
      fail(
        'certificate',
        `${host} does not answer by TLS: ${why}.`,
        'Start the server and its reverse proxy, and check ISSUER, DNS and firewalls.',
      ),
    );
  socket.once('error', (error) => unreachable(reasonOf(error)));
  socket.once('timeout', () => unreachable('no answer in time'));
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
  const days = Math.floor((until.getTime() - Date.now()) / DAY);
  return days < SOON
    ? warn(
        'certificate',
        `It ends in ${days} days, at ${until.toISOString()}.`,
        'Renew it now, and find out why that did not happen by itself.',
      )
    : ok('certificate', `It is valid for ${days} more days.`);
}

function judgeWrong(wrong: string, until: Date): Finding {
  const code = /ERR_TLS_CERT_ALTNAME_INVALID|[A-Z]{3,}(_[A-Z]+)+/.exec(wrong)?.[0] ?? wrong;
  const ended =
    until.getTime() < Date.now() ? `It ended at ${until.toISOString()}; nobody` : 'Nobody';
  const fix = until.getTime() < Date.now() ? FIXES.CERT_HAS_EXPIRED : ownValue(FIXES, code);
  return fail('certificate', `${ended} trusts it (${code}).`, fix ?? UNTRUSTED);
}
