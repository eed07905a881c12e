import fc from 'fast-check';
import { isAppError } from '@slt/domain';
import { BREAKER_LEVELS, type BreakerPhase, gradeOf, levelOf } from './breaker-level';
import { BREAKER_MOVES, nextBreakerPhase } from './breaker-phase';
import type { BreakerSettings } from './breaker-settings';
import type { BreakerEvent, BreakerTransition } from './breaker-words';
import { GradedCircuitBreaker } from './graded-circuit-breaker';

const START = 1_000_000;
const GOOD = { kind: 'call', isOk: true, latencyMs: 50 } as const;
const BAD = { kind: 'call', isOk: false, latencyMs: 50 } as const;
const ENTRY = { kind: 'entry' } as const;
const RESET = { kind: 'reset' } as const;
const dataOf = (staleStreams: number, warmSymbols = 1): BreakerEvent => ({
  kind: 'data',
  staleStreams,
  warmSymbols,
});
const lossesOf = (dailyLoss: number, drawdown = 0, losingStreak = 0): BreakerEvent => ({
  kind: 'losses',
  dailyLoss,
  drawdown,
  losingStreak,
});

class Run {
  readonly breaker: GradedCircuitBreaker;
  readonly moves: BreakerTransition[] = [];
  now = START;

  constructor(settings: Partial<BreakerSettings> = {}, phase?: BreakerPhase) {
    this.breaker = new GradedCircuitBreaker(settings, {
      now: START,
      ...(phase === undefined ? {} : { phase }),
    });
  }

  observe(...events: readonly BreakerEvent[]): this {
    for (const event of events) this.moves.push(...this.breaker.observe(event, this.now));
    return this;
  }

  wait(ms: number): this {
    this.now += ms;
    this.moves.push(...this.breaker.tick(this.now));
    return this;
  }

  get path(): string[] {
    return this.moves.map(({ from, to }) => `${from} > ${to}`);
  }

  get codes(): string[] {
    return this.breaker.state().reasons.map(({ code }) => code);
  }
}

const times = <T>(count: number, value: T): T[] => Array.from({ length: count }, () => value);

describe('the table of moves', () => {
  it('knows 16 moves; every other is a broken invariant', () => {
    const phases: BreakerPhase[] = [...BREAKER_LEVELS, 'half-open'];
    let known = 0;
    for (const phase of phases) {
      for (const move of BREAKER_MOVES) {
        try {
          nextBreakerPhase(phase, move);
          known++;
        } catch (error) {
          expect(isAppError(error, 'BREAKER.ILLEGAL_MOVE')).toBe(true);
        }
      }
    }
    // normal, warning, throttled, blocked, half-open
    expect(known).toBe(3 + 4 + 3 + 2 + 4);
  });
});

describe('the breaker', () => {
  it('is normal at first, without reasons, and lets all pass', () => {
    const { breaker } = new Run();
    expect(breaker.state()).toEqual({
      level: 'normal',
      isHalfOpen: false,
      reasons: [],
      since: START,
      sources: { exchange: 'normal', data: 'normal', losses: 'normal' },
    });
    expect(breaker.permit()).toEqual({ kind: 'full' });
  });

  it('rises with the error rate, to the level that the rate asks for', () => {
    const run = new Run().observe(...times(9, GOOD), BAD); // 1 of 10: 0.1
    expect(run.breaker.state()).toMatchObject({
      level: 'warning',
      reasons: [{ code: 'ERROR_RATE', value: 0.1, threshold: 0.1 }],
      sources: { exchange: 'warning', data: 'normal' },
    });
    run.observe(...times(3, BAD)); // 4 of 13: 0.31
    expect(run.breaker.state().level).toBe('throttled');
    expect(run.breaker.permit()).toEqual({ kind: 'reduced', sizeFactor: 0.5, minConfidence: 0.85 });
    run.observe(...times(5, BAD)); // 9 of 18: 0.5
    expect(run.breaker.state().level).toBe('blocked');
    expect(run.breaker.permit()).toEqual({ kind: 'none' });
    expect(run.path).toEqual(['normal > warning', 'warning > throttled', 'throttled > blocked']);
  });

  it('says nothing of fewer calls than it needs', () => {
    expect(new Run().observe(...times(4, BAD)).breaker.state().level).toBe('normal');
    expect(new Run().observe(...times(5, BAD)).breaker.state().level).toBe('blocked');
  });

  it('rises with latency, stale streams, cold symbols and losses', () => {
    const slow = { kind: 'call', isOk: true, latencyMs: 3_500 } as const;
    expect(new Run().observe(...times(5, slow)).codes).toEqual(['LATENCY']);
    expect(new Run().observe(dataOf(0.25)).breaker.state()).toMatchObject({
      level: 'throttled',
      reasons: [{ code: 'STALE_STREAMS', value: 0.25, threshold: 0.2 }],
    });
    expect(new Run().observe(dataOf(0, 0.4)).codes).toEqual(['COLD_SYMBOLS']);
    expect(new Run().observe(lossesOf(0.05)).breaker.state().level).toBe('blocked');
    expect(new Run().observe(lossesOf(0, 0.08)).codes).toEqual(['DRAWDOWN']);
    expect(new Run().observe(lossesOf(0, 0, 50)).breaker.state().level).toBe('throttled');
  });

  it('is as bad as the worst source', () => {
    const run = new Run().observe(dataOf(0.06), lossesOf(0.04));
    expect(run.breaker.state()).toMatchObject({
      level: 'throttled',
      sources: { exchange: 'normal', data: 'warning', losses: 'throttled' },
    });
    expect(run.codes).toEqual(['STALE_STREAMS', 'DAILY_LOSS']);
  });

  it('sinks one grade at a time, each after the time of recovery without a cause', () => {
    const run = new Run().observe(dataOf(0.25), dataOf(0));
    run.wait(59_999);
    expect(run.breaker.state().level).toBe('throttled');
    expect(run.breaker.state().reasons).toEqual([{ code: 'RECOVERING', value: 59_999, threshold: 60_000 }]);
    run.wait(1).wait(60_000);
    expect(run.path).toEqual(['normal > throttled', 'throttled > warning', 'warning > normal']);
  });

  it('begins to wait anew when the cause comes back', () => {
    const run = new Run().observe(dataOf(0.25), dataOf(0)).wait(50_000);
    run.observe(dataOf(0.25), dataOf(0)).wait(50_000);
    expect(run.breaker.state().level).toBe('throttled');
    expect(run.wait(10_000).breaker.state().level).toBe('warning');
  });
});

describe('a blocked breaker', () => {
  const blocked = (): Run => new Run().observe(...times(5, BAD));

  it('opens half after its cool-down, lets three entries pass, and proves itself by three good calls', () => {
    const run = blocked().wait(59_999);
    expect(run.breaker.permit()).toEqual({ kind: 'none' });
    run.wait(1);
    expect(run.breaker.state()).toMatchObject({ level: 'blocked', isHalfOpen: true });
    expect(run.breaker.permit()).toEqual({ kind: 'probe' });
    run.observe(ENTRY, ENTRY, ENTRY);
    expect(run.breaker.permit()).toEqual({ kind: 'none' });
    run.observe(GOOD, GOOD);
    expect(run.breaker.state().reasons).toEqual([{ code: 'PROBING', value: 2, threshold: 3 }]);
    run.observe(GOOD).wait(60_000).wait(60_000);
    expect(run.path).toEqual([
      'normal > blocked',
      'blocked > half-open',
      'half-open > throttled',
      'throttled > warning',
      'warning > normal',
    ]);
  });

  it('is blocked again by one bad call, and for twice as long', () => {
    const run = blocked().wait(60_000).observe(GOOD, BAD);
    expect(run.breaker.state()).toMatchObject({ level: 'blocked', isHalfOpen: false });
    run.wait(119_999);
    expect(run.breaker.permit()).toEqual({ kind: 'none' });
    expect(run.wait(1).breaker.permit()).toEqual({ kind: 'probe' });
    expect(run.path.slice(2)).toEqual(['half-open > blocked', 'blocked > half-open']);
  });

  it('stays blocked for as long as the cause is there', () => {
    const run = new Run().observe(lossesOf(0.06)).wait(3_600_000);
    expect(run.breaker.state().level).toBe('blocked');
    run.observe(lossesOf(0));
    expect(run.breaker.state().isHalfOpen).toBe(true);
    run.observe(lossesOf(0.07));
    expect(run.breaker.state()).toMatchObject({ level: 'blocked', isHalfOpen: false });
  });

  it('tries anew when nothing was heard of the entries that it let through', () => {
    const run = blocked().wait(60_000).observe(ENTRY, ENTRY, ENTRY).wait(59_999);
    expect(run.breaker.permit()).toEqual({ kind: 'none' });
    expect(run.wait(1).breaker.permit()).toEqual({ kind: 'probe' });
  });

  it('is normal after a reset by hand, unless the cause is still measured', () => {
    expect(blocked().observe(RESET).breaker.state()).toMatchObject({ level: 'normal', reasons: [] });
    const run = new Run().observe(lossesOf(0.06), RESET);
    expect(run.path).toEqual(['normal > blocked', 'blocked > normal', 'normal > blocked']);
  });

  it('goes on as it was before a restart, unless it has heard of something since', () => {
    const restarted = new Run();
    restarted.breaker.resume('half-open');
    expect(restarted.breaker.state().level).toBe('blocked');
    const running = new Run().observe(GOOD);
    running.breaker.resume('blocked');
    expect(running.breaker.state().level).toBe('normal');
    const disabled = new Run({ isEnabled: false });
    disabled.breaker.resume('blocked');
    expect(disabled.breaker.state().level).toBe('normal');
  });

  it('stays blocked over a restart', () => {
    const run = new Run({}, 'half-open');
    expect(run.breaker.permit()).toEqual({ kind: 'none' });
    expect(run.wait(60_000).breaker.permit()).toEqual({ kind: 'probe' });
  });
});

describe('switched off', () => {
  it('is always normal', () => {
    const run = new Run({ isEnabled: false }, 'blocked').observe(...times(50, BAD), lossesOf(1)).wait(1_000);
    expect(run.breaker.state().level).toBe('normal');
    expect(run.breaker.permit()).toEqual({ kind: 'full' });
    expect(run.moves).toEqual([]);
  });
});

describe('settings', () => {
  it('are refused with every problem in one message', () => {
    const wrong = {
      errorRate: { warning: 0.5, throttled: 0.3, blocked: 0.6 },
      probes: 0,
      releaseShare: 1.5,
    };
    expect(() => new Run(wrong)).toThrow(/errorRate.*probes.*releaseShare/);
  });
});

describe('whatever happens', () => {
  const share = fc.double({ min: 0, max: 1, noNaN: true });
  const event: fc.Arbitrary<BreakerEvent> = fc.oneof(
    { weight: 6, arbitrary: fc.constantFrom(GOOD, BAD, ENTRY) },
    fc.record({ kind: fc.constant('call' as const), isOk: fc.boolean(), latencyMs: fc.double() }),
    fc.tuple(share, share).map(([stale, warm]) => dataOf(stale, warm)),
    fc
      .tuple(share, share, fc.nat(10))
      .map(([loss, drawdown, streak]) => lossesOf(loss / 5, drawdown / 3, streak)),
    fc.constant(RESET),
  );
  const steps = fc.array(fc.tuple(fc.integer({ min: -1_000, max: 90_000 }), event), { maxLength: 120 });

  it('moves join up, the level is never below what a source asks for, and never sinks by more than a grade', () => {
    fc.assert(
      fc.property(steps, (given) => {
        const run = new Run();
        let phase: BreakerPhase = 'normal';
        for (const [after, each] of given) {
          run.now += after;
          const moves = [...run.breaker.tick(run.now), ...run.breaker.observe(each, run.now)];
          for (const move of moves) {
            expect(move.from).toBe(phase);
            const sinks = gradeOf(levelOf(move.from)) - gradeOf(levelOf(move.to));
            if (move.move !== 'reset') expect(sinks).toBeLessThanOrEqual(1);
            if (move.from === 'blocked' && move.move !== 'reset') expect(move.to).toBe('half-open');
            phase = move.to;
          }
          const state = run.breaker.state();
          expect(state.level).toBe(levelOf(phase));
          const worst = Math.max(...Object.values(state.sources).map(gradeOf));
          expect(gradeOf(state.level)).toBeGreaterThanOrEqual(worst);
          expect(state.reasons.length > 0).toBe(state.level !== 'normal');
          expect(JSON.parse(JSON.stringify(state))).toEqual(state);
          for (const { value } of state.reasons) expect(Number.isFinite(value)).toBe(true);
        }
      }),
      { numRuns: 300 },
    );
  });

  it('recovers to normal once all is well for long enough', () => {
    fc.assert(
      fc.property(steps, (given) => {
        const run = new Run();
        for (const [after, each] of given) {
          run.now += after;
          run.observe(each);
        }
        run.now += 200_000;
        run.observe(dataOf(0), lossesOf(0)).wait(0);
        // At most eight cool-downs, then three good calls and two grades.
        run
          .wait(8 * 60_000)
          .observe(GOOD, GOOD, GOOD)
          .wait(60_000)
          .wait(60_000)
          .wait(60_000);
        expect(run.breaker.state().level).toBe('normal');
      }),
    );
  });
});
