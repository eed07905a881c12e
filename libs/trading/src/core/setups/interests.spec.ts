import type { Candle } from '@slt/domain';
import { SmcEngine, type SmcEvent } from '@slt/smc';
import { TRADING_INTERESTS } from './interests';
import { SetupEngine } from './setup-engine';
import { walk } from './spec-market';

describe('the interests of trading', () => {
  it.each([1, 2, 3])('leave out nothing that a set-up would have heard (seed %i)', (seed) => {
    const [all, some] = [new SmcEngine(), new SmcEngine({}, TRADING_INTERESTS)];
    const [hearsAll, hearsSome] = [setupsOf(all), setupsOf(some)];
    let signals = 0;
    for (const candle of walk(seed, 3_000)) {
      const expected = hearsAll(candle, all.step(candle));
      expect(hearsSome(candle, some.step(candle))).toEqual(expected);
      signals += expected.length;
    }
    expect(signals).toBeGreaterThan(10);
  });
});

function setupsOf(smc: SmcEngine) {
  const engine = new SetupEngine({ symbol: 'BTCUSDT', interval: '1m' });
  const context = { view: () => smc.glance() };
  return (candle: Candle, events: readonly SmcEvent[]) => engine.onCandle(candle, events, context);
}
