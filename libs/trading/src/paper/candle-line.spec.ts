import { AppError, HOUR_MS, MINUTE_MS, type UtcMs } from '@slt/domain';
import { candle, FLAT, quoteAt, SpecAccount, SYMBOL, T0 } from '../testing/spec-account';
import type { FundingFacts } from '../core/paper/paper-account';
import { CandleLine } from './candle-line';

const CANDLES = { ...FLAT, matching: 'candles', spreadBps: 0 } as const;
const EVEN = [50_000, 50_000, 50_000, 50_000] as const;
/** T0 is half past the hour. */
const HOUR: UtcMs = T0 + 30 * MINUTE_MS;

/** An account that is long 0.1 from T0 on; events are heard at once. */
class Bench {
  readonly spec = new SpecAccount(CANDLES);
  readonly asked: [after: UtcMs, until: UtcMs][] = [];
  settled: FundingFacts[] = [];
  failures = 0;
  saves = 0;
  private readonly events = eventsOf(this);
  readonly line = new CandleLine(() => ({ account: this.spec.account, events: this.events as never }), {
    fundings: (_symbol, after, until) => {
      this.asked.push([after, until]);
      if (this.failures-- > 0)
        return Promise.reject(new AppError('transient', 'TEST.AWAY', 'the exchange is away'));
      return Promise.resolve(this.settled.filter((each) => each.at > after && each.at <= until));
    },
  });

  async meet(i: number): Promise<UtcMs[]> {
    const pauses: UtcMs[] = [];
    await this.line.meet(SYMBOL, candle(i, EVEN), 50_000, (at) => {
      pauses.push(at);
      return this.line.settled();
    });
    return pauses;
  }

  async enter(): Promise<void> {
    this.spec.account.place(this.spec.market('buy', '0.1'), T0, quoteAt(50_000, T0 - 1));
    await this.line.settled();
    expect(await this.meet(0)).toEqual([T0]);
  }
}

function eventsOf(bench: Bench) {
  return {
    get hasNews(): boolean {
      return bench.spec.events.length > bench.saves;
    },
    settled: () => Promise.resolve(void (bench.saves = bench.spec.events.length)),
  };
}

describe('candle line', () => {
  it('pauses where something happens, and nowhere else', async () => {
    const bench = new Bench();
    expect(bench.line.isBusy).toBe(false);
    await bench.enter();
    expect(bench.line.concerns(SYMBOL)).toBe(true);
    expect(await bench.meet(1)).toEqual([]);
  });

  it('books what was settled by the open, asked for once an hour', async () => {
    const bench = new Bench();
    await bench.enter();
    bench.settled = [{ rate: 0.0001, markPrice: 1, at: HOUR + 3 }];
    for (const i of [1, 29]) await bench.meet(i);
    expect(bench.asked).toEqual([]);
    await bench.meet(30);
    expect(bench.asked).toEqual([[T0, HOUR + MINUTE_MS - 1]]);
    // −0.1 × 50,000, the last close, × 0.0001
    expect(bench.spec.account.fundings(0)).toMatchObject([{ amount: '-0.5', at: HOUR }]);
    for (const i of [31, 32]) await bench.meet(i);
    expect(bench.asked).toHaveLength(1);
    await bench.meet(90);
    expect(bench.asked[1]).toEqual([HOUR, HOUR + HOUR_MS + MINUTE_MS - 1]);
    expect(bench.spec.account.fundings(0)).toHaveLength(1);
  });

  it('waits for an exchange that is away', async () => {
    const bench = new Bench();
    await bench.enter();
    bench.settled = [{ rate: 0.0001, markPrice: 1, at: HOUR }];
    bench.failures = 1;
    await bench.meet(30);
    expect(bench.asked).toHaveLength(2);
    expect(bench.spec.account.fundings(0)).toHaveLength(1);
  });
});
