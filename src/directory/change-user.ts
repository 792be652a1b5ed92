import { record } from '../audit/store.ts';
import type { Tx } from '../db/transaction.ts';
import type { Actor, Origin } from '../lib/actor.ts';
import { emailKey } from '../lib/email.ts';
import { enqueueMail } from '../mail/outbox-store.ts';
import { endSessionsOf } from '../sessions/end-sessions.ts';
import { updateUser } from '../users/change-user-store.ts';
import { notifyPasswordChanged } from '../users/notify-password-changed.ts';
import type { HashPassword } from '../users/password.ts';
import {
  type IdentityInput,
  type ProvisionedUser,
  type User,
  type UserInput,
  withPreferences,
} from '../users/user.ts';
import type { UserCredentials } from '../users/user-store.ts';
import { notifyIdentityChanged } from './notify-identity-changed.ts';
import { requireRightsOver, type UserEditor } from './operator-role.ts';
import { setIdentity } from './set-identity.ts';

const FIELDS = ['email', 'fullName', 'locale', 'timezone', 'isActive', 'isOperator'] as const;

/**
 * Makes a locked user exactly this. No difference: nothing is written or logged. Deactivating,
 * another password or another subject upstream signs the user out everywhere. The user gets a mail
 * about another e-mail address, password or subject.
 * @throws ValidationError where the e-mail address or the subject is another user's; StagedoorError
 *   `forbidden`, see `requireRightsOver`
 */
export async function changeUser(
  tx: Tx,
  editor: UserEditor,
  { user, passwordHash }: UserCredentials<ProvisionedUser>,
  { password, identity, isOperator = user.isOperator, ...given }: UserInput,
  hash: HashPassword,
): Promise<{ user: ProvisionedUser; changed: boolean }> {
  const { actor } = editor;
  const fields = { ...given, isOperator };
  const hashed = typeof password === 'string' ? await hash(password, passwordHash) : password;
  const newHash = hashed === undefined ? passwordHash : hashed;
  const replaced = identity && (await setIdentity(tx, user.id, identity));
  const changed = [
    ...FIELDS.filter((field) => fields[field] !== user[field]),
    ...(newHash === passwordHash ? [] : ['password']),
    ...(replaced === undefined ? [] : ['upstream_subject']),
  ];
  if (changed.length === 0) {
    return { user, changed: false };
  }
  requireRightsOver(editor, { before: user, after: fields }, changed);
  const updated = { id: user.id, ...fields, chosen: user.chosen };
  await updateUser(tx, updated, newHash);
  const isAnother = replaced !== undefined && replaced.before !== null;
  if (!updated.isActive || newHash !== passwordHash || isAnother) {
    await endSessionsOf(tx, user.id);
  }
  await tell(tx, actor, {
    before: user,
    after: updated,
    password: { before: passwordHash, after: newHash },
    identity: replaced && identity && { ...identity, ...replaced },
  });
  // A change of the password alone has its own entry.
  if (changed.some((field) => field !== 'password')) {
    const emails = { email_before: user.email, email_after: updated.email };
    const data = changed.includes('email') ? emails : {};
    await recordUserChange(tx, actor, user.id, { changed, data });
  }
  return { user: updated, changed: true };
}

/** Sends the mails about a change, to the e-mail address before it as well. */
async function tell(
  tx: Tx,
  actor: Actor,
  change: {
    readonly before: ProvisionedUser;
    readonly after: ProvisionedUser;
    readonly password: { readonly before: string | null; readonly after: string | null };
    readonly identity: (IdentityInput & { readonly before: string | null }) | undefined;
  },
): Promise<void> {
  const { before, password, identity } = change;
  const user = withPreferences(change.after);
  const isMoved = emailKey(before.email) !== emailKey(user.email);
  const recipients = isMoved ? [before.email, user.email] : [user.email];
  if (isMoved) {
    await notifyEmailChanged(tx, user, before.email);
  }
  if (password.before !== password.after) {
    const removed = password.after === null;
    const first = password.before === null;
    await notifyPasswordChanged(tx, { user, actor, removed, first, recipients });
  }
  if (identity !== undefined) {
    const { issuer, subject } = identity;
    const kind = subject === null ? 'removed' : identity.before === null ? 'linked' : 'replaced';
    await notifyIdentityChanged(tx, user, { kind, issuer, recipients });
  }
}

/** Logs that a user was created or changed; `changed` names the fields. */
export async function recordUserChange(
  tx: Tx,
  actor: Actor,
  userId: string,
  {
    changed,
    data = {},
    origin,
  }: {
    readonly changed: readonly string[];
    readonly data?: Readonly<Record<string, unknown>>;
    readonly origin?: Origin;
  },
): Promise<void> {
  await record(tx, {
    action: 'stagedoor.directory.user.changed',
    actor,
    userId,
    origin,
    data: { changed, ...data },
  });
}

/**
 * Notifies a user at both email addresses that one replaced the other. Neither mail names the other
 * address: one of the mailboxes may belong to another person or be mistyped.
 */
export async function notifyEmailChanged(tx: Tx, user: User, formerEmail: string): Promise<void> {
  const mails = [
    { recipient: formerEmail, isFormer: true },
    { recipient: user.email, isFormer: false },
  ];
  for (const { recipient, isFormer } of mails) {
    await enqueueMail(tx, {
      kind: 'email_changed',
      recipient,
      locale: user.locale,
      data: { at: new Date().toISOString(), timezone: user.timezone, isFormer },
    });
  }
}
