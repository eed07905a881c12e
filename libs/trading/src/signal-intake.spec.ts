import { CandleSeries } from '@slt/domain';
import type { SmcEvent } from '@slt/smc';
import { AdviceRelay } from './advice-relay';
import { breakOf, candleOf, START, sweepOf, viewOf } from './core/setups/spec-market';
import type { SetupStep } from './core/setups';
import type { Decision, Signal } from './core/signal';
import type { MarketWatch } from './session/market-watch';
import { SignalIntake } from './signal-intake';
import { anAssessment } from './testing/assessments';
import { RecordingAdvisor } from './testing/recording-advisor';

const AAA = 'AAAUSDT';
const QUIET: SetupStep = { candle: candleOf([100, 101, 99, 100], 0), events: [] };
const SWEPT: SetupStep = { candle: candleOf([100, 101, 98, 100], 1), events: [sweepOf('low', 'day')] };
const TURNED: SetupStep = {
  candle: candleOf([100, 102, 100, 102], 2),
  events: [breakOf('choch', 'bullish')],
};

describe('the intake of signals', () => {
  let advisor: RecordingAdvisor;
  let series: CandleSeries;
  let recorded: [Signal, Decision][];
  let past: readonly SetupStep[] | undefined;
  let asked: number[];

  const market: MarketWatch = {
    instrument: () => undefined,
    isTradable: () => true,
    series: () => series,
    view: () => viewOf({ atr: 1 }),
    quality: () => ({ staleStreams: 0, warmSymbols: 1 }),
    recent: (_symbol, _interval, count) => {
      asked.push(count);
      return past ?? [];
    },
  };
  const begin = (learner: RecordingAdvisor | null = advisor): SignalIntake =>
    new SignalIntake({
      advice: new AdviceRelay(learner ?? undefined, (error) => {
        throw error;
      }),
      sessions: {
        interval: '1m',
        recordRefusal: (...refusal) => Promise.resolve(void recorded.push(refusal)),
      },
      news: { signal: (signal) => advisor.told.push(`news: ${signal.symbol}`) },
    });
  const take = (intake: SignalIntake, { candle, events }: SetupStep, interval: '1m' | '5m' = '1m') => {
    series.append(candle);
    return intake.take(
      { symbol: AAA, interval, candle, series, events: events as readonly SmcEvent[] },
      market,
    );
  };

  beforeEach(() => {
    advisor = new RecordingAdvisor();
    series = new CandleSeries(AAA, '1m', 100);
    [recorded, past, asked] = [[], undefined, []];
  });

  it('tells the advisor of a candle before the signals that it completes are judged by it', () => {
    const intake = begin();
    const found = [QUIET, SWEPT, TURNED].flatMap((step) => take(intake, step));
    expect(advisor.told).toEqual([
      `candle: AAAUSDT 1m ${START}`,
      `candle: AAAUSDT 1m ${START + 60_000}`,
      `candle: AAAUSDT 1m ${START + 120_000}`,
      'score: AAAUSDT',
    ]);
    expect(found).toMatchObject([
      { setup: 'sweep-reversal', direction: 'long', confidence: 0.75, at: START + 180_000 },
    ]);
    expect(found[0]!.assessment).toBe(advisor.assessment);
  });

  it('lets the heuristic judge where nobody learns', () => {
    const intake = begin(null);
    const [signal] = [SWEPT, TURNED].flatMap((step) => take(intake, step));
    expect(signal!.parts['base']).toBe(0.5);
    expect(signal).not.toHaveProperty('assessment');
  });

  it('has ears for one interval only', () => {
    const intake = begin();
    expect([SWEPT, TURNED].flatMap((step) => take(intake, step, '5m'))).toEqual([]);
    expect(advisor.told).toEqual([]);
  });

  it('completes what was half complete before a restart', () => {
    past = [QUIET, SWEPT];
    expect(take(begin(), TURNED)).toMatchObject([{ setup: 'sweep-reversal', direction: 'long' }]);
    // 15 candles from a sweep to its break, the break's own, and the candle that is told now
    expect(asked).toEqual([17]);
    past = [];
    expect(take(begin(), TURNED)).toEqual([]);
  });

  it('does not count the candle twice that the past has already', () => {
    past = [QUIET, SWEPT, TURNED];
    expect(take(begin(), TURNED)).toHaveLength(1);
  });

  it('forgets what waits when the past is rewritten, and knows only what the new one tells', () => {
    const intake = begin();
    take(intake, SWEPT);
    intake.forget(AAA);
    expect(take(intake, TURNED)).toEqual([]);
    past = [SWEPT];
    intake.forget(AAA);
    expect(take(intake, { ...TURNED, candle: candleOf([100, 102, 100, 102], 3) })).toHaveLength(1);
  });

  it('lets a signal that nobody trades be recorded, learned from and told', () => {
    advisor.assessment = anAssessment({ refusals: ['NO_EDGE'] });
    const intake = begin();
    const [signal] = [SWEPT, TURNED].flatMap((step) => take(intake, step));
    advisor.told.length = 0;
    intake.pass(signal!);
    const decision = { decision: 'refused', reasons: ['TRADING_OFF', 'NO_EDGE'] };
    expect(recorded).toEqual([[signal, decision]]);
    expect(advisor.told).toEqual(['decided: AAAUSDT refused TRADING_OFF NO_EDGE', 'news: AAAUSDT']);
  });
});
