import { mkdir, rename, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { SendMailOptions } from 'nodemailer';
import type { Logo } from '../config/logo.ts';
import { lazy } from '../lib/lazy.ts';
import { isLoopbackHost } from '../lib/loopback.ts';
import { oneLine } from './mail-text.ts';

/** A mail that is ready to go. */
export interface OutgoingMail {
  /** Of the outbox. */
  readonly id: string;
  readonly messageId: string;
  readonly recipient: string;
  readonly locale: string;
  readonly subject: string;
  readonly text: string;
  readonly html: string;
  /** Time at which the mail was written, so that another attempt is the same mail. */
  readonly date: Date;
  /** Image that the HTML names `cid:logo`. */
  readonly logo?: Logo | undefined;
}

/** Takes mails to where they are delivered from. */
export interface MailTransport {
  /**
   * Resolves once the mail was taken over for good.
   * @throws MailFailure
   */
  send(mail: OutgoingMail, signal: AbortSignal): Promise<void>;
}

/** Settings of the transport. Timeouts in milliseconds. */
export interface TransportOptions {
  /** Unset: mails are written to `dataDir`/mail, one `.eml` file each. */
  readonly smtpUrl: string | undefined;
  readonly dataDir: string;
  readonly mailFrom: string;
  readonly timeouts?: {
    readonly connection: number;
    readonly greeting: number;
    readonly socket: number;
  };
}

/** A mail that was not taken. */
export class MailFailure extends Error {
  /** Says what failed without any address: for the log. */
  readonly reason: string;
  /** Another attempt can't succeed: the server does not take mail for this recipient. */
  readonly permanent: boolean;

  constructor(message: string, reason: string, permanent: boolean, options?: ErrorOptions) {
    super(message, options);
    this.name = 'MailFailure';
    this.reason = reason;
    this.permanent = permanent;
  }
}

const TIMEOUTS = { connection: 10_000, greeting: 10_000, socket: 30_000 };
/** Text in a mail must never include a file or a page. */
const CLOSED = { disableFileAccess: true, disableUrlAccess: true };
const ERROR_LIMIT = 300;
/** "No such mailbox" and "mailbox name not allowed" (RFC 5321 §4.2.3). */
const RECIPIENT_REFUSED = [550, 553];

/** Sends by SMTP, or without a server writes files that any mail program opens. */
export function createTransport(options: TransportOptions): MailTransport {
  return options.smtpUrl === undefined
    ? fileTransport(options)
    : smtpTransport(options, options.smtpUrl);
}

/**
 * Connects to the mail server and signs in, without a mail.
 * @throws MailFailure
 */
export async function verifyMailServer(options: TransportOptions, url: string): Promise<void> {
  const transporter = await createSmtp(options, url);
  try {
    await transporter.verify();
  } catch (error) {
    throw toFailure(error);
  } finally {
    transporter.close();
  }
}

/**
 * Tests if the connection needs TLS: a password is sent by TLS only, because a party in between
 * could hide STARTTLS and read it. Connections to this machine do not need it; `?requireTLS=false`
 * is for closed networks.
 */
function requiresTls(smtpUrl: string): boolean {
  const url = URL.parse(smtpUrl);
  return (
    url !== null &&
    (url.username !== '' || url.password !== '') &&
    !isLoopbackHost(url.hostname) &&
    url.searchParams.get('requireTLS') !== 'false'
  );
}

/** Loads nodemailer at the first mail: it takes 50 ms of CPU. */
const load = async () => (await import('nodemailer')).default;

async function createSmtp({ timeouts = TIMEOUTS }: TransportOptions, url: string) {
  const nodemailer = await load();
  return nodemailer.createTransport({
    url,
    ...(requiresTls(url) ? { requireTLS: true } : {}),
    connectionTimeout: timeouts.connection,
    greetingTimeout: timeouts.greeting,
    dnsTimeout: timeouts.connection,
    socketTimeout: timeouts.socket,
    ...CLOSED,
  });
}

function smtpTransport(options: TransportOptions, url: string): MailTransport {
  const find = lazy(() => createSmtp(options, url));
  return {
    send: async (mail, signal) => {
      try {
        const transporter = await find();
        await transporter.sendMail({ ...message(options.mailFrom, mail), signal });
      } catch (error) {
        throw toFailure(error);
      }
    },
  };
}

function fileTransport(options: TransportOptions): MailTransport {
  const find = lazy(async () =>
    (await load()).createTransport({
      streamTransport: true,
      buffer: true,
      newline: 'windows',
      ...CLOSED,
    }),
  );
  const folder = join(options.dataDir, 'mail');
  return {
    send: async (mail) => {
      try {
        const transporter = await find();
        const { message: content } = await transporter.sendMail(message(options.mailFrom, mail));
        const name = `${mail.date.toISOString().replaceAll(':', '-')}-${mail.id}`;
        await mkdir(folder, { recursive: true });
        // A program that watches the folder never sees an incomplete mail.
        await writeFile(join(folder, `.${name}.part`), content);
        await rename(join(folder, `.${name}.part`), join(folder, `${name}.eml`));
      } catch (error) {
        throw toFailure(error);
      }
    },
  };
}

function message(mailFrom: string, mail: OutgoingMail): SendMailOptions {
  return {
    from: mailFrom,
    // As an object: a comma or a bracket in an address makes no second recipient of it.
    to: { name: '', address: mail.recipient },
    subject: mail.subject,
    text: withNetworkLines(mail.text),
    html: withNetworkLines(mail.html),
    attachments: mail.logo ? [inlineImage(mail.logo)] : [],
    date: mail.date,
    messageId: mail.messageId,
    headers: {
      'Content-Language': mail.locale,
      // No out-of-office replies to a machine (RFC 3834 §5).
      'Auto-Submitted': 'auto-generated',
      'X-Auto-Response-Suppress': 'All',
    },
  };
}

/** Ends lines as mails do (RFC 5322 §2.3). nodemailer would do so too, with a chunk for each line. */
function withNetworkLines(text: string): string {
  return text.replace(/\r?\n/g, '\r\n');
}

function inlineImage({ body, extension }: Logo) {
  return {
    cid: 'logo',
    filename: `logo${extension}`,
    content: body,
    contentDisposition: 'inline' as const,
  };
}

/** Returns the details of an error of nodemailer or the file system. */
function detailsOf(error: unknown) {
  const from: object = error instanceof Error ? error : {};
  const code = 'code' in from ? String(from.code) : 'ERROR';
  const status = 'responseCode' in from ? Number(from.responseCode) : undefined;
  return {
    code,
    command: 'command' in from && typeof from.command === 'string' ? from.command : undefined,
    status,
    response: 'response' in from && typeof from.response === 'string' ? from.response : undefined,
    system: status === undefined ? systemCode(error, code) : undefined,
  };
}

/** nodemailer calls all of a connection's troubles the same; the system's own name says more. */
function systemCode(error: unknown, code: string): string | undefined {
  const name = error instanceof Error ? /\bE[A-Z]{4,}\b/.exec(error.message)?.[0] : undefined;
  return name === code ? undefined : name;
}

function toFailure(error: unknown): MailFailure {
  const { code, system, command, status, response } = detailsOf(error);
  const reason = [code, command, system, status].filter((part) => part !== undefined).join(' ');
  // A server may repeat what it was sent: at signing in, that is the password.
  const answer = code === 'EAUTH' || response === undefined ? '' : `: ${response}`;
  const refused = status !== undefined && RECIPIENT_REFUSED.includes(status);
  return new MailFailure(
    oneLine(reason + answer, ERROR_LIMIT),
    reason,
    refused && command === 'RCPT TO',
    { cause: error },
  );
}
