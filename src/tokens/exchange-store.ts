import type { Database } from '../db/database.ts';
import {
  type RedemptionParts,
  type RedemptionRow,
  type RedemptionValues,
  redemption,
  toParameters,
} from './redemption-store.ts';

/**
 * The application has not changed since the request was checked, so redirect URI, scopes, PKCE and
 * name are still allowed. Reviews of other applications count as well (`applications/review-need.ts`):
 * where one could have an effect, nothing is done.
 */
const IS_ALLOWED = `a.version = (select application_version from presented)
  and (a.reviewed_at is not null or a.owner_id = u.id or $12 and a.private_schemes = '{}'
    and not exists (
      select from applications other
      where other.reviewed_skeleton = a.name_skeleton and other.client_id <> a.client_id
    ))`;

const PARTS = {
  table: 'authorization_codes t',
  isPresented: `t.code_hash = $3 and t.redirect_uri = $10 and t.code_challenge is not distinct from $11::text`,
  lineage: `gen_random_uuid() as family_id, 0 as rotations, date_trunc('second', now()) as first_issued_at`,
  columns: ', t.application_version',
  isAllowed: IS_ALLOWED,
  refreshScopes: 'array(select scope from unnest(p.scopes) scope where scope = any(l.scopes))',
  requestedScopes: 'p.scopes',
  hasScopes: `new.scopes <> '{}' and new.scopes <@ new.access_scopes`,
  consumption: '',
} satisfies RedemptionParts;

const EXCHANGE = redemption(PARTS);

/** For the owner, who is signed in here and has no secret at hand: $2 is always null. */
const OWNER_EXCHANGE = redemption({
  ...PARTS,
  client: `select a.client_id, a.scopes from applications a
    where a.client_id = $1 and $2::bytea is null and a.owner_id = $13`,
  isAllowed: `${IS_ALLOWED} and u.id = $13`,
});

/** Values of a code exchange. */
export interface ExchangeValues extends RedemptionValues {
  readonly redirectUri: string;
  /** PKCE S256; undefined: the request has no verifier. */
  readonly codeChallenge: string | undefined;
  /** Applications work for other users than their owners without a review. */
  readonly worksUnreviewed: boolean;
}

/**
 * Authenticates the client, uses up its code and stores the first tokens of a new family; returns
 * undefined and changes nothing if any condition fails.
 */
export async function exchangeCode(
  database: Database,
  values: ExchangeValues,
): Promise<RedemptionRow | undefined> {
  const [row] = await database.write<RedemptionRow>(EXCHANGE, parameters(values));
  return row;
}

/**
 * Does the same without authentication of the client, for a code that its owner was given as the user.
 * The caller has made sure of who that is.
 */
export async function exchangeOwnCode(
  database: Database,
  values: ExchangeValues,
  ownerId: string,
): Promise<RedemptionRow | undefined> {
  const [row] = await database.write<RedemptionRow>(OWNER_EXCHANGE, [
    ...parameters({ ...values, secretHash: undefined }),
    ownerId,
  ]);
  return row;
}

function parameters(values: ExchangeValues): unknown[] {
  return [
    ...toParameters(values),
    values.redirectUri,
    values.codeChallenge ?? null,
    values.worksUnreviewed,
  ];
}
