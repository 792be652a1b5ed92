import { SMTPServer, type SMTPServerSession } from 'smtp-server';
import { parseMessage, type ReadMessage } from './read-message.ts';

/** A mail that a server received. */
export interface ReceivedMail extends ReadMessage {
  /** Recipients of the envelope, which determine the delivery. */
  readonly recipients: readonly string[];
  /** Name that the client sent in EHLO (RFC 5321 §4.1.1.1). */
  readonly client: string;
}

/**
 * Failure of a server instead of accepting the content: an SMTP code, a closed connection, or no
 * response. `lose the answer` accepts the mail, and closes the connection before the confirmation.
 */
export type Refusal = number | 'hang up' | 'hang' | 'lose the answer';

/** Failures of a server. Each is evaluated for every mail. */
export interface MailServerOptions {
  readonly refuseRecipient?: () => number | undefined;
  readonly refuseData?: () => Refusal | undefined;
  /** Delay for each mail, in milliseconds. */
  readonly delay?: number;
  /** Called when a mail was accepted, just before the confirmation. */
  readonly taken?: (mail: ReceivedMail) => void;
}

/** A real SMTP server on this machine. */
export interface MailServer {
  readonly url: string;
  readonly received: readonly ReceivedMail[];
  /** Returns the number of connections so far. */
  readonly connections: () => number;
  close(): Promise<void>;
}

/** Starts a mail server on a free port. */
export async function startMailServer(options: MailServerOptions = {}): Promise<MailServer> {
  const received: ReceivedMail[] = [];
  let connections = 0;
  const server = new SMTPServer({
    disabledCommands: ['AUTH', 'STARTTLS'],
    // Hanging connections are not waited for.
    closeTimeout: 1,
    onConnect: (_session, done) => {
      connections += 1;
      done();
    },
    onRcptTo: (_address, _session, done) => done(refusal(options.refuseRecipient?.())),
    onData: (stream, session, done) => {
      const refuse = options.refuseData?.();
      const chunks: Buffer[] = [];
      stream.on('data', (chunk: Buffer) => {
        chunks.push(chunk);
        if (refuse === 'hang up') {
          // During the transfer: the client is still writing.
          hangUp(server, session);
        }
      });
      stream.on('end', () => {
        if (refuse === 'hang' || refuse === 'hang up') {
          return;
        }
        if (typeof refuse !== 'number') {
          const mail = readMail(Buffer.concat(chunks), session);
          received.push(mail);
          options.taken?.(mail);
        }
        if (refuse === 'lose the answer') {
          return hangUp(server, session);
        }
        setTimeout(() => done(refusal(refuse)), options.delay ?? 0);
      });
    },
  });
  // Some tests disconnect clients.
  server.on('error', () => {});
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const address = server.server.address();
  if (address === null || typeof address === 'string') {
    throw new Error('The mail server has no port.');
  }
  return {
    url: `smtp://127.0.0.1:${address.port}`,
    received,
    connections: () => connections,
    close: () => new Promise((resolve) => server.close(() => resolve())),
  };
}

function readMail(source: Buffer, session: SMTPServerSession): ReceivedMail {
  return {
    ...parseMessage(source.toString('latin1')),
    recipients: session.envelope.rcptTo.map(({ address }) => address),
    client: String(session.hostNameAppearsAs),
  };
}

function refusal(code: Refusal | undefined): Error | null {
  return typeof code === 'number'
    ? Object.assign(new Error('not for you, person@example.com'), { responseCode: code })
    : null;
}

function hangUp(server: SMTPServer, session: SMTPServerSession): void {
  for (const connection of server.connections) {
    if ('id' in connection && connection.id === session.id) {
      connection._socket.destroy();
    }
  }
}
