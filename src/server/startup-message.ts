import type { Config } from '../config/config.ts';
import type { Logger } from '../lib/log.ts';
import type { RunningServer } from './start.ts';

/**
 * Prints the server's URL and, in the demo, its accounts.
 * @param log receives the URL instead, unless there is a demo
 */
export function welcome(
  config: Config,
  running: RunningServer,
  log: Pick<Logger, 'info'> | undefined,
): void {
  const greeting = `Stagedoor is at ${running.url}`;
  if (log !== undefined && running.demo === undefined) {
    log.info(greeting);
    return;
  }
  const lines = [greeting];
  if (running.demo !== undefined) {
    const { applicationUrl, users } = running.demo;
    lines.push(
      '',
      `Try it: open the demo app at ${applicationUrl} and choose "Connect", then "Continue as Ada".`,
      'In another browser, sign in as',
      ...users.map(
        ({ email, password, note }) => `  ${email}  password: ${password}  (${note.en})`,
      ),
      '',
      config.smtpUrl === undefined
        ? `Mails are written to ${config.dataDir}/mail, and shown at ${applicationUrl}/mails.`
        : '',
      config.operatorToken === undefined
        ? `The token of the management API is in ${config.dataDir}/operator-token.`
        : '',
    );
  }
  process.stdout.write(`${lines.join('\n').trimEnd()}\n`);
}
