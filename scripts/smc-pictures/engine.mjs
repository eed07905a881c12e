/** Hand-written candles, and what the engine says of them. */

/** A Wednesday, 17:10 UTC: for hours no period and no session begins or ends that would be seen whole. */
const QUIET_START = Date.UTC(2025, 0, 15, 17, 10);
const MINUTE_MS = 60_000;
const WICK = 0.4;
/** So large that this detector has nothing to say about a short series. */
export const OFF = 500;

/**
 * Candles from their closes; each opens at the close before.
 * @param closes a close, or `[close, upper wick, lower wick]`
 */
export function candlesFrom(open, closes, { start = QUIET_START, intervalMs = MINUTE_MS } = {}) {
  let before = open;
  return closes.map((each, i) => {
    const [close, up = WICK, down = WICK] = Array.isArray(each) ? each : [each];
    const candle = {
      openTime: start + i * intervalMs,
      open: before,
      high: Math.max(before, close) + up,
      low: Math.min(before, close) - down,
      close,
      volume: 1,
    };
    before = close;
    return candle;
  });
}

/** @returns every event, and the engine's view after each candle */
export function run(SmcEngine, candles, options) {
  const engine = new SmcEngine(options);
  const views = [];
  const events = candles.flatMap((candle) => {
    const said = engine.step(candle);
    views.push(engine.view());
    return [...said];
  });
  return { events, views };
}

/** The picture is wrong unless the engine said exactly this. @throws Error with both sides */
export function claim(picture, what, said, expected) {
  if (JSON.stringify(said) === JSON.stringify(expected)) return;
  throw new Error(`${picture}: ${what} should be ${expected.join(', ')}, the engine says ${said.join(', ')}`);
}
