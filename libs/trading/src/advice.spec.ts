/** What who learns is told by trading as a whole, and that nothing breaks where he does. */
import { type Candle, CandleSeries } from '@slt/domain';
import { SOUND } from './session/testing/faulty-broker';
import { TradingWorld } from './session/testing/trading-world';
import { passes, settles, useSilence, useVirtualTime } from './session/testing/virtual-time';
import { anAssessment } from './testing/assessments';
import { RecordingAdvisor } from './testing/recording-advisor';

const BTC = 'BTCUSDT';
const ETH = 'ETHUSDT';

describe('advice', () => {
  let advisor: RecordingAdvisor;
  let world: TradingWorld;

  useSilence();
  useVirtualTime();
  beforeEach(() => {
    advisor = new RecordingAdvisor();
    world = new TradingWorld({}, advisor);
  });

  const closeCandle = (symbol: string): void => {
    const candle: Candle = { openTime: 0, open: 1, high: 1, low: 1, close: 1, volume: 1 };
    const series = new CandleSeries(symbol, '1m', 10);
    series.append(candle);
    world.service.onCandle(symbol, '1m', candle, series, []);
  };

  it('hears of candles and signals while trading is off', async () => {
    closeCandle(BTC);
    world.consider(BTC, 'long');
    await settles();
    expect(advisor.told).toEqual(['candle: BTCUSDT 1m 0', 'decided: BTCUSDT refused TRADING_OFF']);
  });

  it('hears of a signal that was traded, and of what it came to', async () => {
    await world.start();
    const { id } = world.consider(BTC, 'long');
    const refused = world.consider(BTC, 'short');
    await passes(500);
    world.move(BTC, 61_300);
    await passes(500);
    expect(advisor.of('decided')).toEqual(['BTCUSDT traded', 'BTCUSDT refused POSITION_EXISTS']);
    expect(advisor.of('traded')).toEqual([`${id} target`]);
    expect(advisor.of('retracted')).toEqual([]);
    expect(world.journal.decisions.get(refused.id)!.decision).toBe('refused');
  });

  it.each([
    ['refused by the exchange', 'rejected', 'ORDER_REJECTED'],
    ['never sent', 'transient', 'ENTRY_NOT_FILLED'],
    ['lost on its way', 'lost-before', 'ENTRY_NOT_FILLED'],
  ] as const)('hears that nothing came of an entry that was %s', async (_, fate, reason) => {
    await world.start();
    world.fates = { ...SOUND, place: () => fate };
    const { id } = world.consider(BTC, 'long');
    await passes(15_000);
    expect(advisor.of('decided')).toEqual(['BTCUSDT traded']);
    expect(advisor.of('retracted')).toEqual([`${id} ${reason}`]);
  });

  it('hears that an entry could not be prepared', async () => {
    await world.start();
    world.fates = { ...SOUND, ask: (name) => (name === 'prepare' ? 'transient' : 'answered') };
    const { id } = world.consider(BTC, 'long');
    await passes(500);
    expect(advisor.of('retracted')).toEqual([`${id} ENTRY_NOT_FILLED`]);
  });

  it('is followed: nothing is traded against it, and no more than it allows', async () => {
    await world.start();
    const against = world.consider(BTC, 'long', { assessment: anAssessment({ refusals: ['NO_EDGE'] }) });
    const little = world.consider(ETH, 'long', { assessment: anAssessment({ riskScale: 0.05 }) });
    await passes(500);
    expect(world.journal.decisions.get(against.id)).toEqual({ decision: 'refused', reasons: ['NO_EDGE'] });
    expect(world.journal.decisions.get(little.id)!.decision).toBe('traded');
    // 10,000 × 1 % × 0.05 = 5, a loss of 30 + 0.0007 × 5,970 = 34.179 each: 0.146
    expect((await world.exchange()).positions).toEqual(new Map([[ETH, '0.146']]));
  });

  it.each(['candle', 'decided'])(
    'that fails at a %s halts trading, and what is held stays protected',
    async (at) => {
      await world.start();
      world.consider(BTC, 'long');
      await passes(500);
      advisor.failsAt = at;
      if (at === 'candle') closeCandle(ETH);
      else world.consider(ETH, 'long');
      await passes(1_000);
      expect(world.service.status()).toMatchObject({
        state: 'halted',
        halt: { reason: 'broken-invariant', detail: `cannot be told of ${at}` },
      });
      expect((await world.exchange()).open.map(({ kind }) => kind)).toEqual(
        expect.arrayContaining(['stop', 'take-profit']),
      );
      advisor.failsAt = undefined;
      await world.start();
      expect(world.state).toBe('on');
    },
  );

  it('that fails at a trade leaves the books right', async () => {
    await world.start();
    world.consider(BTC, 'short');
    await passes(500);
    advisor.failsAt = 'traded';
    world.move(BTC, 58_700);
    await passes(1_000);
    expect(world.state).toBe('halted');
    expect(world.journal.written('trade')).toMatchObject([{ trade: { exitReason: 'target' } }]);
    expect((await world.exchange()).positions.size).toBe(0);
  });

  it('that fails while trading is off keeps nobody from anything', async () => {
    advisor.failsAt = 'decided';
    const signal = world.consider(BTC, 'long');
    closeCandle(BTC);
    await settles();
    expect(world.state).toBe('off');
    expect(world.journal.decisions.get(signal.id)).toMatchObject({ reasons: ['TRADING_OFF'] });
    await world.start();
    expect(world.state).toBe('on');
  });
});
