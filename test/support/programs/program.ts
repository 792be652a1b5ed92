import assert from 'node:assert/strict';
import type { Server } from 'node:http';
import { z } from 'zod';
import type { TestApplication } from '../factories.ts';

/** A library or a framework with which an application connects. */
export interface Program {
  /** Name in its registry. */
  readonly library: string;
  readonly clientTypes: readonly ('confidential' | 'public')[];
  /** Settings that differ from the library's defaults, as the guide names them. */
  readonly settings: readonly string[];
  /** False if the library can't send a PKCE challenge. */
  readonly requirePkce?: boolean;
  /** Reason why the program cannot run here. */
  readonly skip?: () => string | false;
  /** Path of the redirect URI, if the library fixes it. */
  readonly callbackPath?: string;
  /** Goes from the authorization request to the first call of the API. */
  readonly connect: (site: ProgramSite) => Promise<Connection>;
}

/** Environment of a program: the server, its registration, and a user with a browser. */
export interface ProgramSite {
  readonly issuer: string;
  readonly endpoints: Readonly<Record<'authorize' | 'token' | 'revoke' | 'me', string>>;
  readonly application: TestApplication;
  /** Listens at the origin of the redirect URI; a web framework answers its requests. */
  readonly web: Server;
  /** Requests `read profile`, for one organizer, and returns the URL the browser is sent back to. */
  readonly allow: (link: string | URL) => Promise<URL>;
}

/** Tokens as a program holds them. */
export type ProgramTokens = z.infer<typeof tokensSchema>;

export const tokensSchema = z.object({ accessToken: z.string(), refreshToken: z.string() });

/** Tokens of a program, and `sub` of the user, as the program read it from `/api/v1/me`. */
export const connectionSchema = z.object({ tokens: tokensSchema, subject: z.string() });

/** An application that is connected. */
export interface Connection extends z.infer<typeof connectionSchema> {
  /** Undefined if the library can't refresh. */
  readonly refresh?: () => Promise<ProgramTokens>;
  /** Undefined if the library can't revoke. */
  readonly revoke?: (tokens: ProgramTokens) => Promise<void>;
  /** Ends the program. */
  readonly close?: () => void;
}

export const SCOPES = ['read', 'profile'];

const profile = z.looseObject({ sub: z.string() });
const answer = z.looseObject({ access_token: z.string(), refresh_token: z.string() });

/** Reads the subject from a profile of `/api/v1/me`. */
export function subjectOf(body: unknown): string {
  return profile.parse(body).sub;
}

/** Reads tokens from a response of the token endpoint. */
export function tokensOf(body: unknown): ProgramTokens {
  const { access_token, refresh_token } = answer.parse(body);
  return { accessToken: access_token, refreshToken: refresh_token };
}

/** Calls `/api/v1/me` without a library. */
export async function readSubject(site: ProgramSite, accessToken: string): Promise<string> {
  const response = await fetch(site.endpoints.me, {
    headers: { authorization: `Bearer ${accessToken}` },
  });
  assert.equal(response.status, 200, await response.clone().text());
  return subjectOf(await response.json());
}
