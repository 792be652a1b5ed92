import { type Finding, ok, warn } from './finding.ts';

/** Reports undelivered mails. */
export function judgeMails({ failed, pending }: { failed: number; pending: number }): Finding[] {
  return [
    failed === 0
      ? ok('mails', `${pending} on their way, none was given up.`)
      : warn(
          'mails',
          `${failed} were given up.`,
          'Look why ("stagedoor mail list --failed"), and try them again ("stagedoor mail retry --all").',
        ),
  ];
}
