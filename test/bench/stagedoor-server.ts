import { readConfig } from '../../src/config/config.ts';
import { serve } from '../../src/server/start.ts';
import { reportUsage } from './report-usage.ts';

const running = await serve(readConfig());
reportUsage(running.url, () => running.close());
