import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { listen } from '../listen.ts';
import { registerMcpServer } from './register.ts';
import { createMcpServer } from './server.ts';

const OPTIONS = {
  issuer: { type: 'string', default: 'http://localhost:3000' },
  port: { type: 'string', default: '3003' },
  /** Data folder of the running server; the demo stores the operator token there. */
  data: { type: 'string', default: 'data' },
  /** File with an operator token, if `OPERATOR_TOKEN` is set. */
  'operator-token': { type: 'string' },
} as const;

/** Starts the demo MCP server beside a running Stagedoor. */
async function main(): Promise<void> {
  const { values } = parseArgs({ options: OPTIONS });
  const { issuer, data: dataDir } = values;
  const tokenFile = values['operator-token'] ?? join(dataDir, 'operator-token');
  const operatorToken = await readToken(tokenFile);
  const listening = await listen('127.0.0.1', Number(values.port));
  const resource = `${listening.url}/mcp`;
  const credentials = await registerMcpServer({ issuer, operatorToken }, { dataDir, resource });
  listening.serve(createMcpServer({ ...credentials, issuer, resource }));
  console.log(`The demo MCP server is at ${resource}, for tokens of ${issuer}.`);
}

async function readToken(file: string): Promise<string> {
  try {
    return (await readFile(file, 'utf8')).trim();
  } catch (cause) {
    const hint =
      'Start Stagedoor with its demo first (npm start), or pass --operator-token <file>.';
    throw new Error(`The file ${file} has no operator token. ${hint}`, { cause });
  }
}

main().catch((error: unknown) => {
  console.error(error instanceof Error ? error.message : error);
  process.exit(1);
});
