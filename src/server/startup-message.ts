import type { Config } from '../config/config.ts';
import type { RunningServer } from './start.ts';

/** Prints the server's URL and, in the demo, its accounts. */
export function welcome(config: Config, running: RunningServer): void {
  const lines = [`Stagedoor is at ${running.url}`];
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
