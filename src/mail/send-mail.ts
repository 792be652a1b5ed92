import type { Db } from '../db/database.ts';
import { type BackgroundWork, runInBackground } from '../lib/background-work.ts';
import { StagedoorError } from '../lib/errors.ts';
import type { Logger } from '../lib/log.ts';
import { type ComposeDeps, composeMail, mailLogo } from './compose-mail.ts';
import { type QueuedMail, traceparentIn } from './mail.ts';
import { updateMailFailed } from './outbox-store.ts';
import { MailFailure, type MailTransport } from './transport.ts';

/** Dependencies of sending. */
export interface SendDeps extends ComposeDeps {
  readonly db: Db;
  readonly transport: MailTransport;
  readonly log: Logger;
  /** Notes that the mail with this ID was delivered. */
  readonly noteSent: (id: string) => Promise<void>;
}

const MINUTE = 60;
const DAY = 24 * 60 * MINUTE;

/**
 * Tries once to deliver a mail that this process holds a lease on, outside of any transaction, and
 * notes how it went. Never rejects. Where the outcome can't be noted the lease runs out and the
 * mail goes out again, under the same Message-ID.
 */
export function sendMail(deps: SendDeps, mail: QueuedMail, signal: AbortSignal): Promise<void> {
  const { id, kind, attempts } = mail;
  const work: BackgroundWork = {
    name: `mail ${kind}`,
    attributes: { 'stagedoor.mail.id': id, 'stagedoor.mail.attempt': attempts },
    cause: traceparentIn(mail.data),
  };
  return runInBackground(work, async () => {
    try {
      const failure = await attempt(deps, mail, signal);
      if (failure === undefined) {
        await deps.noteSent(id);
      } else {
        work.failure = failure.reason;
        await recordFailure(deps, mail, failure);
      }
    } catch (err) {
      work.failure = 'not recorded';
      deps.log.warn({ err, mail: id, kind }, 'Outcome of a mail not recorded');
    }
  });
}

async function attempt(
  deps: SendDeps,
  mail: QueuedMail,
  signal: AbortSignal,
): Promise<MailFailure | undefined> {
  try {
    const messageId = `<${mail.id}@${new URL(deps.issuer).hostname}>`;
    await deps.transport.send(
      {
        ...composeMail(deps, mail),
        id: mail.id,
        messageId,
        recipient: mail.recipient,
        date: mail.createdAt,
        logo: mailLogo(deps.platform),
      },
      signal,
    );
    return undefined;
  } catch (error) {
    return error instanceof MailFailure ? error : notComposed(error);
  }
}

// Not permanent: in the middle of an upgrade, a newer process may know the kind.
function notComposed(error: unknown): MailFailure {
  const message = error instanceof StagedoorError ? error.message : 'It could not be written.';
  return new MailFailure(message, `not composed: ${codeOf(error)}`, false, { cause: error });
}

async function recordFailure(
  deps: SendDeps,
  mail: QueuedMail,
  failure: MailFailure,
): Promise<void> {
  const retrySeconds = failure.permanent ? undefined : retryDelay(mail.attempts);
  deps.log.warn(
    {
      mail: mail.id,
      kind: mail.kind,
      attempt: mail.attempts,
      reason: failure.reason,
      retrySeconds,
    },
    retrySeconds === undefined ? 'Mail given up' : 'Mail delivery failed; retrying later',
  );
  await updateMailFailed(deps.db, mail, { error: failure.message, retrySeconds });
}

/**
 * Seconds to wait after the given number of attempts: a minute, then twice as long each time, and a
 * last attempt when a day of waiting is full. Counted in attempts, not by the clock: where this
 * server itself was down for a day, mails still get theirs.
 * @returns undefined when it is to be given up
 */
export function retryDelay(attempts: number): number | undefined {
  const waited = MINUTE * (2 ** (attempts - 1) - 1);
  return waited >= DAY ? undefined : Math.min(MINUTE * 2 ** (attempts - 1), DAY - waited);
}

function codeOf(error: unknown): string {
  return error instanceof Error && 'code' in error ? String(error.code) : 'ERROR';
}
