import { readConfig } from '../../src/config.ts';
import { serve } from '../../src/serve.ts';
import { reportUsage } from './report-usage.ts';

const running = await serve(readConfig());
reportUsage(running.url, () => running.close());
