import { z } from 'zod';
import { DatabaseUrlError, parseDatabaseUrl } from '../lib/database-url.ts';
import { StagedoorError } from '../lib/errors.ts';
import { isLoopbackHost } from '../lib/loopback.ts';
import { ownValue } from '../lib/own-value.ts';
import type { ScopeConfig } from '../lib/scopes.ts';
import { customSchemes } from './custom-schemes.ts';
import { type FetchSettings, fetchSettings, fetchVariables } from './fetch-settings.ts';
import { type LeakScannerKeys, leakScannerKeys } from './leak-scanner-keys.ts';
import { type PermissionSettings, permissionSettings, permissionVariables } from './permissions.ts';
import { type Platform, platformSettings, platformVariables } from './platform.ts';
import { scopeSettings, scopeVariables, wrongScopes } from './scopes.ts';
import { type TracingSettings, tracingSettings, tracingVariables } from './tracing.ts';
import {
  type UpstreamConfig,
  upstreamConfig,
  upstreamVariables,
  wrongUpstream,
} from './upstream.ts';

/** The whole configuration, parsed. Lifetimes are in seconds. */
export interface Config extends PermissionSettings, FetchSettings {
  readonly production: boolean;
  readonly port: number;
  readonly host: string;
  /** Public URL of this server, an origin without a trailing slash. */
  readonly issuer: string;
  /** Unset: embedded database under `dataDir`. */
  readonly databaseUrl: string | undefined;
  readonly dataDir: string;
  /** Unset: mails are written to `dataDir`/mail. */
  readonly smtpUrl: string | undefined;
  readonly mailFrom: string;
  /** Unset: the management API is closed, except in the demo, which makes one. */
  readonly operatorToken: string | undefined;
  /** The first signs, the others still verify. Unset: made at first start and kept in `dataDir`. */
  readonly cookieKeys: readonly string[] | undefined;
  readonly accessTokenTtl: number;
  readonly refreshTokenTtl: number;
  readonly refreshRetrySeconds: number;
  readonly sessionTtl: number;
  readonly sessionIdleTtl: number;
  /** Highest age in seconds of a sign-in at consent and at changes of security settings. */
  readonly recentSignInSeconds: number;
  /** Number of reverse proxies in front that set `X-Forwarded-For`. */
  readonly trustProxy: number;
  /** Unset: `/metrics` answers programs on this machine only. */
  readonly metricsToken: string | undefined;
  readonly workers: number;
  /** Seconds between the signal to stop, when `/readyz` becomes 503, and the end of the listening. */
  readonly stopDelaySeconds: number;
  /** Keys that sign reports of leaked credentials. */
  readonly leakScannerKeys: LeakScannerKeys;
  /** Connections of one worker to PostgreSQL. */
  readonly databaseConnections: number;
  /** False: no statement is prepared, for poolers that lose prepared statements. */
  readonly databasePrepare: boolean;
  readonly logLevel: string;
  readonly tracing: TracingSettings;
  readonly demo: boolean;
  readonly platform: Platform;
  readonly scopes: readonly ScopeConfig[];
  /** The scopes of a request without `scope`. */
  readonly defaultScopes: readonly string[];
  readonly registration: RegistrationMode;
  readonly metadataDocuments: MetadataDocumentMode;
  readonly dynamicRegistration: DynamicRegistrationMode;
  /** Private-use schemes without a dot that redirect URIs may have, beside those of known programs. */
  readonly customSchemes: readonly string[];
  /** Applications that one user may own; 0: any number. Operators are not limited. */
  readonly applicationsPerOwner: number;
  /** Days that entries of the log are kept; 0: for ever. */
  readonly logRetentionDays: number;
  /** Days that grants are kept after they ended; 0: for ever. */
  readonly grantRetentionDays: number;
  /** Days after which a new signing key takes over; 0: only when an operator says so. */
  readonly signingKeyMaxAgeDays: number;
  /**
   * Days before an unused grant with write access ends that its user gets a mail; 0 turns it off.
   */
  readonly expiryNoticeDays: number;
  /** Set: users sign in there, and this server has no passwords. */
  readonly upstream: UpstreamConfig | undefined;
}

/**
 * Registration of applications: by any user (`open`); by any user, but the application works only
 * for its owner until an operator has reviewed it (`approval`); by operators only (`closed`).
 */
export type RegistrationMode = 'open' | 'approval' | 'closed';

/**
 * Applications whose client ID is the address of their metadata document: all are accepted (`on`), or
 * each waits for an operator's review (`approval`), or no new ones are accepted (`off`).
 */
export type MetadataDocumentMode = 'on' | 'approval' | 'off';

const METADATA_DOCUMENTS = {
  open: 'on',
  approval: 'approval',
  closed: 'off',
} as const satisfies Record<RegistrationMode, MetadataDocumentMode>;

/**
 * Registration of programs by themselves (RFC 7591): with redirect URIs on the user's device
 * (`native`), with any (`any`), or not at all (`off`).
 */
export type DynamicRegistrationMode = 'native' | 'any' | 'off';

const seconds = (fallback: number, least = 1) =>
  z.coerce
    .number({ error: 'must be a number of seconds' })
    .int('must be a whole number of seconds')
    .min(least, `must be at least ${least} (seconds)`)
    .default(fallback);
const count = (fallback: number, least: number) =>
  z.coerce.number({ error: 'must be a number' }).int().min(least).default(fallback);
const flag = z
  .enum(['0', '1', 'true', 'false'])
  .transform((value) => ['1', 'true'].includes(value));
const words = (value: string) => value.split(/[\s,]+/).filter((word) => word !== '');

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
  OPERATOR_TOKEN: z.string().min(32, 'must have at least 32 characters').optional(),
  COOKIE_KEYS: z
    .string()
    .transform(words)
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
  METRICS_TOKEN: z.string().min(32, 'must have at least 32 characters').optional(),
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
  LOG_RETENTION_DAYS: z.coerce
    .number({ error: 'must be a number of days' })
    .int('must be a whole number of days')
    .refine((days) => days === 0 || days >= 30, 'must be 0 (kept for ever) or at least 30 (days)')
    .default(730),
  // Statistics of 32 days count the tokens of ended grants, too.
  GRANT_RETENTION_DAYS: z.coerce
    .number({ error: 'must be a number of days' })
    .int('must be a whole number of days')
    .refine((days) => days === 0 || days >= 32, 'must be 0 (kept for ever) or at least 32 (days)')
    .default(400),
  EXPIRY_NOTICE_DAYS: count(7, 0),
  SIGNING_KEY_MAX_AGE_DAYS: z.coerce
    .number({ error: 'must be a number of days' })
    .int('must be a whole number of days')
    .min(0, 'must be at least 0 (never)')
    .default(90),
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

function fromVariables(vars: z.infer<typeof variables>, production: boolean): Config {
  const issuer = new URL(vars.ISSUER ?? `http://localhost:${vars.PORT}`).origin;
  const host = vars.HOST ?? (production ? '0.0.0.0' : '127.0.0.1');
  const demo = vars.DEMO ?? hasDemoByDefault(vars, { production, host, issuer });
  const platform = platformSettings(vars, demo);
  return {
    production,
    port: vars.PORT,
    host,
    issuer,
    databaseUrl: vars.DATABASE_URL,
    databaseConnections: vars.DATABASE_CONNECTIONS,
    databasePrepare: vars.DATABASE_PREPARE ?? true,
    dataDir: vars.DATA_DIR,
    smtpUrl: vars.SMTP_URL,
    mailFrom: namedSender(vars.MAIL_FROM ?? `no-reply@${new URL(issuer).hostname}`, platform.name),
    operatorToken: vars.OPERATOR_TOKEN,
    cookieKeys: vars.COOKIE_KEYS,
    accessTokenTtl: vars.ACCESS_TOKEN_TTL,
    refreshTokenTtl: vars.REFRESH_TOKEN_TTL,
    refreshRetrySeconds: vars.REFRESH_RETRY_SECONDS,
    sessionTtl: vars.SESSION_TTL,
    sessionIdleTtl: vars.SESSION_IDLE_TTL,
    recentSignInSeconds: vars.RECENT_SIGN_IN_SECONDS,
    trustProxy: vars.TRUST_PROXY,
    metricsToken: vars.METRICS_TOKEN,
    leakScannerKeys: vars.LEAK_SCANNER_KEYS,
    workers: vars.WORKERS,
    stopDelaySeconds: vars.STOP_DELAY_SECONDS,
    logLevel: vars.LOG_LEVEL ?? (production ? 'info' : 'warn'),
    tracing: tracingSettings(vars),
    demo,
    platform,
    ...scopeSettings(vars),
    ...permissionSettings(vars),
    registration: vars.REGISTRATION,
    metadataDocuments: vars.METADATA_DOCUMENTS ?? METADATA_DOCUMENTS[vars.REGISTRATION],
    dynamicRegistration:
      vars.DYNAMIC_REGISTRATION ?? (vars.REGISTRATION === 'open' ? 'native' : 'off'),
    customSchemes: vars.CUSTOM_SCHEMES,
    ...fetchSettings(vars),
    applicationsPerOwner: vars.APPLICATIONS_PER_OWNER,
    logRetentionDays: vars.LOG_RETENTION_DAYS,
    grantRetentionDays: vars.GRANT_RETENTION_DAYS,
    expiryNoticeDays: vars.EXPIRY_NOTICE_DAYS,
    signingKeyMaxAgeDays: vars.SIGNING_KEY_MAX_AGE_DAYS,
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

/** Each alone is right. */
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
