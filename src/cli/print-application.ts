import { type Application, applicationState } from '../applications/application.ts';
import { oneLine } from '../audit/mail-text.ts';
import { table } from './table.ts';

/** A table, a line an application. */
export function printApplications(applications: readonly Application[]): string {
  if (applications.length === 0) {
    return 'There are no applications.\n';
  }
  const head = ['CLIENT ID', 'STATE', 'REVIEWED', 'OWNER', 'NAME'];
  const rows = applications.map((application) => [
    application.clientId,
    applicationState(application),
    application.reviewedAt === null ? 'no' : 'yes',
    application.ownerId ?? '-',
    // Nothing in a name steers the terminal or looks like another line.
    oneLine(application.name),
  ]);
  return table(head, rows);
}

/** One application, a line a fact. */
export function printApplication(application: Application): string {
  const { ownerId, ownerName } = application;
  const owner = ownerId === null ? '-' : `${ownerId}${ownerName ? ` (${oneLine(ownerName)})` : ''}`;
  const facts: [string, string][] = [
    ['Client id', application.clientId],
    ['Name', oneLine(application.name, 255)],
    ['Owner', owner],
    ['State', stateOf(application)],
    ['Reviewed', application.reviewedAt?.toISOString() ?? 'no'],
    ['Type', application.clientType],
    ['PKCE', application.requirePkce ? 'required' : 'optional'],
    ['Scopes', application.scopes.join(' ')],
    ...application.redirectUris.map((uri): [string, string] => [
      'Redirect URI',
      oneLine(uri, 2000),
    ]),
    ['Homepage', application.homepageUrl ?? '-'],
    ['Privacy policy', application.privacyPolicyUrl ?? '-'],
    ['Terms', application.termsUrl ?? '-'],
    ['Description', oneLine(application.description, 2000) || '-'],
    ['Registered', application.createdAt.toISOString()],
    ['Changed', application.updatedAt.toISOString()],
  ];
  const width = Math.max(...facts.map(([label]) => label.length));
  return facts.map(([label, value]) => `${label.padEnd(width)}  ${value}\n`).join('');
}

function stateOf(application: Application): string {
  const state = applicationState(application);
  const { suspendedAt, suspensionReason } = application;
  return suspendedAt === null
    ? state
    : `${state} since ${suspendedAt.toISOString()}: ${oneLine(suspensionReason ?? '', 2000)}`;
}
