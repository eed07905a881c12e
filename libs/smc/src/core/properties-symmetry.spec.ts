/** Properties 4 and 5: turned upside down, everything is turned; scaled by a power of two, only levels are. */
import type { Candle } from '@slt/domain';
import { countEvents, type Census } from '../testing/census';
import { smallOptions } from '../testing/options';
import { streamed } from '../testing/run';
import { expectSameLog } from '../testing/same-event';
import { describePlan, planFrom, series } from '../testing/series';
import type { SmcEvent } from './smc-event';

/** Above all generated prices; a multiple of every tick that is used here, so that K − p is exact. */
const K = 16_384;

const UPSIDE_DOWN: Readonly<Record<string, string>> = {
  bullish: 'bearish',
  bearish: 'bullish',
  high: 'low',
  low: 'high',
  HH: 'LL',
  LL: 'HH',
  LH: 'HL',
  HL: 'LH',
};

function turned(candle: Candle): Candle {
  const { openTime, open, high, low, close, volume } = candle;
  return { openTime, open: K - open, high: K - low, low: K - high, close: K - close, volume };
}

/** The same event about the turned series. Words in ids turn as well; prices turn, and of a zone's ends each is the other. */
function turnedEvent(event: SmcEvent): SmcEvent {
  const result: Record<string, unknown> = { ...event };
  for (const name of ['side', 'direction', 'label'] as const) {
    if (name in result) result[name] = UPSIDE_DOWN[String(result[name])] ?? result[name];
  }
  for (const name of ['level', 'previousLevel'] as const)
    if (name in result) result[name] = K - Number(result[name]);
  if ('top' in event) [result.top, result.bottom] = [K - event.bottom, K - event.top];
  if (event.kind === 'session') [result.high, result.low] = [K - event.low, K - event.high];
  if ('id' in event) result.id = event.id.replace(/bullish|bearish|high|low/, (word) => UPSIDE_DOWN[word]!);
  return result as unknown as SmcEvent;
}

/** Of one candle the page puts up before down and high before low: what is turned stands in another order there. */
function inAnyOrder(events: readonly SmcEvent[]): SmcEvent[] {
  return events
    .map((event) => [sortKey(event), event] as const)
    .sort(([a], [b]) => (a < b ? -1 : a > b ? 1 : 0))
    .map(([, event]) => event);
}

function sortKey(event: SmcEvent): string {
  const fields = event as unknown as Record<string, unknown>;
  const names = ['kind', 'scale', 'period', 'session', 'side', 'direction', 'id', 'at', 'state'];
  return [String(event.knownAt).padStart(6, '0'), ...names.map((name) => fields[name])].join(' ');
}

/**
 * Where a candle is a pivot candidate on both sides the high wins, which has no mirror image. So that no candle is, each
 * that could be is made no higher than its successor, by raising that one's high. Higher ones follow in turn.
 */
function withoutOutsideBars(candles: readonly Candle[]): Candle[] {
  const result = [...candles];
  for (let i = 0; i + 1 < result.length; i++) {
    const [here, next] = [result[i]!, result[i + 1]!];
    if (here.high > next.high && here.low < next.low) result[i + 1] = { ...next, high: here.high };
  }
  return result;
}

describe('4 mirror', () => {
  it('p → K − p swaps bullish and bearish, high and low, and changes nothing else', () => {
    const census: Census = new Map();
    for (let seed = 1; seed <= 120; seed++) {
      const plan = planFrom(seed + 61_000, 140, { tick: seed % 2 === 0 ? 0.25 : 1 });
      const options = smallOptions(seed, { intervalMs: plan.intervalMs });
      const candles = withoutOutsideBars(series(plan));
      const events = streamed(candles, options);
      const mirrored = streamed(candles.map(turned), options);
      expectSameLog(inAnyOrder(mirrored), inAnyOrder(events.map(turnedEvent)), describePlan(plan));
      countEvents(census, events);
    }
    for (const kind of ['bos swing bullish', 'choch swing bearish', 'order-block swing bearish spent']) {
      expect(census.get(kind)).toBeGreaterThan(20);
    }
  });

  it('with the default options', () => {
    for (let seed = 1; seed <= 4; seed++) {
      const plan = planFrom(seed + 62_000, 900, { tick: 0.25, shape: seed % 2 === 0 ? 'trend' : 'mixed' });
      const options = { intervalMs: plan.intervalMs };
      const candles = withoutOutsideBars(series(plan));
      const mirrored = streamed(candles.map(turned), options);
      const events = streamed(candles, options).map(turnedEvent);
      expectSameLog(inAnyOrder(mirrored), inAnyOrder(events), describePlan(plan));
    }
  });

  it('and where a candle is both, the high wins on either side of the mirror', () => {
    const noon = Date.UTC(2025, 0, 15, 12, 30);
    const bar = (i: number, high: number, low: number): Candle => {
      return { openTime: noon + i * 60_000, open: 100, high, low, close: 100, volume: 1 };
    };
    const candles = [bar(0, 110, 90), bar(1, 105, 95)];
    const options = { swingSize: 1, internalSize: 2 };
    for (const shown of [candles, candles.map(turned)]) {
      expect(streamed(shown, options)[0]).toMatchObject({ kind: 'pivot', side: 'high', at: 0, knownAt: 1 });
    }
  });
});

describe('5 scale', () => {
  /** Levels, tops, bottoms, highs and lows times the factor. */
  function scaled(event: SmcEvent, factor: number): SmcEvent {
    const result: Record<string, unknown> = { ...event };
    for (const name of ['level', 'previousLevel', 'top', 'bottom', 'high', 'low']) {
      if (name in result) result[name] = Number(result[name]) * factor;
    }
    return result as unknown as SmcEvent;
  }

  function scaledCandle({ openTime, open, high, low, close, volume }: Candle, factor: number): Candle {
    return {
      openTime,
      open: open * factor,
      high: high * factor,
      low: low * factor,
      close: close * factor,
      volume,
    };
  }

  it.each([-40, -7, -1, 1, 3, 40])('prices times 2^%i change levels only, also of awkward ticks', (power) => {
    const factor = 2 ** power;
    for (let seed = 1; seed <= 16; seed++) {
      const plan = planFrom(seed + 63_000, 140, { tick: seed % 2 === 0 ? 0.1 : 0.25 });
      const options = smallOptions(seed, { intervalMs: plan.intervalMs });
      const candles = series(plan);
      const expected = streamed(candles, options).map((event) => scaled(event, factor));
      const found = streamed(
        candles.map((candle) => scaledCandle(candle, factor)),
        options,
      );
      expectSameLog(found, expected, describePlan(plan));
    }
  });
});
