/** An API service of the platform: it may introspect any access token, and do nothing else. */
export interface ResourceServer {
  readonly clientId: string;
  readonly name: string;
  readonly createdAt: Date;
}
