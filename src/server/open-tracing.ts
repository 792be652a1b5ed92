import type { Config } from '../config/config.ts';
import type { Logger } from '../lib/log.ts';
import type { Tracing } from '../tracing/start-tracing.ts';
import { isFirstProcess } from './worker.ts';

/** Starts OpenTelemetry traces if the settings say so; otherwise nothing of OpenTelemetry is loaded. */
export async function openTracing(
  { tracing, issuer }: Pick<Config, 'tracing' | 'issuer'>,
  log: Pick<Logger, 'warn'>,
): Promise<Tracing | undefined> {
  for (const warning of isFirstProcess() ? tracing.warnings : []) {
    log.warn(warning);
  }
  if (!tracing.isOn) {
    return undefined;
  }
  const { startTracing } = await import('../tracing/start-tracing.ts');
  return startTracing(tracing, issuer, log);
}
