import { pino } from 'pino';
import { z } from 'zod';
import { readConfig } from '../../src/config/config.ts';
import { openDatabase } from '../../src/db/database.ts';
import { createLog } from '../../src/lib/log.ts';
import { startMailSender } from '../../src/mail/sender.ts';
import { createTransport } from '../../src/mail/transport.ts';
import { ISSUER } from './outbox.ts';

// Child process of startSenderProcess, which only sends mails and is killed by tests.

const options = z
  .object({ databaseUrl: z.string(), smtpUrl: z.string(), leaseSeconds: z.number() })
  .parse(JSON.parse(process.argv[2] ?? ''));

const patience = 20_000;
const transport = createTransport({
  smtpUrl: options.smtpUrl,
  dataDir: '',
  mailFrom: 'Stagedoor <no-reply@example.com>',
  timeouts: { connection: patience, greeting: patience, socket: patience },
});
startMailSender({
  database: await openDatabase({ url: options.databaseUrl, dataDir: '', connections: 5 }),
  transport,
  log: createLog('warn', pino.destination(2)),
  issuer: ISSUER,
  scopes: readConfig({}).scopes,
  platform: readConfig({}).platform,
  intervalMs: 50,
  leaseSeconds: options.leaseSeconds,
});
