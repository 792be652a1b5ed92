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
      return fail('health.mail_server.unwritable', { folder });
    }
    const report = production ? warn : ok;
    return report('health.mail_server.folder', { folder });
  }
  const { host } = URL.parse(smtpUrl) ?? { host: 'SMTP_URL' };
  try {
    await verifyMailServer(config, smtpUrl);
    return ok('health.mail_server.sound', { host });
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    const isLogin = reason.includes('EAUTH');
    return fail(isLogin ? 'health.mail_server.login_refused' : 'health.mail_server.refused', {
      host,
      reason,
    });
  }
}

function checkSender({ mailFrom, issuer, production }: Config): Finding {
  const address = /<([^<>]*)>\s*$/.exec(mailFrom)?.[1] ?? mailFrom.trim();
  const domain = address.slice(address.lastIndexOf('@') + 1);
  if (!isEmail(address) && domain !== new URL(issuer).hostname) {
    return fail('health.mail_sender.missing', { value: JSON.stringify(mailFrom) });
  }
  return production && !domain.includes('.')
    ? warn('health.mail_sender.local', { address })
    : ok('health.mail_sender.sound', { address });
}
