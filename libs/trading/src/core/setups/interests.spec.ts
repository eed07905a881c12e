import type { Candle } from '@slt/domain';
import { DEFAULT_SMC_OPTIONS, SmcEngine, type SmcEvent } from '@slt/smc';
import { SetupEngine } from './setup-engine';
import type { SetupOptions } from './setup-options';
import { walk } from './spec-market';

const ATR_LENGTH = DEFAULT_SMC_OPTIONS.atrLength;
const OPTIONS: readonly Partial<SetupOptions>[] = [
  {},
  { gapMinAtr: 0 },
  { gapMinAtr: 2, retestWithin: 60 },
  { gapMinAtr: 0.5, retestWithin: 0 },
];

describe('the interests of set-ups', () => {
  it.each([1, 2, 3])('leave out nothing that a set-up would have heard (seed %i)', (seed) => {
    const count = { signals: 0, told: 0, wanted: 0 };
    for (const options of OPTIONS) {
      const engines = [setups(options), setups(options)] as const;
      const [all, some] = [new SmcEngine(), new SmcEngine({}, engines[1].interests(ATR_LENGTH))];
      const [hearsAll, hearsSome] = [hearing(engines[0], all), hearing(engines[1], some)];
      for (const candle of walk(seed, 3_000)) {
        const [told, wanted] = [all.step(candle), some.step(candle)];
        const expected = hearsAll(candle, told);
        expect(hearsSome(candle, wanted)).toEqual(expected);
        count.signals += expected.length;
        count.told += told.length;
        count.wanted += wanted.length;
      }
    }
    expect(count.signals).toBeGreaterThan(40);
    expect(count.wanted).toBeLessThan(0.5 * count.told);
  });
});

const setups = (options: Partial<SetupOptions>): SetupEngine =>
  new SetupEngine({ symbol: 'BTCUSDT', interval: '1m', options });

function hearing(engine: SetupEngine, smc: SmcEngine) {
  const context = { view: () => smc.glance() };
  return (candle: Candle, events: readonly SmcEvent[]) => engine.onCandle(candle, events, context);
}
