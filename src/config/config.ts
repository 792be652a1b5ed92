import { z } from 'zod';
import { DatabaseUrlError, parseDatabaseUrl } from '../lib/database-url.ts';
import { StagedoorError } from '../lib/errors.ts';
import { isLoopbackHost } from '../lib/loopback.ts';
import { ownValue } from '../lib/own-value.ts';
import { customSchemes } from './custom-schemes.ts';
import { fetchSettings, fetchVariables } from './fetch-settings.ts';
import { leakScannerKeys } from './leak-scanner-keys.ts';
import { permissionSettings, permissionVariables } from './permissions.ts';
import { platformSettings, platformVariables } from './platform.ts';
import { scopeSettings, scopeVariables, wrongScopes } from './scopes.ts';
import { tracingSettings, tracingVariables } from './tracing.ts';
import { upstreamConfig, upstreamVariables, wrongUpstream } from './upstream.ts';
import { count, days, flag, seconds, secret, words } from './variables.ts';

/** Default of `METADATA_DOCUMENTS` by `REGISTRATION`. */
const METADATA_DOCUMENTS = {
  open: 'on',
  approval: 'approval',
  closed: 'off',
} as const;

const variables = z.object({
  NODE_ENV: z.string().default('development'),
  PORT: z.coerce.number({ error: 'must be a port number' }).int().min(0).max(65_535).default(3000),
  HOST: z.string().optional(),
  ISSUER: z.string().optional(),
  DATABASE_URL: z
    .string()
    .superRefine((url, ctx) => {
      try {
        parseDatabaseUrl(url);
      } catch (error) {
        if (!(error instanceof DatabaseUrlError)) {
          throw error;
        }
        ctx.addIssue({ code: 'custom', message: error.message });
      }
    })
    .optional(),
  DATABASE_CONNECTIONS: count(10, 1),
  DATABASE_PREPARE: flag.optional(),
  DATA_DIR: z.string().default('./data'),
  SMTP_URL: z
    .string()
    .regex(/^smtps?:\/\//, 'must begin with smtp:// or smtps://')
    .optional(),
  MAIL_FROM: z.string().optional(),
  OPERATOR_TOKEN: secret.optional(),
  COOKIE_KEYS: words
    .refine(
      (keys) => keys.length > 0 && keys.every((key) => key.length >= 32),
      'must hold one or more keys of at least 32 characters, separated by commas',
    )
    .optional(),
  ACCESS_TOKEN_TTL: seconds(3600),
  REFRESH_TOKEN_TTL: seconds(90 * 86_400),
  REFRESH_RETRY_SECONDS: seconds(30, 0),
  SESSION_TTL: seconds(12 * 3600),
  SESSION_IDLE_TTL: seconds(3 * 3600),
  RECENT_SIGN_IN_SECONDS: seconds(3600),
  TRUST_PROXY: count(0, 0),
  METRICS_TOKEN: secret.optional(),
  LEAK_SCANNER_KEYS: leakScannerKeys,
  WORKERS: count(1, 1),
  STOP_DELAY_SECONDS: count(0, 0),
  LOG_LEVEL: z.enum(['fatal', 'error', 'warn', 'info', 'debug', 'trace', 'silent']).optional(),
  DEMO: flag.optional(),
  ...platformVariables,
  ...scopeVariables,
  ...permissionVariables,
  REGISTRATION: z
    .enum(['open', 'approval', 'closed'], { error: 'must be open, approval or closed' })
    .default('open'),
  METADATA_DOCUMENTS: z
    .enum(['on', 'approval', 'off'], { error: 'must be on, approval or off' })
    .optional(),
  DYNAMIC_REGISTRATION: z
    .enum(['native', 'any', 'off'], { error: 'must be native, any or off' })
    .optional(),
  CUSTOM_SCHEMES: customSchemes,
  ...fetchVariables,
  ...tracingVariables,
  APPLICATIONS_PER_OWNER: count(50, 0),
  LOG_RETENTION_DAYS: days(730, 'kept for ever', 30),
  // Statistics of 32 days count the tokens of ended grants, too.
  GRANT_RETENTION_DAYS: days(400, 'kept for ever', 32),
  EXPIRY_NOTICE_DAYS: count(7, 0),
  SIGNING_KEY_MAX_AGE_DAYS: days(90, 'never'),
  ...upstreamVariables,
  OIDC_MATCH_VERIFIED_EMAIL: flag.optional(),
  OIDC_WITHOUT_AUTH_TIME: flag.optional(),
});

/** A server that runs elsewhere, and what opens its management API. */
export interface Remote {
  /** An origin. */
  readonly url: string;
  readonly token: string;
}

/** Returns the URL of a remote server for the command line, from `given` or `STAGEDOOR_URL`. */
export function remoteUrl(
  given?: string,
  env: Record<string, string | undefined> = process.env,
): string | undefined {
  return given ?? (env.STAGEDOOR_URL || undefined);
}

/**
 * The same with its token, `OPERATOR_TOKEN`: any operator token with the rights for what is done.
 * @throws StagedoorError `configuration_invalid`
 */
export function readRemote(
  given?: string,
  env: Record<string, string | undefined> = process.env,
): Remote | undefined {
  const text = remoteUrl(given, env);
  if (text === undefined) {
    return undefined;
  }
  const url = URL.parse(text);
  const secure =
    url?.protocol === 'https:' || (url?.protocol === 'http:' && isLoopbackHost(url.hostname));
  if (url === null || !secure || url.pathname !== '/' || url.username !== '') {
    throw new StagedoorError(
      'configuration_invalid',
      'The URL of the server must be an origin such as https://login.example.com; http only on this machine, since the token would travel in clear.',
    );
  }
  if (!env.OPERATOR_TOKEN) {
    throw new StagedoorError(
      'configuration_invalid',
      `OPERATOR_TOKEN is missing: the operator token with which to call ${url.origin}.`,
    );
  }
  return { url: url.origin, token: env.OPERATOR_TOKEN };
}

/**
 * Reads and validates the environment. The only reader of `process.env` is the caller in
 * `main.ts` and `cli.ts`, by this function's default.
 * @throws StagedoorError `configuration_invalid`, one message that names all that is wrong
 */
export function readConfig(env: Record<string, string | undefined> = process.env): Config {
  const given = Object.fromEntries(Object.entries(env).filter(([, value]) => value !== ''));
  const parsed = variables.safeParse(given);
  const problems = parsed.success
    ? []
    : parsed.error.issues.map((issue) => `${issue.path.join('.')} ${issue.message}`);
  const production = given.NODE_ENV === 'production';
  problems.push(
    ...(production ? missingInProduction(given) : []),
    ...wrongIssuer(given, production),
    ...wrongUpstream(given, production),
    ...(parsed.success ? wrongTogether(parsed.data) : []),
  );
  if (!parsed.success || problems.length > 0) {
    throw new StagedoorError(
      'configuration_invalid',
      `The configuration is not complete:\n${problems.map((one) => `  - ${one}`).join('\n')}\nThe README lists every variable.`,
    );
  }
  return fromVariables(parsed.data, production);
}

/** The whole configuration, parsed. Lifetimes are in seconds. */
export type Config = Readonly<ReturnType<typeof fromVariables>>;

function fromVariables(vars: z.infer<typeof variables>, production: boolean) {
  const issuer = new URL(vars.ISSUER ?? `http://localhost:${vars.PORT}`).origin;
  const host = vars.HOST ?? (production ? '0.0.0.0' : '127.0.0.1');
  const demo = vars.DEMO ?? hasDemoByDefault(vars, { production, host, issuer });
  const platform = platformSettings(vars, demo);
  return {
    production,
    port: vars.PORT,
    host,
    /** Public URL of this server, an origin without a trailing slash. */
    issuer,
    /** Unset: embedded database under `dataDir`. */
    databaseUrl: vars.DATABASE_URL,
    /** Connections of one worker to PostgreSQL. */
    databaseConnections: vars.DATABASE_CONNECTIONS,
    /** False: no statement is prepared, for poolers that lose prepared statements. */
    databasePrepare: vars.DATABASE_PREPARE ?? true,
    dataDir: vars.DATA_DIR,
    /** Unset: mails are written to `dataDir`/mail. */
    smtpUrl: vars.SMTP_URL,
    mailFrom: namedSender(vars.MAIL_FROM ?? `no-reply@${new URL(issuer).hostname}`, platform.name),
    /** Unset: the management API is closed, except in the demo, which makes one. */
    operatorToken: vars.OPERATOR_TOKEN,
    /** The first signs, the others still verify. Unset: made at first start and kept in `dataDir`. */
    cookieKeys: vars.COOKIE_KEYS,
    accessTokenTtl: vars.ACCESS_TOKEN_TTL,
    refreshTokenTtl: vars.REFRESH_TOKEN_TTL,
    refreshRetrySeconds: vars.REFRESH_RETRY_SECONDS,
    sessionTtl: vars.SESSION_TTL,
    sessionIdleTtl: vars.SESSION_IDLE_TTL,
    /** Highest age in seconds of a sign-in at consent and at changes of security settings. */
    recentSignInSeconds: vars.RECENT_SIGN_IN_SECONDS,
    /** Number of reverse proxies in front that set `X-Forwarded-For`. */
    trustProxy: vars.TRUST_PROXY,
    /** Unset: `/metrics` answers programs on this machine only. */
    metricsToken: vars.METRICS_TOKEN,
    /** Keys that sign reports of leaked credentials. */
    leakScannerKeys: vars.LEAK_SCANNER_KEYS,
    workers: vars.WORKERS,
    /** Seconds between the signal to stop, when `/readyz` becomes 503, and the end of the listening. */
    stopDelaySeconds: vars.STOP_DELAY_SECONDS,
    logLevel: vars.LOG_LEVEL ?? (production ? 'info' : 'warn'),
    tracing: tracingSettings(vars),
    demo,
    platform,
    ...scopeSettings(vars),
    ...permissionSettings(vars),
    /**
     * Registration of applications: by any user (`open`); by any user, but the application works only
     * for its owner until an operator has reviewed it (`approval`); by operators only (`closed`).
     */
    registration: vars.REGISTRATION,
    /**
     * Applications whose client ID is the address of their metadata document: all are accepted (`on`),
     * or each waits for an operator's review (`approval`), or no new ones are accepted (`off`).
     */
    metadataDocuments: vars.METADATA_DOCUMENTS ?? METADATA_DOCUMENTS[vars.REGISTRATION],
    /**
     * Registration of programs by themselves (RFC 7591): with redirect URIs on the user's device
     * (`native`), with any (`any`), or not at all (`off`).
     */
    dynamicRegistration:
      vars.DYNAMIC_REGISTRATION ?? (vars.REGISTRATION === 'open' ? 'native' : 'off'),
    /** Private-use schemes without a dot that redirect URIs may have, beside those of known programs. */
    customSchemes: vars.CUSTOM_SCHEMES,
    ...fetchSettings(vars),
    /** Applications that one user may own; 0: any number. Operators are not limited. */
    applicationsPerOwner: vars.APPLICATIONS_PER_OWNER,
    /** Days that entries of the log are kept; 0: for ever. */
    logRetentionDays: vars.LOG_RETENTION_DAYS,
    /** Days that grants are kept after they ended; 0: for ever. */
    grantRetentionDays: vars.GRANT_RETENTION_DAYS,
    /** Days before an unused grant with write access ends that its user gets a mail; 0 turns it off. */
    expiryNoticeDays: vars.EXPIRY_NOTICE_DAYS,
    /** Days after which a new signing key takes over; 0: only when an operator says so. */
    signingKeyMaxAgeDays: vars.SIGNING_KEY_MAX_AGE_DAYS,
    /** Set: users sign in there, and this server has no passwords. */
    upstream: upstreamConfig(vars, {
      matchVerifiedEmail: vars.OIDC_MATCH_VERIFIED_EMAIL ?? false,
      withoutAuthTime: vars.OIDC_WITHOUT_AUTH_TIME ?? false,
    }),
  };
}

/** Puts a name before a bare address. */
function namedSender(sender: string, name: string): string {
  return /[<\s]/.test(sender.trim())
    ? sender
    : `"${name.replace(/["\\]/g, '\\$&')}" <${sender.trim()}>`;
}

/**
 * The demo has passwords that a page shows. By default it runs only if no setting stands against it
 * and only this machine reaches the server.
 */
function hasDemoByDefault(
  vars: z.infer<typeof variables>,
  { production, host, issuer }: { production: boolean; host: string; issuer: string },
): boolean {
  return (
    !production &&
    isLoopbackHost(host === '::1' ? '[::1]' : host) &&
    isLoopbackHost(new URL(issuer).hostname) &&
    [vars.DATABASE_URL, vars.OIDC_ISSUER, vars.SCOPES, vars.DEFAULT_SCOPES].every(
      (value) => value === undefined,
    )
  );
}

function missingInProduction(given: Record<string, string | undefined>): string[] {
  const required: Record<string, string> = {
    ISSUER: 'is missing: the public https URL of this server',
    DATABASE_URL: 'is missing: postgres://user:password@host/database',
    COOKIE_KEYS:
      'is missing: one or more random keys of at least 32 characters (openssl rand -hex 32)',
    SMTP_URL: 'is missing: smtp://user:password@host:587',
    MAIL_FROM: 'is missing: the sender of mails, Name <address>',
  };
  // Of http nothing but this machine is allowed in production, where no proxy is needed.
  const behindProxy: Record<string, string> = given.ISSUER?.startsWith('http:')
    ? {}
    : {
        TRUST_PROXY:
          'is missing: how many reverse proxies in front set X-Forwarded-For; 0 only if none does',
      };
  return Object.entries({ ...required, ...behindProxy })
    .filter(([name]) => ownValue(given, name) === undefined)
    .map(([name, text]) => `${name} ${text}`);
}

/** Checks combinations of variables that are each valid. */
function wrongTogether(vars: z.infer<typeof variables>): string[] {
  const problems = wrongScopes(scopeSettings(vars));
  if (vars.DEMO && vars.SCOPES !== undefined) {
    problems.push('DEMO must be 0 with SCOPES: the demo asks for read, write and profile');
  }
  if (vars.ACCESS_TOKEN_TTL > vars.REFRESH_TOKEN_TTL) {
    problems.push(
      'ACCESS_TOKEN_TTL must not exceed REFRESH_TOKEN_TTL: a token ends with its authorization',
    );
  }
  if (vars.WORKERS > 1 && vars.DATABASE_URL === undefined) {
    problems.push(
      'WORKERS above 1 needs DATABASE_URL: the embedded database belongs to one process',
    );
  }
  if (vars.WORKERS > 1 && vars.DEMO) {
    problems.push('WORKERS must be 1 with DEMO: the demo runs once');
  }
  return problems;
}

function wrongIssuer(given: Record<string, string | undefined>, production: boolean): string[] {
  if (given.ISSUER === undefined) {
    return [];
  }
  const url = URL.parse(given.ISSUER);
  if (url === null || !['http:', 'https:'].includes(url.protocol)) {
    return ['ISSUER must be a URL such as https://login.example.com'];
  }
  if (url.pathname !== '/' || url.search !== '' || url.hash !== '') {
    return ['ISSUER must be a bare origin, without a path'];
  }
  return production && url.protocol === 'http:' && !isLoopbackHost(url.hostname)
    ? ['ISSUER must use https in production']
    : [];
}
