/** What `stagedoor keys --help` says. */
export const KEYS_HELP = `Usage: stagedoor keys <action> [options]

  list          The keys that sign introspection answers: which signs, which is next, which are
                still published so that what they signed can be verified.
  rotate        Make a new key. It is published at once and signs 15 minutes later, when everybody
                who verifies has had time to fetch it; the one before stays published for a day and
                an access token's lifetime. Running servers follow by themselves.

Options:
  --now         With rotate, after a leak: the new key signs at once, and all others are deleted,
                so that nothing they signed is good any more. Whoever keeps the published keys
                refuses signatures until they fetch them again, at most 5 minutes later.
  --json        For scripts.
  -h, --help    This text.

The server rotates by itself, see SIGNING_KEY_MAX_AGE_DAYS. COOKIE_KEYS must be the same as for the
server.

Examples:
  stagedoor keys list
  stagedoor keys rotate
  stagedoor keys list --json | jq -r '.[] | select(.state == "signing") | .kid'
`;
