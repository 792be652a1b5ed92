/** An API service of the platform: it may introspect access tokens, and do nothing else. */
export interface ResourceServer {
  readonly clientId: string;
  readonly name: string;
  /** URIs by which applications ask for tokens for this service. */
  readonly resources: readonly string[];
  /** Tokens that are for no particular service are inactive for this one. */
  readonly requireAudience: boolean;
  readonly createdAt: Date;
}

/** The part of a resource server that operators set. */
export type ResourceServerDetails = Pick<ResourceServer, 'name' | 'resources' | 'requireAudience'>;
