import { blockedHostEndpoints } from '../client-documents/routes.ts';
import { resourceCommands } from './resource.ts';

/** Sets up `stagedoor blocked-host`. */
export const addBlockedHost = resourceCommands({
  endpoints: blockedHostEndpoints,
  examples: [
    'blocked-host list',
    'blocked-host add agent.example.com --reason "Imitates other applications"',
  ],
  columns: { HOST: 'host', BLOCKED: 'created_at', REASON: 'reason' },
  facts: { Host: 'host', Blocked: 'created_at', Reason: 'reason' },
  commands: {
    list: { operation: 'listBlockedHosts' },
    add: {
      operation: 'blockHost',
      examples: ['blocked-host add agent.example.com --reason "Imitates other applications"'],
    },
    delete: { operation: 'unblockHost', confirm: '' },
  },
});
