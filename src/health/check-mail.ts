import { join } from 'node:path';
import type { Config } from '../config/config.ts';
import { isEmail } from '../lib/email.ts';
import { verifyMailServer } from '../mail/transport.ts';
import { isWritable } from './check-here.ts';
import { type Finding, fail, ok, warn } from './finding.ts';

/** Checks that the mail server accepts the login; sends no mail. */
export async function checkMail(config: Config): Promise<Finding[]> {
  return [await checkDelivery(config), checkSender(config)];
}

async function checkDelivery(config: Config): Promise<Finding> {
  const { smtpUrl, dataDir, production } = config;
  if (smtpUrl === undefined) {
    const folder = join(dataDir, 'mail');
    if (!(await isWritable(folder))) {
      const message = `Mails become files in ${folder}, which can't be written.`;
      return fail('mail server', message, 'Give the folder to the user that runs the server.');
    }
    const message = `SMTP_URL is not set: mails become files in ${folder}.`;
    return production
      ? warn('mail server', message, 'Set SMTP_URL, so that people get them.')
      : ok('mail server', message);
  }
  const { host } = URL.parse(smtpUrl) ?? { host: 'SMTP_URL' };
  try {
    await verifyMailServer(config, smtpUrl);
    return ok('mail server', `${host} answers, and lets the server in.`);
  } catch (error) {
    const why = error instanceof Error ? error.message : String(error);
    return fail(
      'mail server',
      `${host} does not take mails: ${why}.`,
      /EAUTH/.test(why)
        ? 'Mend user name and password in SMTP_URL; special characters must be percent-encoded.'
        : 'Check host, port and scheme of SMTP_URL (smtps:// for TLS from the start, mostly port 465), and firewalls.',
    );
  }
}

function checkSender({ mailFrom, issuer, production }: Config): Finding {
  const address = /<([^<>]*)>\s*$/.exec(mailFrom)?.[1] ?? mailFrom.trim();
  const domain = address.slice(address.lastIndexOf('@') + 1);
  const fix =
    'Set MAIL_FROM to Name <address>, with a domain that SPF lets this mail server send for.';
  if (!isEmail(address) && domain !== new URL(issuer).hostname) {
    return fail('mail sender', `MAIL_FROM has no address in it: ${JSON.stringify(mailFrom)}.`, fix);
  }
  return production && !domain.includes('.')
    ? warn('mail sender', `Nobody outside can answer to ${address}.`, fix)
    : ok('mail sender', `${address}.`);
}
