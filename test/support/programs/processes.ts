import assert from 'node:assert/strict';
import { spawn, spawnSync } from 'node:child_process';
import { homedir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { text } from 'node:stream/consumers';
import { z } from 'zod';
import { connectionSchema, type Program, type ProgramSite, tokensSchema } from './program.ts';

/** A program in another language, with a library of Debian. */
interface ProcessProgram
  extends Pick<Program, 'library' | 'settings' | 'requirePkce' | 'callbackPath'> {
  readonly debianPackage: string;
  readonly command: readonly [string, ...string[]];
  /** Succeeds if the library is installed. */
  readonly probe: readonly [string, ...string[]];
  /** True by default. */
  readonly canRefresh?: boolean;
  readonly canRevoke?: boolean;
}

const FOLDER = join(import.meta.dirname, '..');
const PYTHON = '/usr/bin/python3';
const JARS = [
  ...['google-oauth-client', 'google-http-client', 'google-http-client-gson', 'gson'],
  ...[
    'opencensus-api',
    'opencensus-contrib-http-util',
    'grpc-context',
    'grpc-api',
    'guava',
    'commons-codec',
    'commons-logging',
  ],
].map((name) => `/usr/share/java/${name}.jar`);

/** Halves the CPU time of a program that is compiled and runs once. */
const JVM = ['-XX:TieredStopAtLevel=1', '-XX:+UseSerialGC'];

const PROGRAMS: readonly ProcessProgram[] = [
  {
    library: 'social-auth-core',
    debianPackage: 'python3-social-auth-core',
    // This version sends no PKCE challenge.
    requirePkce: false,
    settings: ['REDIRECT_STATE = False', 'revoke_token_headers'],
    command: [PYTHON, join(FOLDER, 'python/social_auth_client.py')],
    probe: [PYTHON, '-c', 'import social_core'],
    canRevoke: true,
  },
  {
    library: 'django-allauth',
    debianPackage: 'python3-django-allauth',
    // This version sends no PKCE challenge.
    requirePkce: false,
    settings: ['SCOPE'],
    callbackPath: '/accounts/stagedoor/login/callback/',
    command: [PYTHON, join(FOLDER, 'python/allauth_client.py')],
    probe: [PYTHON, '-c', 'import allauth'],
    canRefresh: false,
  },
  {
    library: 'omniauth-oauth2',
    debianPackage: 'ruby-omniauth-oauth2',
    settings: ['pkce: true', 'callback_url'],
    command: ['/usr/bin/ruby', join(FOLDER, 'ruby/omniauth_client.rb')],
    probe: ['/usr/bin/ruby', '-e', 'require "omniauth-oauth2"'],
  },
  {
    library: 'LWP::Authen::OAuth2',
    debianPackage: 'liblwp-authen-oauth2-perl',
    settings: ['authorization_optional_params', 'request_optional_params'],
    command: ['/usr/bin/perl', join(FOLDER, 'perl/lwp_client.pl')],
    probe: ['/usr/bin/perl', '-MLWP::Authen::OAuth2', '-e', '1'],
  },
  {
    library: 'google-oauth-client',
    debianPackage: 'libgoogle-oauth-client-java',
    settings: ['enablePKCE()'],
    command: [
      '/usr/bin/java',
      ...JVM,
      '-cp',
      JARS.join(':'),
      join(FOLDER, 'java/GoogleClient.java'),
    ],
    probe: ['/usr/bin/test', '-e', JARS[0] ?? '', '-a', '-e', '/usr/bin/javac'],
  },
];

const ENVIRONMENT = {
  PATH: process.env.PATH ?? '',
  HOME: homedir(),
  PYTHONDONTWRITEBYTECODE: '1',
};

/** Programs in other languages. They read requests and print responses, one JSON value per line. */
export const PROCESSES: readonly Program[] = PROGRAMS.map((program) => ({
  library: program.library,
  clientTypes: ['confidential'],
  settings: program.settings,
  ...(program.requirePkce === undefined ? {} : { requirePkce: program.requirePkce }),
  ...(program.callbackPath === undefined ? {} : { callbackPath: program.callbackPath }),
  skip: () => {
    const [probe, ...args] = program.probe;
    const missing = spawnSync(probe, args, { env: ENVIRONMENT }).status !== 0;
    return missing && `Debian’s ${program.debianPackage} is not installed`;
  },
  connect: (site) => connect(program, site),
}));

async function connect(
  { command, canRefresh = true, canRevoke = false }: ProcessProgram,
  site: ProgramSite,
) {
  const [file, ...args] = command;
  const child = spawn(file, args, { env: ENVIRONMENT });
  // A program that has already ended does not read its input.
  child.stdin.on('error', () => {});
  const errors = text(child.stderr);
  const lines = createInterface({ input: child.stdout })[Symbol.asyncIterator]();
  const ask = async (line: string): Promise<unknown> => {
    child.stdin.write(`${line}\n`);
    const { value }: IteratorResult<string, undefined> = await lines.next();
    return JSON.parse(value ?? assert.fail(await errors));
  };
  const { clientId, clientSecret, redirectUri } = site.application;
  const settings = { ...site.endpoints, clientId, clientSecret, redirectUri };
  const link = z.url().parse(await ask(JSON.stringify(settings)));
  const connection = connectionSchema.parse(await ask((await site.allow(link)).href));
  return {
    ...connection,
    ...(canRefresh && { refresh: async () => tokensSchema.parse(await ask('refresh')) }),
    ...(canRevoke && { revoke: async () => void (await ask('revoke')) }),
    close: () => child.kill(),
  };
}
