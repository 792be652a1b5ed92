/** What `stagedoor mail --help` says. */
export const MAIL_HELP = `Usage: stagedoor mail <action> [id] [options]

  list            Mails that are not delivered, the oldest first: those that wait for their next
                  attempt, and those that were given up, a day after the first one or because the
                  mail server takes nothing for that address.
  retry <id>      Send one that was given up again, with as many attempts as a new one. The running
                  server does so within seconds.
  retry --all     The same with all that were given up.

What a mail says is not shown.

Options:
  --failed        With list: only those that were given up.
  --all           With retry: all that were given up.
  --json          For scripts.
  -h, --help      This text.

Examples:
  stagedoor mail list --failed
  stagedoor mail retry 2f9a5c1e-7d40-4b6e-9a53-0c8f6a1b2d3e
  stagedoor mail list --json | jq -r 'map(.last_error) | unique[]'
`;
