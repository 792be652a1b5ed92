import { type SqlBool, sql } from 'kysely';
import type { Application } from '../applications/application.ts';
import { type FoundClient, withSecrets } from '../applications/store.ts';
import type { Db } from '../db/database.ts';
import type { JsonRow } from '../db/json-row.ts';
import { preparedQuery } from '../db/prepared-query.ts';
import type { Grant } from '../grants/grant.ts';
import { grantOf } from '../grants/store.ts';
import { isClientId } from '../lib/client-id.ts';
import { hashOf } from '../lib/credentials.ts';
import { type FoundSession, liveSession } from '../sessions/session-store.ts';
import type { User } from '../users/user.ts';
import {
  type InteractionRow,
  liveInteraction,
  type StoredInteraction,
  toInteraction,
} from './interaction-store.ts';

/** Credentials of a browser, and the client that its request names. */
export interface FlowKeys {
  readonly sessionId: string;
  readonly interactionId?: string | undefined;
  readonly clientId?: string | undefined;
}

/** Rows that a step of an authorization request needs. */
export interface FlowRows {
  readonly session: FoundSession | undefined;
  readonly interaction: StoredInteraction | undefined;
  /** The client of the interaction, or else the named one; undefined without a session. */
  readonly client: FoundClient | undefined;
  /** The grant that the user has just given; undefined before the consent. */
  readonly grant: Grant | undefined;
}

interface Row {
  readonly session: JsonRow<
    User & { uid: string; authenticated_at: Date | null; expires_at: Date }
  > | null;
  readonly interaction:
    | (JsonRow<Omit<InteractionRow, 'pushed_request'>> & { pushed_request: string | null })
    | null;
  readonly application: JsonRow<Application & { secretHashes: string[] }> | null;
  readonly given: JsonRow<Grant> | null;
}

const flowQuery = (lock: boolean) =>
  preparedQuery<
    { sessionHash: Uint8Array; interactionHash: Uint8Array; clientId: string | null },
    Row
  >((db, param) => {
    const session = liveSession(db, param('sessionHash'), lock);
    // Always true, and lets PostgreSQL lock the interaction only after the session's user.
    const interaction = liveInteraction(db, param('interactionHash'), lock).where(
      sql<SqlBool>`(select count(*) from session) >= 0`,
    );
    const clientId = sql<string>`coalesce((select client_id from interaction), ${param('clientId')})`;
    const application = withSecrets(db, { lock })
      .where('client_id', '=', clientId)
      .where(sql<SqlBool>`exists (select from session)`);
    const given = grantOf(
      db,
      sql<string>`(select result #>> '{consent,grantId}' from interaction)`,
    );
    return sql<Row>`
      with session as ${session}, interaction as ${interaction}, application as ${application},
        given as ${given}
      select to_json(session) as session, to_json(interaction) as interaction,
        to_json(application) as application, to_json(given) as given
      from (values (1)) flow
        left join session on true left join interaction on true left join application on true
        left join given on true
    `;
  });
const readRows = flowQuery(false);
const lockRows = flowQuery(true);

/**
 * Reads session, interaction, client and given grant by one statement. Inside a transaction it locks their rows in
 * the order user, request, application: each part of the statement depends on the part before it.
 */
export async function selectFlow(db: Db, keys: FlowKeys): Promise<FlowRows> {
  const [row] = await (db.isTransaction ? lockRows : readRows)(db, {
    sessionHash: hashOf(keys.sessionId),
    interactionHash: hashOf(keys.interactionId ?? ''),
    clientId: keys.clientId !== undefined && isClientId(keys.clientId) ? keys.clientId : null,
  });
  return {
    session: row?.session ? toSession(row.session) : undefined,
    interaction: row?.interaction ? toStored(row.interaction) : undefined,
    client: row?.application ? toClient(row.application) : undefined,
    grant: row?.given ? { ...row.given, endsAt: toDate(row.given.endsAt) } : undefined,
  };
}

function toSession(row: NonNullable<Row['session']>): FoundSession {
  const { uid, authenticated_at, expires_at, ...user } = row;
  return {
    uid,
    authenticatedAt: toDate(authenticated_at) ?? undefined,
    expiresAt: new Date(expires_at),
    user,
  };
}

function toStored(row: NonNullable<Row['interaction']>): StoredInteraction {
  const { pushed_request, expires_at } = row;
  return toInteraction({
    ...row,
    // PostgreSQL writes binary data as \x and hexadecimal digits.
    pushed_request: pushed_request === null ? null : Buffer.from(pushed_request.slice(2), 'hex'),
    expires_at: new Date(expires_at),
  });
}

function toClient(row: NonNullable<Row['application']>): FoundClient {
  const { secretHashes, ...rest } = row;
  const application = {
    ...rest,
    suspendedAt: toDate(rest.suspendedAt),
    reviewedAt: toDate(rest.reviewedAt),
    createdAt: new Date(rest.createdAt),
    updatedAt: new Date(rest.updatedAt),
  };
  return { application, secretHashes };
}

function toDate(text: string | null): Date | null {
  return text === null ? null : new Date(text);
}
