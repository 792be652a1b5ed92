import { preparedWrite } from '../db/prepared-query.ts';
import type { Tx } from '../db/transaction.ts';
import { hashOf } from '../lib/credentials.ts';
import type { NewAccessToken, NewAuthorizationCode, NewRefreshToken, NewToken } from './token.ts';

const columns = (token: NewToken) => ({
  grant_id: token.grantId,
  scopes: [...token.scopes],
  jkt: token.jkt ?? null,
  issued_at: token.issuedAt,
  expires_at: token.expiresAt,
});

const codeInsertion = preparedWrite<
  ReturnType<typeof columns> & {
    code_hash: Uint8Array;
    redirect_uri: string;
    code_challenge: string | null;
    resources: string[] | null;
  }
>((db, param) =>
  db.insertInto('authorization_codes').values((eb) => ({
    code_hash: param('code_hash'),
    grant_id: param('grant_id'),
    redirect_uri: param('redirect_uri'),
    code_challenge: param('code_challenge'),
    scopes: param('scopes'),
    resources: param('resources'),
    jkt: param('jkt'),
    issued_at: param('issued_at'),
    expires_at: param('expires_at'),
    application_version: eb
      .selectFrom('grants')
      .innerJoin('applications', 'applications.client_id', 'grants.client_id')
      .where('grants.id', '=', param('grant_id'))
      .select('applications.version'),
  })),
);

/**
 * Stores a code by its hash, with the version of its application, whose row the authorization request
 * has locked.
 */
export async function issueCode(tx: Tx, code: NewAuthorizationCode): Promise<void> {
  await codeInsertion(tx, {
    ...columns(code),
    code_hash: hashOf(code.value),
    redirect_uri: code.redirectUri,
    code_challenge: code.codeChallenge ?? null,
    resources: code.resources === undefined ? null : [...code.resources],
  });
}

/** Stores an access token by its hash. */
export async function issueAccessToken(tx: Tx, token: NewAccessToken): Promise<void> {
  await tx
    .insertInto('access_tokens')
    .values({
      ...columns(token),
      token_hash: hashOf(token.value),
      family_id: token.familyId,
      resource: token.audience?.resource ?? null,
      resource_server: token.audience?.server ?? null,
    })
    .execute();
}

/** Stores a refresh token by its hash. */
export async function issueRefreshToken(tx: Tx, token: NewRefreshToken): Promise<void> {
  await tx
    .insertInto('refresh_tokens')
    .values({
      ...columns(token),
      token_hash: hashOf(token.value),
      family_id: token.familyId,
      rotations: token.rotations,
      first_issued_at: token.firstIssuedAt,
      resources: token.resources === undefined ? null : [...token.resources],
    })
    .execute();
}
