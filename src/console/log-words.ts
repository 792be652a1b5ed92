import type { AuditAction } from '../audit/event.ts';
import type { ConsoleText } from './texts.ts';

/** Kinds of log entries that operators filter by, in the order of the filter. */
export const LOG_KINDS = [
  'authorizations',
  'sign_ins',
  'accounts',
  'applications',
  'directory',
  'services',
  'operators',
] as const;
export type LogKind = (typeof LOG_KINDS)[number];

/** Kind of an action, its sentence as `console.log.<text>`, and whether somebody should look at it. */
type LogWords = readonly [kind: LogKind, text: LogText, alarming?: 'alarming'];
type LogText = {
  [Key in ConsoleText]: Key extends `console.log.${infer Name}` ? Name : never;
}[ConsoleText];

/** Words of every action. */
export const LOG_WORDS: Readonly<Record<AuditAction, LogWords>> = {
  'stagedoor.user.signed_in': ['sign_ins', 'signed_in'],
  'stagedoor.user.sign_in_failed': ['sign_ins', 'sign_in_failed', 'alarming'],
  'stagedoor.user.sign_in_throttled': ['sign_ins', 'sign_in_throttled', 'alarming'],
  'stagedoor.user.signed_out': ['sign_ins', 'signed_out'],
  'stagedoor.user.sessions_ended': ['sign_ins', 'sessions_ended'],
  'stagedoor.user.password_changed': ['accounts', 'password_changed'],
  'stagedoor.user.preferences_changed': ['accounts', 'preferences_changed'],
  'stagedoor.user.oauth.authorized': ['authorizations', 'authorized'],
  'stagedoor.user.oauth.denied': ['authorizations', 'denied'],
  'stagedoor.user.oauth.narrowed': ['authorizations', 'narrowed'],
  'stagedoor.user.oauth.revoked': ['authorizations', 'revoked'],
  'stagedoor.directory.user.changed': ['accounts', 'user_changed'],
  'stagedoor.directory.user.deleted': ['accounts', 'user_deleted'],
  'stagedoor.directory.organizer.changed': ['directory', 'organizer_changed'],
  'stagedoor.directory.organizer.deleted': ['directory', 'organizer_deleted'],
  'stagedoor.directory.team.changed': ['directory', 'team_changed'],
  'stagedoor.directory.team.deleted': ['directory', 'team_deleted'],
  'stagedoor.application.registered': ['applications', 'registered'],
  'stagedoor.application.changed': ['applications', 'changed'],
  'stagedoor.application.trust_changed': ['applications', 'trust_changed', 'alarming'],
  'stagedoor.application.deleted': ['applications', 'deleted'],
  'stagedoor.application.suspended': ['applications', 'suspended'],
  'stagedoor.application.resumed': ['applications', 'resumed'],
  'stagedoor.application.reviewed': ['applications', 'reviewed'],
  'stagedoor.application.review_requested': ['applications', 'review_requested'],
  'stagedoor.application.review_questioned': ['applications', 'review_questioned'],
  'stagedoor.application.enabled': ['applications', 'enabled'],
  'stagedoor.application.disabled': ['applications', 'disabled'],
  'stagedoor.application.secret_added': ['applications', 'secret_added'],
  'stagedoor.application.secret_deleted': ['applications', 'secret_deleted'],
  'stagedoor.application.key_added': ['applications', 'key_added'],
  'stagedoor.application.key_deleted': ['applications', 'key_deleted'],
  'stagedoor.application.authentication_failed': ['applications', 'application_failed', 'alarming'],
  'stagedoor.application.transfer_offered': ['applications', 'transfer_offered'],
  'stagedoor.application.transfer_withdrawn': ['applications', 'transfer_withdrawn'],
  'stagedoor.application.transfer_accepted': ['applications', 'transfer_accepted'],
  'stagedoor.application.transfer_declined': ['applications', 'transfer_declined'],
  'stagedoor.client_host.blocked': ['applications', 'host_blocked'],
  'stagedoor.client_host.unblocked': ['applications', 'host_unblocked'],
  'stagedoor.client_document.failed': ['applications', 'document_failed', 'alarming'],
  'stagedoor.client.authentication_failed': ['applications', 'unknown_client_failed', 'alarming'],
  'stagedoor.keys.rotated': ['operators', 'keys_rotated'],
  'stagedoor.resource_server.registered': ['services', 'server_registered'],
  'stagedoor.resource_server.changed': ['services', 'server_changed'],
  'stagedoor.resource_server.deleted': ['services', 'server_deleted'],
  'stagedoor.resource_server.secret_added': ['services', 'server_secret_added'],
  'stagedoor.resource_server.secret_deleted': ['services', 'server_secret_deleted'],
  'stagedoor.resource_server.authentication_failed': ['services', 'server_failed', 'alarming'],
  'stagedoor.operator_token.created': ['operators', 'token_created'],
  'stagedoor.operator_token.revoked': ['operators', 'token_revoked'],
  'stagedoor.operator_token.authentication_failed': ['operators', 'token_failed', 'alarming'],
  'stagedoor.operator.called': ['operators', 'called'],
  'stagedoor.operator.command': ['operators', 'command'],
  'stagedoor.server.configured': ['operators', 'configured'],
};

export function actionsOf(kind: LogKind): string[] {
  return Object.entries(LOG_WORDS)
    .filter(([, [one]]) => one === kind)
    .map(([action]) => action);
}
