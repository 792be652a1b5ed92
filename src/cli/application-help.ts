/** What `stagedoor application --help` says. */
export const APPLICATION_HELP = `Usage: stagedoor application <action> [client_id] [options]

  list                              All applications, the oldest first.
  show <client_id>                  One application in full.
  review <client_id>                Note that you have looked at it: the consent page warns no more.
  suspend <client_id> --reason <text>
                                    Stop it at once. Its owner reads the reason, and gets a mail.
  resume <client_id>                End a suspension. Its owner gets a mail.

Options:
  --reason <text>   Why it is suspended.
  --json            Print what the management API answers.
  -h, --help        This text.

Examples:
  stagedoor application list
  stagedoor application show 2fQ9dLx0aVbT7mRkY3nWcE5u
  stagedoor application suspend 2fQ9dLx0aVbT7mRkY3nWcE5u --reason "It sends mails to ticket buyers"
  stagedoor application list --json | jq -r '.[] | select(.reviewed_at == null) | .client_id'
`;
