import { sql } from 'kysely';
import type { Db } from '../../src/db/database.ts';
import { hashOf, randomText } from '../../src/lib/credentials.ts';
import { skeletonOf } from '../../src/lib/skeleton.ts';
import type { ExchangeState } from './exchange-cases.ts';
import { challengeOf } from './flow.ts';
import { type Parties, seedParties, type TokenSubject } from './token-subject.ts';

export const VERIFIER = 'v'.repeat(43);

/** An authorization code in the database, and what its exchange needs. */
export interface ExchangeSubject extends TokenSubject {
  readonly redirectUri: string;
  readonly verifier: string | undefined;
}

/**
 * Writes a state to the database: first an application that may have the code, then the code, then
 * the changes since.
 */
export async function seedExchange(db: Db, state: ExchangeState): Promise<ExchangeSubject> {
  const { applicationScopes, tokenScopes } = state;
  const removed = tokenScopes.filter((scope) => !applicationScopes.includes(scope));
  const parties = await seedParties(db, {
    ...state,
    applicationScopes: [...applicationScopes, ...removed],
  });
  const { clientId, grantId } = parties;
  const code = randomText(43);
  const verifier = state.challenge ? VERIFIER : undefined;
  const https = 'https://app.example.com/cb';
  const redirectUri = {
    https,
    loopback: 'http://127.0.0.1/cb',
    // Confidential applications have none.
    'private scheme': parties.isPublic ? `com.example.${clientId.toLowerCase()}:/cb` : https,
  }[state.redirectUri];
  await seedApplication(db, parties, state, redirectUri);
  const sent = state.redirectUri === 'loopback' ? 'http://127.0.0.1:49152/cb' : redirectUri;
  const issued_at = sql<Date>`date_trunc('second', now())`;
  await db
    .insertInto('authorization_codes')
    .values((eb) => ({
      ...parties.audience.ofSource,
      code_hash: hashOf(code),
      grant_id: grantId,
      redirect_uri: sent,
      code_challenge: verifier === undefined ? null : challengeOf(verifier),
      scopes: [...tokenScopes],
      jkt: state.code === 'bound' ? 'k'.repeat(43) : null,
      issued_at,
      expires_at: sql<Date>`date_trunc('second', now()) + make_interval(secs => ${state.codeExpiresIn})`,
      consumed_at: state.code === 'used' ? sql<Date>`now()` : null,
      application_version:
        state.code === 'of an older server'
          ? null
          : eb.selectFrom('applications').select('version').where('client_id', '=', clientId),
    }))
    .execute();
  await changeApplication(db, parties, state);
  return { ...parties, presented: code, values: { code }, redirectUri: sent, verifier };
}

async function seedApplication(
  db: Db,
  { clientId, userId }: Parties,
  { challenge, review }: ExchangeState,
  redirectUri: string,
): Promise<void> {
  const name = `Box Office ${clientId}`;
  await putUser(db, `owner-${clientId}`);
  await db
    .updateTable('applications')
    .set({
      name,
      name_skeleton: skeletonOf(name),
      redirect_uris: [redirectUri],
      require_pkce: challenge,
      owner_id: review === 'owned by the user' ? userId : `owner-${clientId}`,
    })
    .where('client_id', '=', clientId)
    .execute();
}

async function putUser(db: Db, id: string): Promise<void> {
  await db
    .insertInto('users')
    .values({ id, email: `${id}@example.com`, email_key: `${id}@example.com`, full_name: '' })
    .execute();
}

async function changeApplication(db: Db, parties: Parties, state: ExchangeState): Promise<void> {
  const { clientId } = parties;
  const application = db.updateTable('applications').where('client_id', '=', clientId);
  const named = (name: string) => ({ name, name_skeleton: skeletonOf(name) });
  const changes: Record<ExchangeState['change'], object> = {
    none: {},
    description: { description: 'Another description.' },
    'redirect URI removed': { redirect_uris: ['https://app.example.com/other'] },
    'PKCE required': { require_pkce: true },
    'PKCE optional': { require_pkce: false },
    'name of the platform': named('Stagedoor'),
    'name that claims a review': named('Official Box Office'),
    'another owner': { owner_id: null },
  };
  const scopes = [...state.applicationScopes];
  await application.set({ scopes, ...changes[state.change] }).execute();
  if (state.review === 'reviewed') {
    await application.set({ reviewed_at: sql<Date>`now()` }).execute();
  }
  await addReviewed(db, parties, state.review);
}

/** Adds an application that was reviewed with what the other one has as well. */
async function addReviewed(
  db: Db,
  { clientId }: Parties,
  review: ExchangeState['review'],
): Promise<void> {
  const likeName = review.startsWith('name like');
  if (!likeName && review !== 'scheme of a reviewed one') {
    return;
  }
  const ofItsOwner = review === 'name like a reviewed one of its owner';
  await sql`
    insert into applications (client_id, owner_id, name, client_type, redirect_uris, scopes,
      reviewed_skeleton, reviewed_schemes)
    select ${randomText(16)}, case when ${ofItsOwner} then owner_id end, name,
      client_type, redirect_uris, scopes, case when ${likeName} then name_skeleton end,
      case when ${likeName} then '{}' else private_schemes end
    from applications where client_id = ${clientId}
  `.execute(db);
}
