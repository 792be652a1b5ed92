import {
  type OAuthClientProvider,
  UnauthorizedError,
} from '@modelcontextprotocol/sdk/client/auth.js';
import { Client } from '@modelcontextprotocol/sdk/client/index.js';
import { StreamableHTTPClientTransport } from '@modelcontextprotocol/sdk/client/streamableHttp.js';
import type {
  OAuthClientInformationMixed,
  OAuthClientMetadata,
  OAuthTokens,
} from '@modelcontextprotocol/sdk/shared/auth.js';
import { z } from 'zod';

/** Settings of an agent with the client of the MCP SDK. */
export interface AgentOptions {
  /** URL of the MCP server; the agent knows nothing else of the platform. */
  readonly url: string;
  readonly redirectUri: string;
  /** Client ID of a registration by hand, or address of a document; by default the agent registers itself. */
  readonly clientId?: string;
  /** Opens a link in the browser of the user, and returns the URL the browser is sent back to. */
  readonly person: (link: URL) => Promise<URL>;
}

/** An agent, and what it stores. */
export interface Agent {
  readonly store: Store;
  /** Scopes of the links that the user opened, in their order. */
  readonly requested: readonly (string | null)[];
  /** Calls a tool, authorizes if the server asks for it, and returns the result. */
  call(tool: string, args?: Readonly<Record<string, unknown>>): Promise<ToolResult>;
}

interface Store {
  client?: OAuthClientInformationMixed | undefined;
  tokens?: OAuthTokens | undefined;
}

/** Result of a tool. */
export interface ToolResult {
  readonly isError: boolean;
  readonly text: string;
}

const toolResult = z.object({
  isError: z.boolean().default(false),
  content: z.tuple([z.object({ text: z.string() })]),
});

/** Creates an agent without tokens. */
export function createAgent(options: AgentOptions): Agent {
  const { clientId: client_id, url, person } = options;
  const store: Store = client_id === undefined ? {} : { client: { client_id } };
  const requested: (string | null)[] = [];
  let link: URL | undefined;
  const provider = createProvider(options, store, (to) => {
    link = to;
    requested.push(to.searchParams.get('scope'));
  });
  /** Does one thing in a connection; after an authorization the SDK needs a new one. */
  const connected = async <T>(work: (client: Client) => Promise<T>): Promise<T> => {
    const transport = new StreamableHTTPClientTransport(new URL(url), {
      authProvider: provider,
      fetch: withStepUp(store),
    });
    const client = new Client({ name: 'agent', version: '1.0.0' });
    link = undefined;
    try {
      await client.connect(transport);
      return await work(client);
    } catch (error) {
      if (!(error instanceof UnauthorizedError) || link === undefined) {
        throw error;
      }
      const back = await person(link);
      await transport.finishAuth(back.searchParams.get('code') ?? '');
    } finally {
      await client.close();
    }
    return connected(work);
  };
  return {
    store,
    requested,
    call: (name, args = {}) =>
      connected(async (client) => {
        const answer = toolResult.parse(await client.callTool({ name, arguments: args }));
        return { isError: answer.isError, text: answer.content[0].text };
      }),
  };
}

function createProvider(
  { redirectUri }: AgentOptions,
  store: Store,
  open: (link: URL) => void,
): OAuthClientProvider {
  let verifier = '';
  const clientMetadata: OAuthClientMetadata = {
    redirect_uris: [redirectUri],
    client_name: 'SDK Agent',
    token_endpoint_auth_method: 'none',
    grant_types: ['authorization_code', 'refresh_token'],
    response_types: ['code'],
  };
  return {
    redirectUrl: redirectUri,
    clientMetadata,
    clientInformation: () => store.client,
    saveClientInformation: (client) => {
      store.client = client;
    },
    tokens: () => store.tokens,
    saveTokens: (tokens) => {
      store.tokens = tokens;
    },
    redirectToAuthorization: open,
    saveCodeVerifier: (value) => {
      verifier = value;
    },
    codeVerifier: () => verifier,
    invalidateCredentials: (kind) => {
      store.tokens = undefined;
      if (kind === 'all' || kind === 'client') {
        store.client = undefined;
      }
    },
  };
}

/**
 * Fetches, and forgets the refresh token when the server asks for more scopes: otherwise the SDK
 * refreshes, which adds none, and gives up.
 */
function withStepUp(store: Store): typeof fetch {
  return async (...request) => {
    const response = await fetch(...request);
    if (response.status === 403 && store.tokens !== undefined) {
      const { refresh_token: _, ...tokens } = store.tokens;
      store.tokens = tokens;
    }
    return response;
  };
}
