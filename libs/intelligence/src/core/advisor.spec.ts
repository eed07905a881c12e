import fc from 'fast-check';
import { type Candle, DAY_MS, isAppError, MINUTE_MS } from '@slt/domain';
import type { Decision, ScoreInput, Signal } from '@slt/trading';
import { HEURISTIC, LearningAdvisor, ONLINE } from './advisor';
import type { AdvisorParts, Gate, Learner } from './advisor-ports';
import { expectedCostR, slippageRateOf } from './costs';
import type { Json, Prediction } from './model';
import type { Sample } from './sample';
import { AdvisorRun, idOf, specParts, tradeOf, WORLD_START, worldOf } from './testing/advisor-world';
import { uniformFrom } from './testing/signal-stream';

const TRADED: Decision = { decision: 'traded', reasons: [] };
const REFUSED: Decision = { decision: 'refused', reasons: ['POSITION_EXISTS'] };

/** Says what it is told to say. */
class StubLearner implements Learner {
  readonly lessons: Sample[] = [];
  readonly forgotten: number[] = [];
  says: Prediction = { probability: 0.4, expectedR: 0.2, lowerBound: 0.1, contributions: [] };
  outcomes = 0;

  predict(): Prediction {
    return this.says;
  }
  learn(sample: Sample): void {
    this.lessons.push(sample);
    this.outcomes++;
  }
  inflate(factor: number): void {
    this.forgotten.push(factor);
  }
  snapshot(): Json {
    return { outcomes: this.outcomes };
  }
}

class StubGate implements Gate {
  readonly seen: [setup: string, lowerBound: number, r: number, learned: number][] = [];
  losesAt = -Infinity;

  constructor(private readonly learner: StubLearner) {}

  verdict: Gate['verdict'] = (_setup, { lowerBound }) => (lowerBound > 0 ? [] : ['NO_EDGE', 'EDGE_UNPROVEN']);
  observe: Gate['observe'] = (setup, { lowerBound }, { r }) => {
    this.seen.push([setup, lowerBound, r, this.learner.outcomes]);
    return r < this.losesAt;
  };
  drift: Gate['drift'] = () => 'none';
  summary: Gate['summary'] = () => [];
  snapshot(): Json {
    return {};
  }
}

describe('an advisor', () => {
  let learner: StubLearner;
  let gate: StubGate;
  let advisor: LearningAdvisor;

  const open = (given: Partial<AdvisorParts> = {}): void => {
    learner = new StubLearner();
    gate = new StubGate(learner);
    const kept = <Part>(part: Part) => ({ create: () => part, restore: () => part });
    advisor = new LearningAdvisor(specParts({ learner: kept(learner), gate: kept(gate), ...given }));
  };
  beforeEach(() => open());

  const candleAt = (minute: number, close = 100, range = 0.1): Candle => ({
    openTime: WORLD_START + minute * MINUTE_MS,
    open: 100,
    high: Math.max(100, close) + range,
    low: Math.min(100, close) - range,
    close,
    volume: 1,
  });
  /** Of the candle that closes when minute `minute` begins; stop 99, target 102. */
  const inputAt = (minute: number, given: Partial<ScoreInput> = {}): ScoreInput => ({
    symbol: 'AAAUSDT',
    interval: '1m',
    at: WORLD_START + minute * MINUTE_MS,
    series: undefined,
    setup: 'block-retest',
    direction: 'long',
    entry: 100,
    stop: 99,
    target: 102,
    targetIs: 'reward',
    evidence: { kind: 'gap', height: 1 },
    view: undefined as never,
    relativeVolume: 0.5,
    ...given,
  });
  const decide = (input: ScoreInput, decision: Decision = REFUSED): Signal => {
    const { assessment, ...score } = advisor.score(input);
    const { symbol, interval, setup, direction, at, entry, stop, target } = input;
    const facts = { symbol, interval, setup, direction, at, entry, stop, target };
    const signal: Signal = { id: idOf(input), ...facts, ...score, assessment: assessment! };
    advisor.decided(signal, decision);
    return signal;
  };
  const tell = (minute: number, close?: number, symbol = 'AAAUSDT'): void =>
    advisor.onCandle(symbol, '1m', candleAt(minute, close));
  const lessons = (): [string, string, number][] =>
    learner.lessons.map(({ id, source, r }) => [id.split(':')[0]!, source, Number(r.toFixed(2))]);

  describe('before it has outcomes enough', () => {
    it('lets the heuristic decide, at a share of the risk, and says what the learner thinks', () => {
      const question = { entry: 100, tickSize: undefined, fundingRate: undefined, minuteVolume: undefined };
      expect(advisor.score(inputAt(0))).toEqual({
        confidence: 0.65,
        parts: { base: 0.65 },
        assessment: {
          ...learner.says,
          model: HEURISTIC,
          riskScale: 0.05,
          refusals: [],
          costR: expectedCostR({ ...question, direction: 'long', at: WORLD_START, stop: 99 }),
          outcomeCosts: { slippageRate: slippageRateOf(question), fundingRate: 0 },
          features: [0.5, 0.5, 1],
          featureVersion: 7,
        },
      });
    });

    it('refuses where live money would pay for the lesson', () => {
      open({ mayExplore: false });
      expect(advisor.score(inputAt(0)).assessment!.refusals).toEqual(['LEARNING']);
    });
  });

  describe('once it has learned', () => {
    beforeEach(() => (learner.outcomes = 30));

    it.each([
      [0, 0.6],
      [0.2, 0.7],
      [0.5, 0.85],
      [-0.3, 0.45],
      [2, 1],
      [-9, 0],
    ])('gives an expectation of %d R the confidence %d', (expectedR, confidence) => {
      learner.says = { ...learner.says, expectedR };
      const score = advisor.score(inputAt(0));
      expect(score.confidence).toBeCloseTo(confidence, 12);
      expect(score.parts).toEqual({ base: 0.6, expectedR: expectedR / 2 });
      expect(score.assessment).toMatchObject({ model: ONLINE, riskScale: 1, refusals: [] });
    });

    it('refuses what the gate refuses', () => {
      learner.says = { ...learner.says, lowerBound: 0 };
      expect(advisor.score(inputAt(0)).assessment!.refusals).toEqual(['NO_EDGE', 'EDGE_UNPROVEN']);
    });

    it('lets a champion speak in its place, ready from the first', () => {
      learner.outcomes = 0;
      const predictor = { predict: () => ({ ...learner.says, expectedR: 0.4 }) };
      advisor.install({ id: 'forest-1', predictor });
      expect(advisor.score(inputAt(0))).toMatchObject({ confidence: 0.8, assessment: { model: 'forest-1' } });
      expect(advisor.status()).toMatchObject({ model: 'forest-1', isReady: true, outcomes: 0, required: 30 });
      advisor.install(undefined);
      expect(advisor.status()).toMatchObject({ model: HEURISTIC, isReady: false });
    });
  });

  describe('of outcomes', () => {
    it('learns from every signal, from the candle after the one that ended it', () => {
      decide(inputAt(0));
      tell(0);
      tell(1, 102);
      expect(learner.lessons).toEqual([]);
      tell(2);
      // 2 R less a cost of 0.3
      expect(learner.lessons).toMatchObject([
        { id: idOf(inputAt(0)), source: 'virtual', barrier: 'target', closedAt: WORLD_START + 2 * MINUTE_MS },
      ]);
      expect(learner.lessons[0]!.r).toBeCloseTo(2 - advisor.score(inputAt(0)).assessment!.costR, 1);
      expect(advisor.status()).toMatchObject({ pending: 0, outcomes: 1 });
    });

    it('takes a position’s in the place of the virtual one, whichever comes first', () => {
      const [first, second] = [inputAt(0), inputAt(0, { symbol: 'BBBUSDT' })];
      for (const input of [first, second]) decide(input, TRADED);
      advisor.traded(tradeOf(idOf(first), 0.7, WORLD_START + 30_000));
      tell(0, 90);
      tell(0, 90, 'BBBUSDT');
      tell(3);
      expect(lessons()).toEqual([['AAAUSDT', 'real', 0.7]]);
      advisor.traded(tradeOf(idOf(second), -0.2, WORLD_START + 200_000, { exitReason: 'stagnation' }));
      tell(5);
      expect(lessons().slice(1)).toEqual([['BBBUSDT', 'real', -0.2]]);
      expect(learner.lessons[1]).toMatchObject({ barrier: 'other', closedAt: WORLD_START + 200_000 });
    });

    it('takes the virtual one where nothing was filled, told before or after it is known', () => {
      const [first, second] = [inputAt(0), inputAt(0, { symbol: 'BBBUSDT' })];
      for (const input of [first, second]) decide(input, TRADED);
      advisor.retracted(idOf(first), 'ENTRY_NOT_FILLED');
      tell(0, 90);
      tell(0, 90, 'BBBUSDT');
      tell(1);
      expect(lessons()).toEqual([['AAAUSDT', 'virtual', expect.any(Number)]]);
      advisor.retracted(idOf(second), 'ORDER_REJECTED');
      advisor.retracted(idOf(second), 'ORDER_REJECTED');
      tell(2);
      expect(lessons()).toHaveLength(2);
    });

    it('believes a position that was thought never to be', () => {
      decide(inputAt(0), TRADED);
      advisor.retracted(idOf(inputAt(0)), 'ENTRY_NOT_FILLED');
      advisor.traded(tradeOf(idOf(inputAt(0)), 0.7, WORLD_START + 30_000));
      tell(0, 90);
      tell(2);
      expect(lessons()).toEqual([['AAAUSDT', 'real', 0.7]]);
    });

    it('waits a day for a position’s, not longer', () => {
      decide(inputAt(0), TRADED);
      tell(0, 102);
      tell(1_438);
      expect(learner.lessons).toEqual([]);
      tell(1_439);
      expect(lessons()).toEqual([['AAAUSDT', 'virtual', expect.any(Number)]]);
      advisor.traded(tradeOf(idOf(inputAt(0)), 0.7, WORLD_START));
      tell(1_500);
      expect(learner.lessons).toHaveLength(1);
    });

    it('passes over positions of others, and signals of others', () => {
      advisor.traded(tradeOf('adopted:AAAUSDT:0', 0, WORLD_START, { setup: 'adopted' }));
      const { assessment, ...signal } = decide(inputAt(0));
      expect(assessment).toBeDefined();
      advisor.decided({ ...signal, id: 'x', at: WORLD_START + MINUTE_MS }, REFUSED);
      expect(advisor.status().pending).toBe(1);
    });

    it('follows a signal once that is told twice', () => {
      decide(inputAt(0));
      decide(inputAt(0));
      decide(inputAt(0, { setup: 'sweep-reversal' }));
      decide(inputAt(-5));
      expect(advisor.status().pending).toBe(2);
      tell(0, 90);
      decide(inputAt(0));
      tell(1);
      expect(learner.lessons).toHaveLength(2);
    });

    it('holds what was said against what came before it learns from it, and forgets when an edge is lost', () => {
      gate.losesAt = 0;
      decide(inputAt(0));
      learner.says = { ...learner.says, lowerBound: -0.3 };
      decide(inputAt(0, { symbol: 'BBBUSDT', setup: 'sweep-reversal' }));
      tell(0, 102);
      tell(0, 90, 'BBBUSDT');
      tell(1);
      expect(gate.seen).toEqual([
        ['block-retest', 0.1, expect.any(Number), 0],
        ['sweep-reversal', -0.3, expect.any(Number), 1],
      ]);
      expect(learner.forgotten).toEqual([10]);
    });

    it('tells how well its probabilities were, of the champion that is', () => {
      learner.says = { ...learner.says, probability: 0.8 };
      decide(inputAt(0));
      tell(0, 102);
      tell(1);
      expect(advisor.status().calibration).toMatchObject({ count: 1 });
      // (0.8 − 1)²
      expect(advisor.status().calibration.brier).toBeCloseTo(0.04, 12);
      decide(inputAt(2));
      advisor.install({ id: 'forest-1', predictor: learner });
      tell(2, 102);
      tell(3);
      expect(advisor.status().calibration.count).toBe(0);
    });

    it('keeps over a restart what its champion said, and nothing of one that is gone', () => {
      const champion = { id: 'forest-1', predictor: learner };
      advisor.install(champion);
      decide(inputAt(0));
      tell(0, 102);
      tell(1);
      const snapshot = advisor.snapshot();
      open();
      advisor.restore(snapshot);
      expect(advisor.status().calibration.count).toBe(0);
      advisor.install(champion);
      expect(advisor.status().calibration.count).toBe(1);
      advisor.install(undefined);
      decide(inputAt(2));
      tell(2, 102);
      tell(3);
      expect(advisor.status().calibration.count).toBe(1);
      advisor.install(champion);
      expect(advisor.status().calibration.count).toBe(0);
    });

    it('hands out samples once, the newest where too many wait', () => {
      open({ options: { maxSamples: 2 } });
      for (let minute = 0; minute < 10; minute += 2) {
        decide(inputAt(minute));
        tell(minute, 102);
      }
      tell(20);
      expect(advisor.drainSamples().map(({ at }) => (at - WORLD_START) / MINUTE_MS)).toEqual([6, 8]);
      expect(advisor.drainSamples()).toEqual([]);
    });

    it('catches up on candles that it missed', () => {
      decide(inputAt(0));
      decide(inputAt(0, { symbol: 'BBBUSDT' }));
      tell(0);
      tell(0, 100, 'BBBUSDT');
      expect(advisor.awaited()).toEqual([
        { symbol: 'AAAUSDT', interval: '1m', from: WORLD_START + MINUTE_MS },
        { symbol: 'BBBUSDT', interval: '1m', from: WORLD_START + MINUTE_MS },
      ]);
      const missed = (symbol: string, minute: number, close: number) => ({
        symbol,
        interval: '1m' as const,
        candle: candleAt(minute, close),
      });
      advisor.replay([
        missed('BBBUSDT', 3, 102),
        missed('AAAUSDT', 2, 90),
        missed('BBBUSDT', 2, 100),
        missed('AAAUSDT', 1, 100),
      ]);
      tell(4);
      expect(lessons()).toEqual([
        ['AAAUSDT', 'virtual', expect.any(Number)],
        ['BBBUSDT', 'virtual', expect.any(Number)],
      ]);
      expect(advisor.awaited()).toEqual([]);
    });
  });
});

describe('whatever the market', () => {
  const MINUTES = 260;
  const seeds = fc.integer({ min: 0, max: 1_000 });
  const run = (seed: number, minutes = MINUTES): AdvisorRun => {
    const told = new AdvisorRun();
    for (const minute of worldOf(seed, minutes, 0.05)) told.tell(minute);
    return told;
  };
  const throughJson = (json: Json): unknown => JSON.parse(JSON.stringify(json));
  /** In the order of ids, as JSON has it. */
  const said = ({ assessments }: AdvisorRun): unknown =>
    throughJson([...assessments].sort(([a], [b]) => (a < b ? -1 : 1)) as unknown as Json);

  it('it gets beyond the heuristic, with real outcomes and virtual ones', () => {
    const told = run(1);
    const samples = told.advisor.drainSamples();
    expect(new Set(samples.map(({ source }) => source))).toEqual(new Set(['real', 'virtual']));
    expect(told.advisor.status()).toMatchObject({ isReady: true, model: ONLINE });
    expect(samples.every(({ at, closedAt }) => closedAt > at)).toBe(true);
  });

  it('the order of symbols within a minute makes no difference', () => {
    fc.assert(
      fc.property(seeds, seeds, (seed, order) => {
        const random = uniformFrom(order);
        const shuffle = <T>(items: readonly T[]): T[] =>
          items
            .map((item) => ({ item, key: random() }))
            .sort((a, b) => a.key - b.key)
            .map(({ item }) => item);
        const [plain, other] = [run(seed), new AdvisorRun()];
        for (const minute of worldOf(seed, MINUTES, 0.05)) other.tell(minute, shuffle);
        expect(said(other)).toEqual(said(plain));
        expect(other.advisor.drainSamples()).toEqual(plain.advisor.drainSamples());
        expect(other.advisor.status()).toEqual(plain.advisor.status());
      }),
      { numRuns: 8 },
    );
  });

  it('restored at any minute it goes on to the last bit', () => {
    fc.assert(
      fc.property(seeds, fc.integer({ min: 0, max: MINUTES - 1 }), (seed, cut) => {
        const [plain, other] = [run(seed), new AdvisorRun()];
        worldOf(seed, MINUTES, 0.05).forEach((minute, i) => {
          other.tell(minute);
          if (i !== cut) return;
          const restored = new LearningAdvisor(specParts());
          restored.restore(throughJson(other.advisor.snapshot()));
          other.advisor = restored;
        });
        expect(said(other)).toEqual(said(plain));
        expect(throughJson(other.advisor.snapshot())).toEqual(throughJson(plain.advisor.snapshot()));
      }),
      { numRuns: 8 },
    );
  });

  it('the future changes nothing that was said', () => {
    fc.assert(
      fc.property(seeds, fc.integer({ min: 1, max: MINUTES }), (seed, minutes) => {
        const whole = run(seed).assessments;
        const cut = run(seed, minutes).assessments;
        expect([...whole].slice(0, cut.size)).toEqual([...cut]);
      }),
      { numRuns: 8 },
    );
  });

  it('nothing is kept of what is over', () => {
    const told = run(3);
    const dayLater = worldOf(4, 150).map(({ happenings }) => ({
      ends: [],
      happenings: happenings.map(({ symbol, candle }) => {
        const openTime = candle.openTime + DAY_MS + MINUTES * MINUTE_MS;
        return { symbol, candle: { ...candle, openTime }, inputs: [] };
      }),
    }));
    for (const minute of dayLater) told.tell(minute);
    told.advisor.drainSamples();
    const { heard, ...rest } = told.advisor.snapshot() as Record<string, Json>;
    expect(rest).toMatchObject({ followed: [], virtual: [], known: [], samples: [] });
    // One a symbol, whatever was heard of it.
    expect(heard).toHaveLength(4);
    expect(told.advisor.status().pending).toBe(0);
  });

  it('a snapshot that is not as it was written is refused, and changes nothing', () => {
    const told = run(7, 200);
    const good = throughJson(told.advisor.snapshot()) as Record<string, unknown>;
    const subject = new LearningAdvisor(specParts());
    const before = JSON.stringify(subject.snapshot());
    const spoilt = fc.oneof(
      fc.constantFrom(undefined, null, 7, 'x', [], {}),
      fc
        .tuple(
          fc.constantFrom(...Object.keys(good)),
          fc.constantFrom<unknown>(undefined, true, [{}], { x: 1 }),
        )
        .map(([key, value]) => ({ ...good, [key]: value })),
      fc.constant({ ...good, version: 2 }),
      fc.constant({ ...good, featureVersion: 8 }),
    );
    fc.assert(
      fc.property(spoilt, (snapshot) => {
        try {
          subject.restore(snapshot);
        } catch (error) {
          return (
            isAppError(error) && error.kind === 'invalid' && JSON.stringify(subject.snapshot()) === before
          );
        }
        return false;
      }),
      { numRuns: 200 },
    );
  });
});
