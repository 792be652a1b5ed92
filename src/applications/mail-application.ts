import { proofHost } from '../lib/client-id.ts';
import type { MailApplication } from '../mail/mail.ts';
import { type Application, isReviewed } from './application.ts';

/** Returns the application as a mail shows it: its homepage only if an operator reviewed it. */
export function mailApplication(
  application: Pick<Application, 'clientId' | 'homepageUrl' | 'name' | 'reviewedAt'>,
  owner: string | null,
): MailApplication {
  return {
    name: application.name,
    owner,
    reviewedHomepage: isReviewed(application) ? application.homepageUrl : null,
    documentHost: proofHost(application.clientId),
  };
}
