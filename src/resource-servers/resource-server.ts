/** An API service of the platform: it may introspect any access token, and do nothing else. */
export interface ResourceServer {
  readonly clientId: string;
  readonly name: string;
  readonly createdAt: Date;
}

/** One of its secrets, without the secret. */
export interface ResourceServerSecret {
  readonly id: string;
  readonly label: string;
  /** Null: older than the notes of these characters. */
  readonly lastFour: string | null;
  readonly createdAt: Date;
  /** When an introspection was last authenticated by it, to the minute. */
  readonly lastUsedAt: Date | null;
  /** Null: it stays good until it is deleted. */
  readonly expiresAt: Date | null;
}
