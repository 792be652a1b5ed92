import type { Actor, Origin } from '../lib/actor.ts';

/** Everything that is logged. The display sentences are in the message catalogues, by these names. */
export type AuditAction =
  | 'stagedoor.user.signed_in'
  | 'stagedoor.user.sign_in_failed'
  | 'stagedoor.user.sign_in_throttled'
  | 'stagedoor.user.signed_out'
  | 'stagedoor.user.sessions_ended'
  | 'stagedoor.user.password_changed'
  | 'stagedoor.user.preferences_changed'
  | 'stagedoor.user.oauth.authorized'
  | 'stagedoor.user.oauth.denied'
  | 'stagedoor.user.oauth.narrowed'
  | 'stagedoor.user.oauth.revoked'
  | 'stagedoor.directory.user.changed'
  | 'stagedoor.directory.user.deleted'
  | 'stagedoor.directory.organizer.changed'
  | 'stagedoor.directory.organizer.deleted'
  | 'stagedoor.directory.team.changed'
  | 'stagedoor.directory.team.deleted'
  | 'stagedoor.application.registered'
  | 'stagedoor.application.changed'
  | 'stagedoor.application.trust_changed'
  | 'stagedoor.application.deleted'
  | 'stagedoor.application.suspended'
  | 'stagedoor.application.resumed'
  | 'stagedoor.application.reviewed'
  | 'stagedoor.application.review_requested'
  | 'stagedoor.application.review_questioned'
  | 'stagedoor.application.enabled'
  | 'stagedoor.application.disabled'
  | 'stagedoor.application.secret_added'
  | 'stagedoor.application.secret_deleted'
  | 'stagedoor.application.key_added'
  | 'stagedoor.application.key_deleted'
  | 'stagedoor.application.authentication_failed'
  | 'stagedoor.application.transfer_offered'
  | 'stagedoor.application.transfer_withdrawn'
  | 'stagedoor.application.transfer_accepted'
  | 'stagedoor.application.transfer_declined'
  | 'stagedoor.client_host.blocked'
  | 'stagedoor.client_host.unblocked'
  | 'stagedoor.client_document.failed'
  | 'stagedoor.keys.rotated'
  | 'stagedoor.resource_server.registered'
  | 'stagedoor.resource_server.changed'
  | 'stagedoor.resource_server.deleted'
  | 'stagedoor.resource_server.secret_added'
  | 'stagedoor.resource_server.secret_deleted'
  | 'stagedoor.resource_server.authentication_failed'
  | 'stagedoor.client.authentication_failed'
  | 'stagedoor.operator_token.created'
  | 'stagedoor.operator_token.revoked'
  | 'stagedoor.operator_token.authentication_failed'
  | 'stagedoor.operator.called'
  | 'stagedoor.operator.command'
  | 'stagedoor.server.configured';

/** One entry of the log, as it is written. */
export interface AuditEvent {
  readonly action: AuditAction;
  readonly actor: Actor;
  /** User in whose log it is listed. */
  readonly userId?: string | undefined;
  readonly clientId?: string | undefined;
  readonly grantId?: string | undefined;
  readonly origin?: Origin | undefined;
  /** Time of the event by the database's clock; by default the start of the transaction. */
  readonly at?: Date;
  /** Values for the sentence that describes the event. Never a secret, token, code or password. */
  readonly data?: Record<string, unknown>;
}
