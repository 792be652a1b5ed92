import type { ColumnType, Generated } from 'kysely';
import type { LocalizedText } from '../lib/localized-text.ts';
import type { PublicJwk } from '../lib/public-jwk.ts';

/** A timestamptz that the database fills in where none is given. */
type CreatedAt = ColumnType<Date, Date | undefined, Date>;
/** A jsonb column: read as a value, written as JSON text (both engines take that alike). */
type Json<T> = ColumnType<T, string, string>;

/** Row types of `migrations/`, snake_case as in SQL. */
export interface Schema {
  users: {
    id: string;
    email: string;
    email_key: string;
    full_name: Generated<string>;
    locale: Generated<string>;
    timezone: Generated<string>;
    chosen_locale: string | null;
    chosen_timezone: string | null;
    is_active: Generated<boolean>;
    is_operator: Generated<boolean>;
    password_hash: string | null;
    created_at: CreatedAt;
    updated_at: CreatedAt;
  };
  user_identities: { issuer: string; subject: string; user_id: string; created_at: CreatedAt };
  organizers: {
    slug: string;
    name: Json<LocalizedText>;
    created_at: CreatedAt;
    updated_at: CreatedAt;
  };
  teams: {
    organizer_slug: string;
    id: string;
    name: Generated<string>;
    permissions: Generated<string[]>;
    all_events: Generated<boolean>;
    limit_events: Generated<string[]>;
    created_at: CreatedAt;
    updated_at: CreatedAt;
  };
  memberships: { user_id: string; organizer_slug: string; team_id: string };
  applications: {
    client_id: string;
    kind: Generated<'registered' | 'metadata_document' | 'dynamic'>;
    owner_id: string | null;
    name: string;
    description: Generated<string>;
    homepage_url: string | null;
    privacy_policy_url: string | null;
    terms_url: string | null;
    client_type: 'confidential' | 'public';
    redirect_uris: string[];
    scopes: string[];
    require_pkce: Generated<boolean>;
    is_active: Generated<boolean>;
    suspended_at: Date | null;
    suspension_reason: string | null;
    version: Generated<number>;
    reviewed_at: Date | null;
    name_skeleton: string | null;
    private_schemes: Generated<string[]>;
    reviewed_skeleton: string | null;
    reviewed_schemes: Generated<string[]>;
    fingerprint: string | null;
    jwks_uri: string | null;
    logo: string | null;
    created_at: CreatedAt;
    updated_at: CreatedAt;
  };
  operator_notices: { user_id: string; sent_at: CreatedAt; counted_until: Date };
  application_reviews: {
    client_id: string;
    requested_at: Date | null;
    question: string | null;
    asked_at: Date | null;
    reviewed_details: ColumnType<Record<string, unknown> | null, string | null, string | null>;
    reviewed_at: Date | null;
    reviewed_logo: Uint8Array | null;
  };
  application_logos: { client_id: string; hash: string; image: Uint8Array };
  application_usage: {
    client_id: string;
    users: number;
    last_used_at: Date | null;
    counted_at: CreatedAt;
  };
  token_counts: {
    client_id: string;
    at: Date;
    issued: number;
    refreshed: number;
    failed: Generated<number>;
    refresh_failed: Generated<number>;
    api_calls: Generated<number>;
  };
  application_days: {
    client_id: string;
    day: Date;
    users: number | null;
    issued: Generated<number>;
    refreshed: Generated<number>;
    failed: Generated<number>;
    refresh_failed: Generated<number>;
    api_calls: Generated<number>;
  };
  failure_notices: { client_id: string; muted: Generated<boolean>; sent_at: Date | null };
  client_documents: {
    client_id: string;
    fetched_at: Date;
    fresh_until: Date;
    failing_since: Date | null;
  };
  blocked_client_hosts: { host: string; reason: Generated<string>; created_at: CreatedAt };
  application_keys: {
    id: Generated<string>;
    client_id: string;
    kid: string;
    thumbprint: string;
    jwk: Json<PublicJwk>;
    created_at: CreatedAt;
    last_used_at: Generated<Date | null>;
    expires_at: Date | null;
  };
  application_secrets: {
    secret_hash: Uint8Array;
    id: Generated<string>;
    client_id: string;
    label: Generated<string>;
    last_four: string;
    created_at: CreatedAt;
    last_used_at: Date | null;
    expires_at: Date | null;
  };
  resource_servers: {
    client_id: string;
    name: string;
    require_audience: Generated<boolean>;
    created_at: CreatedAt;
  };
  resource_server_resources: { key: string; uri: string; client_id: string; position: number };
  resource_server_secrets: {
    secret_hash: Uint8Array;
    id: Generated<string>;
    client_id: string;
    label: Generated<string>;
    last_four: string | null;
    created_at: CreatedAt;
    last_used_at: Date | null;
    expires_at: Date | null;
  };
  grants: {
    id: string;
    user_id: string;
    client_id: string;
    scopes: string[];
    resources: Json<Record<string, string>> | null;
    created_at: CreatedAt;
    last_used_at: Date | null;
    expires_at: Date;
    ends_at: Date | null;
    last_used_ip: string | null;
    expiry_notice_at: Date | null;
    revoked_at: Date | null;
    revocation_reason:
      | 'revoked_by_user'
      | 'revoked_by_client'
      | 'revoked_by_operator'
      | 'reuse_detected'
      | 'leaked'
      | 'replaced'
      | null;
    fingerprint: string | null;
  };
  grant_organizers: { grant_id: string; organizer_slug: string };
  authorization_codes: {
    code_hash: Uint8Array;
    grant_id: string;
    redirect_uri: string;
    code_challenge: string | null;
    scopes: string[];
    application_version: number | null;
    jkt: string | null;
    issued_at: Date;
    expires_at: Date;
    consumed_at: Date | null;
    resources: string[] | null;
  };
  access_tokens: {
    token_hash: Uint8Array;
    grant_id: string;
    family_id: string;
    scopes: string[];
    jkt: string | null;
    issued_at: Date;
    expires_at: Date;
    superseded_at: Date | null;
    resource: string | null;
    resource_server: string | null;
  };
  refresh_tokens: {
    token_hash: Uint8Array;
    grant_id: string;
    family_id: string;
    scopes: string[];
    jkt: string | null;
    rotations: number;
    first_issued_at: Date;
    issued_at: Date;
    expires_at: Date;
    consumed_at: Date | null;
    successor_hash: Uint8Array | null;
    resources: string[] | null;
  };
  refresh_replays: {
    grant_id: string;
    successor_hash: Uint8Array;
    sealed: Uint8Array;
    expires_at: Date;
  };
  changes: { xid: Generated<string>; change: string };
  change_feed: {
    only_row: Generated<boolean>;
    epoch: Generated<string>;
    complete_from: string | null;
    next_complete_from: string | null;
    moved_at: CreatedAt;
  };
  dpop_proofs: { proof_hash: Uint8Array; expires_at: Date };
  known_devices: {
    user_id: string;
    device_hash: Uint8Array;
    first_seen_at: CreatedAt;
    last_seen_at: CreatedAt;
  };
  sessions: {
    id_hash: Uint8Array;
    uid: string;
    user_id: string | null;
    authenticated_at: Date | null;
    created_at: CreatedAt;
    last_seen_at: CreatedAt;
    expires_at: Date;
  };
  session_sign_ins: {
    session_uid: string;
    signed_in_at: Date | null;
    method: 'password' | 'upstream' | null;
    ip: string | null;
    user_agent: string | null;
    ended_at: Date | null;
  };
  upstream_sign_ins: {
    state_hash: Uint8Array;
    sealed: Uint8Array;
    created_at: CreatedAt;
    expires_at: Date;
    used_at: Date | null;
  };
  upstream_sessions: { session_uid: string; issuer: string; sid: string };
  upstream_logouts: {
    key_hash: Uint8Array;
    logged_out_at: Date;
    received_at: Date;
    expires_at: Date;
  };
  server_configuration: {
    only_row: Generated<boolean>;
    settings: Json<Record<string, unknown>>;
    noted_at: CreatedAt;
  };
  upstream_logout_tokens: { jti_hash: Uint8Array; expires_at: Date };
  interactions: {
    id_hash: Uint8Array;
    client_id: string;
    user_id: string | null;
    session_uid: string | null;
    grant_id: string | null;
    chain_id: string;
    prompt: Json<Record<string, unknown>>;
    params: Json<Record<string, unknown>>;
    trusted: Json<string[] | null> | null;
    result: Json<Record<string, unknown> | null> | null;
    last_submission: Json<Record<string, unknown> | null> | null;
    pushed_request: Uint8Array | null;
    candidate: Json<Record<string, unknown> | null> | null;
    created_at: CreatedAt;
    expires_at: Date;
    finished_at: Date | null;
  };
  pushed_authorization_requests: {
    id_hash: Uint8Array;
    request: string;
    trusted: boolean;
    issued_at: Date;
    expires_at: Date;
    consumed_at: Date | null;
  };
  audit_events: {
    id: ColumnType<string | number, never, never>;
    happened_at: CreatedAt;
    action: string;
    actor: string;
    user_id: string | null;
    client_id: string | null;
    grant_id: string | null;
    ip: string | null;
    user_agent: string | null;
    data: Json<Record<string, unknown>>;
  };
  mail_outbox: {
    id: Generated<string>;
    kind: string;
    recipient: string;
    locale: string;
    data: Json<Record<string, unknown>>;
    created_at: CreatedAt;
    attempts: Generated<number>;
    next_attempt_at: CreatedAt;
    sent_at: Date | null;
    failed_at: Date | null;
    last_error: string | null;
  };
  application_transfers: {
    client_id: string;
    to_email: string;
    to_user_id: string | null;
    from_user_id: string;
    created_at: CreatedAt;
  };
  client_errors: {
    id: ColumnType<string | number, never, never>;
    client_id: string;
    happened_at: CreatedAt;
    endpoint: 'authorize' | 'token' | 'revoke_token' | 'par' | 'introspect';
    error: string;
    reason: string;
    details: Json<Record<string, unknown>>;
  };
  operator_tokens: {
    id: string;
    name: string;
    token_hash: Uint8Array;
    last_four: string;
    rights: string[];
    created_by: string;
    parent_id: string | null;
    created_at: CreatedAt;
    expires_at: Date | null;
    last_used_at: Date | null;
  };
  authentication_failures: {
    hour: Date;
    endpoint: 'token' | 'revoke_token' | 'par' | 'introspect' | 'management';
    client_id: string;
    reason: 'wrong' | 'expired' | 'deleted' | 'unknown_client';
    ip: string;
    count: number;
  };
  ended_secrets: { secret_hash: Uint8Array; owner: string; ended_at: Generated<Date> };
  operator_token_names: { name: string; token_id: string | null; taken_at: CreatedAt };
  idempotent_calls: {
    operator: string;
    key_hash: Uint8Array;
    request_hash: Uint8Array;
    sealed_answer: Uint8Array | null;
    created_at: CreatedAt;
  };
  list_changes: {
    list: string;
    facet: Generated<string>;
    day: Date | null;
    entries: string | number;
    changes: Generated<string | number>;
    compacted: Generated<boolean>;
  };
  deletions: {
    id: Generated<string>;
    kind: 'user' | 'application';
    subject: string;
    requested_at: CreatedAt;
    notice: Json<Record<string, unknown>> | null;
    position: string | null;
    log_position: Generated<string | number>;
    grants: string | number | null;
    removed: Generated<string | number>;
    finished_at: Date | null;
  };
  jobs: {
    name: string;
    due_at: Date;
    holder: string | null;
    finished_at: Date | null;
    failed_at: Date | null;
    seconds: Generated<number>;
    rows: Generated<string | number>;
  };
  organizer_counters: {
    organizer_slug: string;
    /** An ID of a transaction, which is only compared. */
    complete_after: string | null;
    counted_at: Date | null;
  };
  list_versions: {
    list: string;
    version: ColumnType<string | number, string, string>;
    noted_at: Date;
  };
  rate_limits: {
    key: string;
    points: number;
    expire: ColumnType<string | number, string, string>;
  };
  signing_keys: {
    kid: string;
    alg: string;
    public_jwk: Json<Record<string, unknown>>;
    sealed_private_jwk: Uint8Array;
    created_at: CreatedAt;
    signs_from: Date;
    retired_at: Date | null;
  };
}
