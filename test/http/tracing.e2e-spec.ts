/** Traces go to a collector where one is named; without one nothing of OpenTelemetry's SDK is even imported. */
import { readdirSync, readFileSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { Emulator } from '@slt/emulator';
import { ChannelServer } from '../../libs/notifications/src/testing/channel-server';
import { eventually } from '../support/eventually';
import { Program } from '../support/program';

const ROOT = path.resolve(__dirname, '../..');

interface SentSpan {
  readonly name: string;
  readonly traceId: string;
  readonly attributes: readonly { readonly key: string; readonly value: Record<string, unknown> }[];
}
interface Export {
  readonly resourceSpans: readonly {
    readonly scopeSpans: readonly { readonly spans: readonly SentSpan[] }[];
  }[];
}

describe('traces', () => {
  let collector: ChannelServer;
  let emulator: Emulator;
  let folder: string;
  let program: Program;

  beforeAll(async () => {
    collector = await ChannelServer.start();
    emulator = await Emulator.start({ symbols: 2 });
    folder = await mkdtemp(path.join(tmpdir(), 'slt-traces-'));
    program = Program.start('trader', {
      DATA_DIR: folder,
      EMULATOR_URL: emulator.url,
      HISTORY_LIMIT: '120',
      OTEL_EXPORTER_OTLP_ENDPOINT: `${collector.url}/`,
    });
  });
  afterAll(async () => {
    await program.end();
    await emulator.close();
    await collector.close();
    await rm(folder, { recursive: true, force: true, maxRetries: 20, retryDelay: 100 });
  });

  const spans = (): SentSpan[] =>
    collector.received.flatMap(({ body }) =>
      (JSON.parse(body) as Export).resourceSpans.flatMap((each) =>
        each.scopeSpans.flatMap((scope) => scope.spans),
      ),
    );

  it('tell of requests by their route, within the trace of the caller, and of history jobs', async () => {
    const url = await program.url();
    const traceId = '0af7651916cd43dd8448eb211c80319c';
    const headers = { traceparent: `00-${traceId}-b7ad6b7169203331-01` };
    await eventually(async () => (await fetch(`${url}/health/ready`)).status === 200);
    await fetch(`${url}/v1/symbols/BTCUSDT?x=secret`, { headers });
    await program.end('SIGTERM');
    await eventually(() => spans().some((span) => span.name === 'GET /v1/symbols/:symbol'));
    expect(new Set(collector.received.map((each) => each.path))).toEqual(new Set(['/v1/traces']));
    const span = spans().find(({ name }) => name === 'GET /v1/symbols/:symbol')!;
    expect(span.traceId).toBe(traceId);
    expect(span.attributes).toContainEqual({
      key: 'http.response.status_code',
      value: { intValue: 400 },
    });
    expect(JSON.stringify(spans())).not.toContain('secret');
    expect(spans().some(({ name }) => name.startsWith('process history-'))).toBe(true);
  });
});

it('is loaded only when it is asked for', () => {
  const sources = ['apps', 'libs'].flatMap((top) =>
    readdirSync(path.join(ROOT, top), { withFileTypes: true, recursive: true })
      .filter((entry) => /(?<!spec)\.ts$/.test(entry.name))
      .map((entry) => path.join(entry.parentPath ?? entry.path, entry.name)),
  );
  const eager = /^import (?!type)[^;]*'(?:bullmq-otel|@opentelemetry\/(?!api'))/m;
  expect(sources.filter((file) => eager.test(readFileSync(file, 'utf8')))).toEqual([]);
  expect(eager.test("import { X } from '@opentelemetry/resources';")).toBe(true);
});
