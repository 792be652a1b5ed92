import { z } from 'zod';

/** Settings of OpenTelemetry traces. The exporter itself reads the address and headers of the collector. */
export interface TracingSettings {
  readonly isOn: boolean;
  readonly sampler: (typeof SAMPLERS)[number];
  /** Share of the traces that the samplers by ratio take, from 0 to 1. */
  readonly ratio: number;
  /** Sentences about variables that have no effect. */
  readonly warnings: readonly string[];
}

const SAMPLERS = [
  'always_on',
  'always_off',
  'traceidratio',
  'parentbased_always_on',
  'parentbased_always_off',
  'parentbased_traceidratio',
] as const;
const PROTOCOLS: ReadonlySet<string> = new Set(['http/json', 'http/protobuf']);

/** Standard variables. A wrong value is no error: they may be set for all programs of a machine. */
export const tracingVariables = {
  OTEL_SDK_DISABLED: z.string().optional(),
  OTEL_TRACES_EXPORTER: z.string().optional(),
  OTEL_TRACES_SAMPLER: z.string().optional(),
  OTEL_TRACES_SAMPLER_ARG: z.string().optional(),
  OTEL_EXPORTER_OTLP_ENDPOINT: z.string().optional(),
  OTEL_EXPORTER_OTLP_TRACES_ENDPOINT: z.string().optional(),
  OTEL_EXPORTER_OTLP_PROTOCOL: z.string().optional(),
  OTEL_EXPORTER_OTLP_TRACES_PROTOCOL: z.string().optional(),
};

type TracingVariables = Readonly<
  Partial<Record<keyof typeof tracingVariables, string | undefined>>
>;

/**
 * Returns the settings of traces. They are on if a collector or the exporter `otlp` is named.
 * @see https://opentelemetry.io/docs/specs/otel/configuration/sdk-environment-variables/
 */
export function tracingSettings(vars: TracingVariables): TracingSettings {
  const off = { isOn: false, sampler: SAMPLERS[3], ratio: 1, warnings: [] };
  const endpoint = vars.OTEL_EXPORTER_OTLP_TRACES_ENDPOINT ?? vars.OTEL_EXPORTER_OTLP_ENDPOINT;
  const exporters = vars.OTEL_TRACES_EXPORTER ?? (endpoint === undefined ? 'none' : 'otlp');
  if (vars.OTEL_SDK_DISABLED?.trim().toLowerCase() === 'true' || exporters.trim() === 'none') {
    return off;
  }
  if (!exporters.split(',').some((name) => name.trim() === 'otlp')) {
    return { ...off, warnings: ['OTEL_TRACES_EXPORTER must be otlp or none; no traces are sent'] };
  }
  const protocol = vars.OTEL_EXPORTER_OTLP_TRACES_PROTOCOL ?? vars.OTEL_EXPORTER_OTLP_PROTOCOL;
  if (protocol !== undefined && !PROTOCOLS.has(protocol)) {
    const warning = 'OTEL_EXPORTER_OTLP_PROTOCOL must be http/json; no traces are sent';
    return { ...off, warnings: [warning] };
  }
  return { isOn: true, ...samplerOf(vars) };
}

function samplerOf(vars: TracingVariables): Omit<TracingSettings, 'isOn'> {
  const { OTEL_TRACES_SAMPLER: name = SAMPLERS[3], OTEL_TRACES_SAMPLER_ARG: argument = '1' } = vars;
  const sampler = SAMPLERS.find((known) => known === name);
  const ratio = Number(argument);
  const isRatio = ratio >= 0 && ratio <= 1;
  return {
    sampler: sampler ?? SAMPLERS[3],
    ratio: isRatio ? ratio : 1,
    warnings: [
      ...(sampler === undefined ? ['OTEL_TRACES_SAMPLER is unknown; all traces are sent'] : []),
      ...(isRatio ? [] : ['OTEL_TRACES_SAMPLER_ARG must be from 0 to 1; 1 is used']),
    ],
  };
}
