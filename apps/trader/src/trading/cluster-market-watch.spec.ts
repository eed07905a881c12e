import type { ClusterService } from '@slt/cluster';
import { type Candle, CandleSeries, MINUTE_MS } from '@slt/domain';
import type { Universe } from '@slt/exchange';
import { SmcService } from '@slt/smc';
import { SetupEngine, type Signal } from '@slt/trading';
import { ClusterMarketWatch } from './cluster-market-watch';

const SYMBOL = 'AAAUSDT';
const START = Date.UTC(2025, 4, 6);
const LENGTH = 1_500;

/** Trends, turns and wicks; the same for the same seed. */
function walk(seed: number): Candle[] {
  let state = seed >>> 0;
  const random = (): number => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    return state / 2 ** 32;
  };
  let price = 100;
  let drift = 0;
  return Array.from({ length: LENGTH }, (_, i) => {
    if (random() < 0.02) drift = (random() - 0.5) * 0.002;
    const jump = random() < 0.02 ? 5 : 1;
    const open = price;
    const close = open * Math.exp(drift + (random() - 0.5) * 0.003 * jump);
    const high = Math.max(open, close) * (1 + random() * 0.001 * jump);
    const low = Math.min(open, close) * (1 - random() * 0.001 * jump);
    price = close;
    return { openTime: START + i * MINUTE_MS, open, high, low, close, volume: 1 + random() * 10 };
  });
}

/** One process: a series, its engine, and set-ups that begin with the first candle that is told. */
class Life {
  readonly signals: Signal[] = [];
  private readonly smc = new SmcService();
  private readonly series = new CandleSeries(SYMBOL, '1m', LENGTH);
  private readonly setups = new SetupEngine({ symbol: SYMBOL, interval: '1m' });
  private readonly watch = new ClusterMarketWatch(
    { series: () => this.series } as Partial<ClusterService> as ClusterService,
    {} as Universe,
    this.smc,
  );
  private hasBegun = false;

  constructor(
    history: readonly Candle[],
    private readonly remembers = true,
  ) {
    for (const candle of history) this.series.append(candle);
    this.smc.load(SYMBOL, '1m', this.series.toColumns());
  }

  tell(candle: Candle): void {
    this.series.append(candle);
    const events = this.smc.step(SYMBOL, '1m', candle);
    if (!this.hasBegun && this.remembers) {
      const past = this.watch.recent(SYMBOL, '1m', this.setups.memory + 1);
      this.setups.warmUp(past.filter(({ candle: { openTime } }) => openTime < candle.openTime));
    }
    this.hasBegun = true;
    this.signals.push(...this.setups.onCandle(candle, events, { view: () => this.watch.view(SYMBOL, '1m') }));
  }
}

describe('the market as trading sees it', () => {
  it('lets a process that begins anew find what one that never ended finds', () => {
    let missed = 0;
    for (const seed of [1, 2, 3]) {
      const candles = walk(seed);
      const whole = new Life(candles.slice(0, 300));
      for (const candle of candles.slice(300)) whole.tell(candle);
      // Right before each signal that a process finds which never ended.
      for (const { at } of whole.signals) {
        const cut = (at - START) / MINUTE_MS - 1;
        const found = (remembers: boolean): readonly Signal[] => {
          const life = new Life(candles.slice(0, cut), remembers);
          life.tell(candles[cut]!);
          return life.signals;
        };
        expect(found(true)).toEqual(whole.signals.filter((signal) => signal.at === at));
        if (found(false).length === 0) missed++;
      }
    }
    // Without its memory it would miss some of them.
    expect(missed).toBeGreaterThan(0);
  });

  it('knows nothing of the past of what is not followed', () => {
    const cluster = { series: () => undefined } as Partial<ClusterService> as ClusterService;
    const watch = new ClusterMarketWatch(cluster, {} as Universe, new SmcService());
    expect(watch.recent(SYMBOL, '1m', 5)).toEqual([]);
  });
});
