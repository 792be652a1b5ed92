import type { Database } from '../db/database.ts';
import { atMost } from '../lib/at-most.ts';
import type { Logger } from '../lib/log.ts';
import type { ComposeDeps } from './compose-mail.ts';
import type { QueuedMail } from './mail.ts';
import { noteTogether } from './note-together.ts';
import { claimDueMails, releaseMails, updateMailsSent } from './outbox-store.ts';
import { type SendDeps, sendMail } from './send-mail.ts';
import type { MailTransport } from './transport.ts';

/** Dependencies of the sender. Times in milliseconds. */
export interface MailSenderOptions extends ComposeDeps {
  readonly database: Database;
  readonly transport: MailTransport;
  readonly log: Logger;
  /** Interval of reading the outbox, 2 s by default. */
  readonly intervalMs?: number;
  /** Seconds for which a mail belongs to the process that took it, 300 by default. */
  readonly leaseSeconds?: number;
}

/** The background sender of the outbox. */
export interface MailSender {
  /** Reads the outbox now, because there is a new mail. */
  wake(): void;
  /**
   * Stops. Resolves when no mail is being sent: mails under way get a few seconds, then their
   * connections are closed and they are retried later. The database must stay open until then.
   */
  stop(): Promise<void>;
}

/** Mails on their way at the same time, each on a connection of its own. */
const SLOTS = 10;
const LEASE_SECONDS = 300;
/** Of the lease: no other process takes a mail that is still on its way. */
const SEND_SHARE = 0.4;
const INTERVAL = 2_000;
/** Free slots for which more mails are taken at once: one statement takes several. */
const REFILL = SLOTS / 2;
/** Milliseconds after which more mails are taken for fewer slots. */
const REFILL_DELAY = 50;
const GRACE = 5_000;
/** Time that a stop waits for the outbox to be read. */
const READ_LIMIT = 2_000;

/**
 * Starts to send what is in the outbox. Any number of processes may do so: each mail is taken by
 * one of them on a lease, and sent outside of any transaction.
 */
export function startMailSender(options: MailSenderOptions): MailSender {
  const { database, leaseSeconds = LEASE_SECONDS, ...others } = options;
  const { db } = database;
  const noteSent = noteTogether((ids: readonly string[]) => updateMailsSent(db, ids));
  const deps: SendDeps = { db, noteSent, ...others };
  const alarm = createAlarm();
  const sendLimit = leaseSeconds * SEND_SHARE * 1000;
  const inFlight = new Set<Promise<void>>();
  // The last time there were as many as asked for.
  let mayBeMore = false;
  const cut = new AbortController();
  let stopping: Promise<void> | undefined;

  const send = (mail: QueuedMail) => {
    const limit = AbortSignal.any([cut.signal, AbortSignal.timeout(sendLimit)]);
    const sent = sendMail(deps, mail, limit).finally(() => {
      inFlight.delete(sent);
      if (mayBeMore && SLOTS - inFlight.size >= REFILL) {
        alarm.ring();
      }
    });
    inFlight.add(sent);
  };

  const run = async () => {
    const claim = createClaim(deps, leaseSeconds);
    while (stopping === undefined) {
      const free = SLOTS - inFlight.size;
      const mails = free > 0 ? await claim(free) : [];
      mayBeMore = mails.length === free;
      if (stopping !== undefined) {
        // They come back by themselves when their lease ends, if this fails.
        await releaseMails(db, mails).catch(() => {});
        return;
      }
      mails.forEach(send);
      await alarm.sleep(mayBeMore ? REFILL_DELAY : (options.intervalMs ?? INTERVAL));
    }
  };
  const running = run();

  const stop = async () => {
    alarm.ring();
    await atMost(READ_LIMIT, running);
    const grace = setTimeout(() => cut.abort(), GRACE);
    await Promise.all(inFlight);
    clearTimeout(grace);
  };
  return {
    wake: alarm.ring,
    stop: () => {
      stopping ??= stop();
      return stopping;
    },
  };
}

/** Returns due mails, or none while the database is unreachable; logs once per outage. */
function createClaim(
  { db, log }: SendDeps,
  leaseSeconds: number,
): (slots: number) => Promise<QueuedMail[]> {
  let unreachable = false;
  return async (slots) => {
    try {
      const mails = await claimDueMails(db, slots, leaseSeconds);
      if (unreachable) {
        log.info('Mail outbox readable again');
      }
      unreachable = false;
      return mails;
    } catch (err) {
      if (!unreachable) {
        log.warn({ err }, 'Mail outbox unreadable');
      }
      unreachable = true;
      return [];
    }
  };
}

/**
 * Creates a sleep that can be interrupted. An interrupt without a sleeper ends the next sleep at
 * once.
 */
function createAlarm(): { ring(): void; sleep(milliseconds: number): Promise<void> } {
  let rung = false;
  let wakeUp = () => {};
  return {
    ring: () => {
      rung = true;
      wakeUp();
    },
    sleep: async (milliseconds) => {
      if (!rung) {
        await new Promise<void>((resolve) => {
          const timer = setTimeout(resolve, milliseconds);
          wakeUp = () => {
            clearTimeout(timer);
            resolve();
          };
        });
      }
      rung = false;
    },
  };
}
