import { found, StagedoorError, ValidationError } from '../lib/errors.ts';

/** Usable secrets of one client at a time. */
export const SECRET_LIMIT = 5;
/** Longest label, in characters. */
export const LABEL_LIMIT = 100;

/** A secret of an application or a resource server. Of the secret itself only the hash is stored. */
export interface ClientSecret {
  readonly id: string;
  readonly label: string;
  /** Null for a secret of a resource server that is older than this column. */
  readonly lastFour: string | null;
  readonly createdAt: Date;
  /** The last request that it authenticated, to the minute. */
  readonly lastUsedAt: Date | null;
  /** Null: it does not expire. */
  readonly expiresAt: Date | null;
}

/** Returns true unless the secret has expired. */
export function isUsable({ expiresAt }: Pick<ClientSecret, 'expiresAt'>): boolean {
  return expiresAt === null || expiresAt.getTime() > Date.now();
}

/** @throws ValidationError if there are as many usable secrets as a client may have */
export function assertRoom(secrets: readonly ClientSecret[], client: string): void {
  if (secrets.filter(isUsable).length >= SECRET_LIMIT) {
    throw new ValidationError({
      secret: [`${client} has at most ${SECRET_LIMIT} secrets. Delete one that is not used.`],
    });
  }
}

/**
 * Finds the secret that is to be deleted.
 * @param advice completes the error message for the last usable secret
 * @param hasKeys the client can authenticate without a secret
 * @throws StagedoorError `not_found`; `conflict` for the last usable one, without which the client
 *   could not authenticate
 */
export function findDeletable(
  secrets: readonly ClientSecret[],
  id: string,
  advice: string,
  hasKeys = false,
): ClientSecret {
  const secret = found(secrets.find((one) => one.id === id));
  if (!hasKeys && isUsable(secret) && secrets.filter(isUsable).length === 1) {
    throw new StagedoorError('conflict', `This is the last secret. ${advice}`);
  }
  return secret;
}
