import type { Config } from '../config/config.ts';
import { PROGRAM } from '../config/platform.ts';
import { skeletonOf, withPlainLetters } from '../lib/skeleton.ts';
import { type Application, type ApplicationKind, isReviewed } from './application.ts';

/** Reasons for which an application works for its owner only until an operator reviews it. */
export const REVIEW_NEEDS = [
  /** Its name looks like one under which an application of another owner was reviewed. */
  'name_like_reviewed',
  /** Its name contains the name of the platform. */
  'name_like_platform',
  /** Its name claims to be reviewed or official. */
  'name_claims_review',
  /** An application of another owner was reviewed with the same private-use URI scheme. */
  'scheme_of_reviewed',
  /** This server lets no application work for others without a review. */
  'registration',
] as const;

/** Reason for which an application needs a review. */
export type ReviewNeed = (typeof REVIEW_NEEDS)[number];

/** Settings that decide if a name needs a review. */
export type NameSettings = Pick<Config, 'platform'>;

/** Settings that decide if applications work without a review. */
export type ReviewSettings = NameSettings & Pick<Config, 'registration' | 'metadataDocuments'>;

/** Name that stands for the platform, whatever its own name is. */
const PROGRAM_NAME = skeletonOf(PROGRAM);
/** Least length of a platform name that other names must not contain as a word. A shorter one they must not equal. */
const LEAST_PART = 4;
/** Beginnings of words, in the languages of the pages. */
const CLAIMS = [
  ...['official', 'verified', 'certified', 'reviewed', 'approved', 'trusted'],
  ...['offiziell', 'verifiziert', 'zertifiziert', 'geprüft', 'geprueft', 'zugelassen', 'genehmigt'],
].map(skeletonOf);
/** Places where a word begins or ends: signs, a capital after a small letter (`MyApp`, `MCPServer`), digits. */
const BETWEEN_WORDS =
  /([^\p{L}\p{N}\p{M}]+)|(?<=\p{Ll}\p{M}*)(?=\p{Lu})|(?<=\p{Lu})(?=\p{Lu}\p{Ll})|(?<=\p{L}\p{M}*)(?=\p{N})|(?<=\p{N}\p{M}*)(?=\p{L})/u;
/** Check marks, shields, locks: badges of other sites. */
const BADGES = /[✓✔✅☑√🗸🗹ⓥⓋ🅥🛡⛨🔒🔐🔏]/u;

/**
 * Returns the reason for which only the owner can use an application until it is reviewed; undefined
 * if everybody can. Computed at each use, because later reviews of other applications count, too.
 */
export function reviewNeed(
  config: ReviewSettings,
  application: Pick<
    Application,
    'kind' | 'name' | 'reviewedAt' | 'nameLikeReviewed' | 'schemeSharedWith'
  >,
): ReviewNeed | undefined {
  if (isReviewed(application)) {
    return undefined;
  }
  // A name of another kind is replaced instead.
  const need = application.kind === 'registered' ? nameNeed(config, application) : undefined;
  if (need !== undefined) {
    return need;
  }
  if (application.schemeSharedWith === 'reviewed') {
    return 'scheme_of_reviewed';
  }
  return worksWithoutReview(config, application.kind) ? undefined : 'registration';
}

/** Settings that decide which applications wait without a request. */
export type QueueSettings = Pick<ReviewSettings, 'registration' | 'metadataDocuments'>;

/** Returns the kinds of which every application waits for a review, whether or not one was requested. */
export function kindsToReview(config: QueueSettings): ApplicationKind[] {
  return [
    ...(config.registration === 'approval' ? (['registered', 'dynamic'] as const) : []),
    ...(config.metadataDocuments === 'approval' ? (['metadata_document'] as const) : []),
  ];
}

/** With `closed`, operators register applications, which need no review; nobody registered an agent. */
function worksWithoutReview(
  { registration, metadataDocuments }: ReviewSettings,
  kind: ApplicationKind,
): boolean {
  switch (kind) {
    case 'registered':
      return registration !== 'approval';
    case 'metadata_document':
      return metadataDocuments === 'on';
    case 'dynamic':
      return registration === 'open';
  }
}

/** Returns the reason for which a name needs a review. */
export function nameNeed(
  { platform }: NameSettings,
  application: Pick<Application, 'name' | 'nameLikeReviewed'>,
): 'name_like_reviewed' | 'name_like_platform' | 'name_claims_review' | undefined {
  if (application.nameLikeReviewed) {
    return 'name_like_reviewed';
  }
  if ([skeletonOf(platform.name), PROGRAM_NAME].some((name) => hasWord(application.name, name))) {
    return 'name_like_platform';
  }
  return claimsReview(application.name) ? 'name_claims_review' : undefined;
}

/** Tests if consecutive words of a name, put together, look like the platform's name. */
function hasWord(name: string, platform: string): boolean {
  const skeleton = skeletonOf(name);
  if (platform.length < LEAST_PART || !skeleton.includes(platform)) {
    return skeleton === platform;
  }
  const words = withPlainLetters(name)
    .split(BETWEEN_WORDS)
    .map((word) => skeletonOf(word ?? '').replace(/[^\p{L}\p{N}]/gu, ''));
  const edges = new Set([0]);
  let length = 0;
  for (const word of words) {
    length += word.length;
    edges.add(length);
  }
  const text = words.join('');
  return [...edges].some(
    (edge) => text.startsWith(platform, edge) && edges.has(edge + platform.length),
  );
}

function claimsReview(name: string): boolean {
  const words = withPlainLetters(name)
    .split(/[^\p{L}\p{N}\p{M}]+/u)
    .filter((word) => word !== '')
    .map(skeletonOf)
    .join(' ')
    // One word with a space after each letter.
    .replace(/(?<=\b\w) (?=\w\b)/g, '')
    .split(' ');
  return BADGES.test(name) || words.some((word) => CLAIMS.some((claim) => word.startsWith(claim)));
}
