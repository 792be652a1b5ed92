import { globSync, readFileSync } from 'node:fs';
import { Session } from 'node:inspector/promises';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';

const SOURCE = join(import.meta.dirname, '../../src');
/** Begin of a statement in the source, as Kysely and the hot path write it. */
const STATEMENT =
  /\bsql(?:<[^`]*?>)?`|\.(?:selectFrom|selectNoFrom|insertInto|updateTable|deleteFrom)\(/;
/** Begin of a declaration that is not inside of another one. */
const DECLARATION = /^(?:export )?(?:async )?(?:function\*? |const |class )(\w+)/gm;

/**
 * Watches which functions run from now on.
 * @returns a function that returns the exported functions of `src` that have statements, or call a function beside them that has, and have not run
 */
export async function watchStatements(): Promise<() => Promise<string[]>> {
  const session = new Session();
  session.connect();
  await session.post('Profiler.enable');
  await session.post('Profiler.startPreciseCoverage', { callCount: true, detailed: false });
  return async () => {
    const { result } = await session.post('Profiler.takePreciseCoverage');
    session.disconnect();
    const run = new Map(
      result.map(({ url, functions }) => [
        url,
        functions.flatMap(({ ranges: [range] }) => (range && range.count > 0 ? [range] : [])),
      ]),
    );
    return globSync('**/*.ts', { cwd: SOURCE })
      .flatMap((path) => {
        const source = readFileSync(join(SOURCE, path), 'utf8');
        const ranges = run.get(pathToFileURL(join(SOURCE, path)).href) ?? [];
        const found = [...source.matchAll(DECLARATION)];
        const declarations = found.map(({ index, 1: name = '' }, position) => {
          const end = found[position + 1]?.index ?? source.length;
          const hasRun = ranges.some(
            ({ startOffset, endOffset }) => startOffset >= index && endOffset <= end,
          );
          return { name, text: source.slice(index, end), hasRun };
        });
        const withStatements = declarations.filter(({ text }) => STATEMENT.test(text));
        const uses = (text: string) =>
          withStatements.some((other) => other.text === text || text.includes(`${other.name}(`));
        // Others may have run before: what `preparedQuery` builds is built once by a process.
        return declarations
          .filter(({ text }) => /^export (async )?function/.test(text) && uses(text))
          .filter(({ hasRun }) => !hasRun)
          .map(({ name }) => `${path} ${name}`);
      })
      .sort();
  };
}

/**
 * Functions with statements that the walk of the test does not use, by file: migrations, which read whole
 * tables, and features with a second server or browser. New ones are not added without a reason.
 */
const NOT_USED: Readonly<Record<string, string>> = {
  'activity/activity-store.ts': 'countAlike',
  'api/idempotency-store.ts': 'insertCall selectCall updateAnswer',
  'applications/candidate-store.ts': 'insertCandidate toApplication',
  'applications/change-store.ts': 'deleteFailureNotices setActive setName setOwner',
  'applications/logo-store.ts': 'selectLogo updateLogo',
  'applications/own-store.ts': 'lockOwnApplications',
  'applications/review-store.ts':
    'selectReviewedLogo setReviewQuestion setReviewRequested takeOperatorsToNotify',
  'applications/transfer-store.ts': 'activeUserByEmail deleteTransfer insertTransfer',
  'applications/usage-store.ts': 'countUsage',
  'audit/failure-store.ts': 'classifyFailures countFailureRows upsertFailures',
  'audit/store.ts': 'recordAll selectChangedFields',
  'client-documents/blocked-host-store.ts': 'isBlockedHost keepUnblocked',
  'client-documents/document-store.ts':
    'findWaitingCopy isCopyTooOld noteFailure noteFetched recordForUsers takeStale updateFromCandidate',
  'client-keys/store.ts': 'endKeysSoon replaceKeys selectKeySource updateKeyUsed',
  'client-secrets/store.ts': 'endSecretsSoon',
  'db/migrate.ts': 'migrate',
  'db/migration-files.ts': 'runOutside',
  'deletions/batch-store.ts': 'countGrants setFinished',
  'grants/change-store.ts': 'updateNarrowed',
  'grants/list-store.ts': 'listGrantHeads lockLiveGrants',
  'grants/revoke-older-store.ts': 'countOlderGrants revokeOlderGrants',
  'grants/store.ts': 'hasEverGranted',
  'insights/failing-store.ts': 'setMuted',
  'insights/store.ts': 'insertClientErrors',
  'jobs/job-store.ts': 'extendJob',
  'leaked/leaked-store.ts':
    'selectGrantsOfAccessTokens selectGrantsOfRefreshTokens selectLiveOperatorTokens selectLiveSecrets',
  'mail/outbox-store.ts': 'releaseMails retryFailedMails selectMailState updateMailFailed',
  'oidc/interaction-store.ts': 'liveInteraction selectClosedInteraction selectInteraction',
  'oidc/pushed-request-store.ts':
    'consumePushedRequest extendPushedRequest insertPushedRequest selectPushedRequest',
  'operations/configuration-store.ts': 'updateConfiguration',
  'operators/store.ts':
    'liveTokenByHash lockLiveToken selectOlderTokens updateLastUsed updateParent',
  'resource-servers/resource-store.ts': 'selectResources',
  'sessions/device-store.ts': 'isKnownDevice',
  'sessions/session-store.ts': 'countOlderSessions deleteSession selectOlderSessions',
  'sign-in/upstream/store.ts':
    'insertLogoutToken insertSignIn lockLogouts selectLogouts selectSessions selectSignIn upsertLogout upsertUpstreamSession useSignIn',
  'signing-keys/signing-key-store.ts': 'deleteOtherSigningKeys',
  'tokens/proof-store.ts': 'useProof',
  'tokens/replay-store.ts': 'insertReplay',
  'users/change-user-store.ts': 'replaceHash updatePassword updatePreferences',
  'users/identity-store.ts':
    'deleteIdentity erasePassword findUserByIdentity insertIdentity selectSubjects touchUser',
  'users/user-store.ts':
    'findActiveUser holdIdByEmail lockOperatorUser selectOtherOperators selectPasswordHashes',
};

/** The same as `watchStatements` names them. */
export const NOT_EXPLAINED: ReadonlySet<string> = new Set(
  Object.entries(NOT_USED).flatMap(([path, names]) =>
    names.split(' ').map((name) => `${path} ${name}`),
  ),
);
