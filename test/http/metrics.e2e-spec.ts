/** The metrics are what Prometheus reads, and say what the service does. */
import { eventually } from '../support/eventually';
import { startTrader, type TestTrader } from './support/start-trader';

interface Family {
  type: string;
  help: string;
  samples: { name: string; labels: Record<string, string>; value: number }[];
}

/** A strict reader of the text format 0.0.4. @throws on any line that is not of it */
function parseMetrics(text: string): Map<string, Family> {
  const families = new Map<string, Family>();
  expect(text.endsWith('\n')).toBe(true);
  for (const line of text.split('\n').filter((each) => each !== '')) {
    const comment = /^# (HELP|TYPE) ([a-z_][a-z0-9_]*) (.+)$/.exec(line);
    if (comment !== null) {
      const family = families.get(comment[2]!) ?? { type: '', help: '', samples: [] };
      families.set(comment[2]!, family);
      if (comment[1] === 'HELP') family.help = comment[3]!;
      else family.type = comment[3]!;
      continue;
    }
    const sample = /^([a-z_][a-z0-9_]*)(?:\{(.*)\})? (NaN|[+-]?Inf|-?[\d.e+-]+)$/.exec(line);
    if (sample === null) throw new Error(`not a line of metrics: ${line}`);
    const name = sample[1]!;
    const family = families.get(name) ?? families.get(name.replace(/_(bucket|sum|count)$/, ''));
    if (family === undefined) throw new Error(`a sample without a type: ${line}`);
    const labels = [...(sample[2] ?? '').matchAll(/([a-z_]+)="((?:[^"\\]|\\.)*)"/g)];
    family.samples.push({
      name,
      labels: Object.fromEntries(labels.map((label) => [label[1]!, label[2]!])),
      value: Number(sample[3]!.replace('Inf', 'Infinity')),
    });
  }
  return families;
}

describe('metrics', () => {
  let trader: TestTrader;
  beforeAll(async () => {
    trader = await startTrader({ emulator: { speed: 60 } });
    await eventually(async () => (await fetch(`${trader.url}/health/ready`)).status === 200);
    await eventually(async () => {
      const { candles } = (await (await fetch(`${trader.url}/v1/cluster`)).json()) as { candles: number };
      return candles > 0;
    });
  });
  afterAll(() => trader.close());

  const scrape = async () => parseMetrics(await (await fetch(`${trader.url}/metrics`)).text());

  it('are served as Prometheus asks', async () => {
    const response = await fetch(`${trader.url}/metrics`);
    expect(response.status).toBe(200);
    expect(response.headers.get('content-type')).toBe('text/plain; version=0.0.4; charset=utf-8');
  });

  it('follow the conventions', async () => {
    for (const [name, { type, help }] of await scrape()) {
      expect(help).not.toBe('');
      expect(['counter', 'gauge', 'histogram', 'summary']).toContain(type);
      if (!name.startsWith('slt_')) continue;
      expect([name, name.endsWith('_total')]).toEqual([name, type === 'counter']);
      expect(name).not.toMatch(/_(ms|milliseconds|minutes|percent)$/);
    }
  });

  it.each([
    ['slt_cluster_ready', 1],
    ['slt_cluster_symbols', 6],
    ['slt_warmup_progress_ratio', 1],
    ['slt_weight_limit', 2400],
    ['slt_weight_banned', 0],
    ['slt_stream_reconnects_total', 0],
  ])('tell that %s is %d', async (name, value) => {
    expect((await scrape()).get(name)?.samples).toEqual([{ name, labels: {}, value }]);
  });

  it('tell of candles, weight, streams, phase, queue and event loop', async () => {
    const families = await scrape();
    const value = (name: string, labels: Record<string, string> = {}) =>
      families
        .get(name)
        ?.samples.find((sample) => Object.entries(labels).every(([key, is]) => sample.labels[key] === is))
        ?.value;
    expect(value('slt_candles_total')).toBeGreaterThan(0);
    expect(value('slt_gaps_repaired_total')).toBeGreaterThanOrEqual(0);
    expect(value('slt_weight_used')).toBeGreaterThanOrEqual(0);
    expect(value('slt_stream_connections')).toBeGreaterThan(0);
    expect(value('slt_cluster_phase', { phase: 'streaming' })).toBe(1);
    expect(value('slt_cluster_phase', { phase: 'idle' })).toBe(0);
    expect(value('slt_warmup_symbols', { state: 'total' })).toBe(6);
    expect(value('slt_history_series_total', { outcome: 'fetched' })).toBe(6);
    expect(families.get('slt_queue_jobs')?.samples.length).toBeGreaterThan(0);
    expect(value('slt_event_loop_delay_seconds', { quantile: '0.99' })).toBeGreaterThanOrEqual(0);
    expect(value('process_resident_memory_bytes')).toBeGreaterThan(1e6);
  });

  it('time requests by route, not by path', async () => {
    await fetch(`${trader.url}/v1/symbols/NOSUCHUSDT`);
    await fetch(`${trader.url}/no/such/path`);
    const samples = (await scrape()).get('slt_http_request_duration_seconds')!.samples;
    const routes = new Set(samples.map(({ labels }) => labels['route']));
    expect(routes).toContain('/v1/symbols/:symbol');
    expect(routes).toContain('none');
    expect([...routes].some((route) => route?.includes('NOSUCH') || route?.includes('/no/such'))).toBe(false);
  });
});
