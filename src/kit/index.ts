/**
 * Verifies access tokens for an API service of the platform, and enforces scope, organizer and
 * permission. The package also exports guards as `/koa`, `/express`, `/fastify`, `/node` and `/fetch`.
 */
// First: an unsupported Node.js gets its own message.
import './node-version.ts';

export type { Access } from './access.ts';
export type { RequestHeaders } from './authorization-header.ts';
export type { AnswerInfo, CacheOptions } from './cache.ts';
export type { CircuitOptions } from './circuit.ts';
export { type CrossOriginAnswer, crossOrigin } from './cors.ts';
export type { DPoPOptions, PublicUrl, ReplayedProof } from './dpop.ts';
export { accessOf, type OrganizerRoute, type RouteRequirement } from './guard.ts';
export type { LiveToken, LookUp } from './look-up.ts';
export type { MetadataAnswer, MetadataOptions } from './metadata.ts';
export type { LookUpOptions, ResourceServerOptions } from './options.ts';
export { type RefusalAnswer, type RefusalCode, RefusedError } from './refusal.ts';
export type { ReplayStore } from './replay.ts';
export type {
  OrganizerRequirement,
  Permission,
  Requirement,
  ScopeRequirement,
} from './requirement.ts';
export { createResourceServer, type ResourceServer } from './resource-server.ts';
export type { OpenTelemetry } from './trace.ts';
export { type UnavailableCode, UnavailableError } from './unavailable.ts';
export type { VerifiableRequest } from './verifiable-request.ts';
