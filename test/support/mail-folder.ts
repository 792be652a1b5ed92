import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { until } from './outbox.ts';
import { parseMessage, type ReadMessage } from './read-message.ts';

/**
 * Returns the mails to one address that the server has written to its directory, optionally with a
 * subject; waits for the first one.
 */
export async function mailsTo(
  server: { readonly mailFolder: string },
  recipient: string,
  subject?: string,
): Promise<ReadMessage[]> {
  let found: ReadMessage[] = [];
  await until(async () => {
    found = (await readMails(server.mailFolder)).filter(
      ({ headers }) =>
        headers.get('to') === recipient &&
        (subject === undefined || headers.get('subject') === subject),
    );
    return found.length > 0;
  });
  return found;
}

async function readMails(folder: string): Promise<ReadMessage[]> {
  // The directory does not exist before the first mail.
  const names = await readdir(folder).catch(() => []);
  const mails = names.filter((name) => name.endsWith('.eml')).sort();
  return Promise.all(
    mails.map(async (name) => parseMessage(await readFile(join(folder, name), 'latin1'))),
  );
}
