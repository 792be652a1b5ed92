import { readConfig } from '../../src/config/config.ts';
import { serve } from '../../src/server/start.ts';
import { CHEAP_PASSWORDS } from './passwords.ts';

/* Starts a server for many sign-ins in a separate process: it hashes passwords at a low cost. */
await serve(readConfig(), { passwordCost: CHEAP_PASSWORDS });
