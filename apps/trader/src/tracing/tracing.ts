/** OpenTelemetry, loaded only where traces go somewhere: start and memory of everybody else do not pay for it. */
import { context, propagation, trace, type Tracer } from '@opentelemetry/api';
import { type AppConfig, isTracing } from '@slt/config';
import { VERSION } from '../version';

export interface Tracing {
  readonly tracer: Tracer;
  /** Sends what is left. */
  close(): Promise<void>;
}

const DEFAULT_ENDPOINT = 'http://localhost:4318';
/** A collector that is away does not hold up the end of the process. */
const LAST_SPANS_MS = 500;

/** Before anything that is to be traced. */
export async function startTracing(config: AppConfig): Promise<Tracing | undefined> {
  if (!isTracing(config)) return undefined;
  const [{ BatchSpanProcessor, NodeTracerProvider }, { OTLPTraceExporter }] = await Promise.all([
    import('@opentelemetry/sdk-trace-node'),
    import('@opentelemetry/exporter-trace-otlp-http'),
  ]);
  const { resourceFromAttributes } = await import('@opentelemetry/resources');
  const endpoint = (config.OTEL_EXPORTER_OTLP_ENDPOINT ?? DEFAULT_ENDPOINT).replace(/\/+$/, '');
  const provider = new NodeTracerProvider({
    resource: resourceFromAttributes({ 'service.name': 'selflearningtrader', 'service.version': VERSION }),
    spanProcessors: [new BatchSpanProcessor(new OTLPTraceExporter({ url: `${endpoint}/v1/traces` }))],
  });
  provider.register();
  return {
    tracer: provider.getTracer('selflearningtrader', VERSION),
    close: async () => {
      const late = new Promise((wake) => setTimeout(wake, LAST_SPANS_MS).unref());
      await Promise.race([provider.shutdown().catch(() => undefined), late]);
      for (const api of [trace, context, propagation]) api.disable();
    },
  };
}
