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
/** One of `LOG_KINDS`. */
export type LogKind = (typeof LOG_KINDS)[number];

/** Kind and sentence of an action. `alarming`: somebody should look at it. */
export interface LogWords {
  readonly kind: LogKind;
  readonly text: ConsoleText;
  readonly alarming?: true;
}

/** Words of every action. */
export const LOG_WORDS: Readonly<Record<AuditAction, LogWords>> = {
  'stagedoor.user.signed_in': { kind: 'sign_ins', text: 'console.log.signed_in' },
  'stagedoor.user.sign_in_failed': {
    kind: 'sign_ins',
    text: 'console.log.sign_in_failed',
    alarming: true,
  },
  'stagedoor.user.sign_in_throttled': {
    kind: 'sign_ins',
    text: 'console.log.sign_in_throttled',
    alarming: true,
  },
  'stagedoor.user.signed_out': { kind: 'sign_ins', text: 'console.log.signed_out' },
  'stagedoor.user.sessions_ended': { kind: 'sign_ins', text: 'console.log.sessions_ended' },
  'stagedoor.user.password_changed': { kind: 'accounts', text: 'console.log.password_changed' },
  'stagedoor.user.preferences_changed': {
    kind: 'accounts',
    text: 'console.log.preferences_changed',
  },
  'stagedoor.user.oauth.authorized': { kind: 'authorizations', text: 'console.log.authorized' },
  'stagedoor.user.oauth.denied': { kind: 'authorizations', text: 'console.log.denied' },
  'stagedoor.user.oauth.narrowed': { kind: 'authorizations', text: 'console.log.narrowed' },
  'stagedoor.user.oauth.revoked': { kind: 'authorizations', text: 'console.log.revoked' },
  'stagedoor.directory.user.changed': { kind: 'accounts', text: 'console.log.user_changed' },
  'stagedoor.directory.user.deleted': { kind: 'accounts', text: 'console.log.user_deleted' },
  'stagedoor.directory.organizer.changed': {
    kind: 'directory',
    text: 'console.log.organizer_changed',
  },
  'stagedoor.directory.organizer.deleted': {
    kind: 'directory',
    text: 'console.log.organizer_deleted',
  },
  'stagedoor.directory.team.changed': { kind: 'directory', text: 'console.log.team_changed' },
  'stagedoor.directory.team.deleted': { kind: 'directory', text: 'console.log.team_deleted' },
  'stagedoor.application.registered': { kind: 'applications', text: 'console.log.registered' },
  'stagedoor.application.changed': { kind: 'applications', text: 'console.log.changed' },
  'stagedoor.application.trust_changed': {
    kind: 'applications',
    text: 'console.log.trust_changed',
    alarming: true,
  },
  'stagedoor.application.deleted': { kind: 'applications', text: 'console.log.deleted' },
  'stagedoor.application.suspended': { kind: 'applications', text: 'console.log.suspended' },
  'stagedoor.application.resumed': { kind: 'applications', text: 'console.log.resumed' },
  'stagedoor.application.reviewed': { kind: 'applications', text: 'console.log.reviewed' },
  'stagedoor.application.review_requested': {
    kind: 'applications',
    text: 'console.log.review_requested',
  },
  'stagedoor.application.review_questioned': {
    kind: 'applications',
    text: 'console.log.review_questioned',
  },
  'stagedoor.application.enabled': { kind: 'applications', text: 'console.log.enabled' },
  'stagedoor.application.disabled': { kind: 'applications', text: 'console.log.disabled' },
  'stagedoor.application.secret_added': { kind: 'applications', text: 'console.log.secret_added' },
  'stagedoor.application.secret_deleted': {
    kind: 'applications',
    text: 'console.log.secret_deleted',
  },
  'stagedoor.application.key_added': { kind: 'applications', text: 'console.log.key_added' },
  'stagedoor.application.key_deleted': { kind: 'applications', text: 'console.log.key_deleted' },
  'stagedoor.application.authentication_failed': {
    kind: 'applications',
    text: 'console.log.application_failed',
    alarming: true,
  },
  'stagedoor.application.transfer_offered': {
    kind: 'applications',
    text: 'console.log.transfer_offered',
  },
  'stagedoor.application.transfer_withdrawn': {
    kind: 'applications',
    text: 'console.log.transfer_withdrawn',
  },
  'stagedoor.application.transfer_accepted': {
    kind: 'applications',
    text: 'console.log.transfer_accepted',
  },
  'stagedoor.application.transfer_declined': {
    kind: 'applications',
    text: 'console.log.transfer_declined',
  },
  'stagedoor.client_host.blocked': { kind: 'applications', text: 'console.log.host_blocked' },
  'stagedoor.client_host.unblocked': { kind: 'applications', text: 'console.log.host_unblocked' },
  'stagedoor.client_document.failed': {
    kind: 'applications',
    text: 'console.log.document_failed',
    alarming: true,
  },
  'stagedoor.client.authentication_failed': {
    kind: 'applications',
    text: 'console.log.unknown_client_failed',
    alarming: true,
  },
  'stagedoor.keys.rotated': { kind: 'operators', text: 'console.log.keys_rotated' },
  'stagedoor.resource_server.registered': {
    kind: 'services',
    text: 'console.log.server_registered',
  },
  'stagedoor.resource_server.changed': { kind: 'services', text: 'console.log.server_changed' },
  'stagedoor.resource_server.deleted': { kind: 'services', text: 'console.log.server_deleted' },
  'stagedoor.resource_server.secret_added': {
    kind: 'services',
    text: 'console.log.server_secret_added',
  },
  'stagedoor.resource_server.secret_deleted': {
    kind: 'services',
    text: 'console.log.server_secret_deleted',
  },
  'stagedoor.resource_server.authentication_failed': {
    kind: 'services',
    text: 'console.log.server_failed',
    alarming: true,
  },
  'stagedoor.operator_token.created': { kind: 'operators', text: 'console.log.token_created' },
  'stagedoor.operator_token.revoked': { kind: 'operators', text: 'console.log.token_revoked' },
  'stagedoor.operator_token.authentication_failed': {
    kind: 'operators',
    text: 'console.log.token_failed',
    alarming: true,
  },
  'stagedoor.operator.called': { kind: 'operators', text: 'console.log.called' },
  'stagedoor.operator.command': { kind: 'operators', text: 'console.log.command' },
  'stagedoor.server.configured': { kind: 'operators', text: 'console.log.configured' },
};

/** Returns the actions of a kind. */
export function actionsOf(kind: LogKind): string[] {
  return Object.entries(LOG_WORDS)
    .filter(([, words]) => words.kind === kind)
    .map(([action]) => action);
}
