import { SMTPServer, type SMTPServerSession } from 'smtp-server';
import { parseMessage, type ReadMessage } from './read-message.ts';

/** A mail as a server took it. */
export interface ReceivedMail extends ReadMessage {
  /** Of the envelope, where delivery goes by. */
  readonly recipients: readonly string[];
  /** What the client called itself at the beginning (RFC 5321 §4.1.1.1). */
  readonly client: string;
}

/**
 * What a server does instead of taking the content: answers with an SMTP code; hangs up in the
 * middle; or says nothing more. `lose the answer` is worse: it takes the mail, and hangs up before
 * it has said so.
 */
export type Refusal = number | 'hang up' | 'hang' | 'lose the answer';

/** How a server misbehaves. Each is asked at every mail. */
export interface MailServerOptions {
  readonly refuseRecipient?: () => number | undefined;
  readonly refuseData?: () => Refusal | undefined;
  /** Milliseconds that it takes over each mail. */
  readonly delay?: number;
  /** Called when it has taken a mail, just before it says so. */
  readonly taken?: (mail: ReceivedMail) => void;
}

/** A real SMTP server on this machine. */
export interface MailServer {
  readonly url: string;
  readonly received: readonly ReceivedMail[];
  /** Connections so far. */
  readonly connections: () => number;
  close(): Promise<void>;
}

/** Starts one on a free port. */
export async function startMailServer(options: MailServerOptions = {}): Promise<MailServer> {
  const received: ReceivedMail[] = [];
  let connections = 0;
  const server = new SMTPServer({
    disabledCommands: ['AUTH', 'STARTTLS'],
    // What it hangs on to is not waited for.
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
          // In the middle: the client is still writing.
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
  // A client that is cut off is part of some tests.
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
