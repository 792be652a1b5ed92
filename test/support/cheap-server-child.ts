import { readConfig } from '../../src/config/config.ts';
import { serve } from '../../src/server/start.ts';
import { CHEAP_PASSWORDS } from './passwords.ts';

/* A server in a process of its own that signs many users in: it hashes passwords at a low cost. */
await serve(readConfig(), { passwordCost: CHEAP_PASSWORDS });
