/** Facts about a client metadata document that a vendor publishes, and about its program. */
export interface PublishedDocument {
  readonly name: string;
  /** The published client ID. */
  readonly clientId: string;
  readonly redirectUris: readonly string[];
  readonly grantTypes: readonly string[];
  readonly authMethod: 'none' | 'private_key_jwt';
  /** Other fields that matter to an authorization server. */
  readonly more?: Readonly<Record<string, unknown>>;
  /** Redirect URI that the program sends, with a port of the moment. */
  readonly sent: string;
}

const USUAL = ['authorization_code', 'refresh_token'];
const LOOPBACK = ['http://127.0.0.1/callback', 'http://localhost/callback'];

/** Documents as public sources reported them in 2026. */
export const PUBLISHED_DOCUMENTS: readonly PublishedDocument[] = [
  {
    name: 'Claude',
    clientId: 'https://claude.ai/oauth/mcp-oauth-client-metadata',
    redirectUris: ['https://claude.ai/api/mcp/auth_callback'],
    grantTypes: [...USUAL, 'urn:ietf:params:oauth:grant-type:jwt-bearer'],
    authMethod: 'none',
    sent: 'https://claude.ai/api/mcp/auth_callback',
  },
  {
    name: 'Claude Code',
    clientId: 'https://claude.ai/oauth/claude-code-client-metadata',
    redirectUris: LOOPBACK,
    grantTypes: USUAL,
    authMethod: 'none',
    sent: 'http://localhost:3118/callback',
  },
  {
    name: 'ChatGPT',
    clientId: 'https://chatgpt.com/oauth/client.json',
    redirectUris: ['https://chatgpt.com/connector_platform_oauth_redirect'],
    grantTypes: USUAL,
    authMethod: 'private_key_jwt',
    more: {
      token_endpoint_auth_methods_supported: ['none', 'private_key_jwt'],
      token_endpoint_auth_signing_alg: 'RS256',
    },
    sent: 'https://chatgpt.com/connector_platform_oauth_redirect',
  },
  {
    name: 'Codex',
    clientId: 'https://chatgpt.com/oauth/codex/client.json',
    redirectUris: LOOPBACK,
    grantTypes: USUAL,
    authMethod: 'none',
    sent: 'http://127.0.0.1:37819/callback',
  },
  {
    name: 'Visual Studio Code',
    clientId: 'https://vscode.dev/oauth/client-metadata.json',
    redirectUris: ['http://127.0.0.1:33418/', 'https://vscode.dev/redirect'],
    grantTypes: [...USUAL, 'urn:ietf:params:oauth:grant-type:device_code'],
    authMethod: 'none',
    more: { application_type: 'native' },
    sent: 'http://127.0.0.1:51004/',
  },
  {
    name: 'Zed',
    clientId: 'https://zed.dev/oauth/client-metadata.json',
    redirectUris: ['http://127.0.0.1/callback'],
    grantTypes: ['authorization_code'],
    authMethod: 'none',
    sent: 'http://127.0.0.1:49321/callback',
  },
  {
    name: 'opencode',
    clientId: 'https://opencode.ai/oauth/opencode/client.json',
    redirectUris: LOOPBACK,
    grantTypes: USUAL,
    authMethod: 'none',
    more: {
      application_type: 'native',
      token_endpoint_auth_methods_supported: ['none'],
    },
    sent: 'http://127.0.0.1:51675/callback',
  },
  {
    name: 'Cursor',
    clientId: 'https://cursor.com/oauth/mcp-client.json',
    redirectUris: [
      'https://www.cursor.com/agents/mcp/oauth/callback',
      'https://www.cursor.com/bot/mcp/oauth/callback',
      'https://grok.com/connectors-oauth-exchange-code/',
      'http://localhost:8787/callback',
      'http://127.0.0.1:8787/callback',
    ],
    grantTypes: USUAL,
    authMethod: 'none',
    sent: 'http://localhost:8787/callback',
  },
  {
    name: 'Factory Droid',
    clientId: 'https://api.factory.ai/mcp/oauth-client',
    redirectUris: ['http://127.0.0.1/callback'],
    grantTypes: USUAL,
    authMethod: 'none',
    sent: 'http://127.0.0.1:60117/callback',
  },
  {
    name: 'MCPJam',
    clientId: 'https://www.mcpjam.com/.well-known/oauth/client-metadata.json',
    redirectUris: [
      'mcpjam://oauth/callback',
      'https://www.mcpjam.com/oauth/callback',
      'http://localhost:6274/oauth/callback',
    ],
    grantTypes: USUAL,
    authMethod: 'none',
    sent: 'http://localhost:6275/oauth/callback',
  },
];
