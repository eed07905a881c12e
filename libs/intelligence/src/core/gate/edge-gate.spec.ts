import { HOUR_MS, isAppError, MINUTE_MS } from '@slt/domain';
import type { Setup } from '@slt/trading';
import { uniformFrom } from '../testing/signal-stream';
import { EdgeGate } from './edge-gate';

const A: Setup = 'sweep-reversal';
const B: Setup = 'block-retest';
const C: Setup = 'gap-continuation';
const APPROVED = { lowerBound: 0.1 };

interface Tale {
  readonly outcomes: number;
  readonly probability: number;
  readonly setups?: readonly Setup[];
  readonly seed?: number;
  /** Signals of the same moment. */
  readonly together?: number;
}

/** A gate with the hands of its clock. */
class Told {
  readonly gate = new EdgeGate();
  private now = 0;

  /** @returns outcomes at which an edge was lost */
  tell({ outcomes, probability, setups = [A], seed = 1, together = 1 }: Tale): number[] {
    const uniform = uniformFrom(seed);
    const lost: number[] = [];
    for (let i = 0; i < outcomes; i++) {
      if (i % together === 0) this.now += 2 * HOUR_MS;
      const outcome = {
        at: this.now,
        closedAt: this.now + 30 * MINUTE_MS,
        r: uniform() < probability ? 1.9 : -1.1,
      };
      if (this.gate.observe(setups[i % setups.length]!, APPROVED, outcome)) lost.push(i);
    }
    return lost;
  }

  mayTrade(setup: Setup): boolean {
    return this.gate.verdict(setup, APPROVED).length === 0;
  }
}

const told = (...tales: readonly Tale[]): Told => {
  const it = new Told();
  for (const tale of tales) it.tell(tale);
  return it;
};

describe('the edge gate', () => {
  it('begins closed, and says all that speaks against a signal', () => {
    const gate = new EdgeGate();
    expect(gate.verdict(A, APPROVED)).toEqual(['EDGE_UNPROVEN']);
    for (const lowerBound of [0, -0.2, NaN]) {
      expect(gate.verdict(A, { lowerBound })).toEqual(['NO_EDGE', 'EDGE_UNPROVEN']);
    }
    expect(gate.summary()[0]).toEqual({
      setup: A,
      outcomes: 0,
      effectiveOutcomes: 0,
      meanR: null,
      lowerBound: null,
      mayTrade: false,
      drift: 'none',
    });
  });

  it('opens for a set-up that wins 60 % at 2 R, and for no other', () => {
    const { gate } = told({ outcomes: 200, probability: 0.6 });
    expect(gate.verdict(A, APPROVED)).toEqual([]);
    expect(gate.verdict(A, { lowerBound: -0.1 })).toEqual(['NO_EDGE']);
    expect(gate.verdict(B, APPROVED)).toEqual(['EDGE_UNPROVEN']);
    const [summary] = gate.summary();
    expect(summary).toMatchObject({ outcomes: 200, mayTrade: true, drift: 'none' });
    expect(summary!.lowerBound).toBeGreaterThan(0);
    expect(summary!.lowerBound).toBeLessThan(summary!.meanR!);
  });

  it('learns nothing from what was not approved, nor from an r that is no number', () => {
    const gate = new EdgeGate();
    const before = gate.snapshot();
    for (let i = 0; i < 200; i++) {
      const at = i * 2 * HOUR_MS;
      gate.observe(A, { lowerBound: -0.01 }, { at, closedAt: at + 1, r: 1.9 });
      gate.observe(A, { lowerBound: NaN }, { at, closedAt: at + 1, r: 1.9 });
      gate.observe(A, APPROVED, { at, closedAt: at + 1, r: NaN });
    }
    expect(gate.snapshot()).toEqual(before);
  });

  it('stays closed without an edge, however long it looks', () => {
    for (let seed = 0; seed < 25; seed++) {
      const it = new Told();
      for (let part = 0; part < 20; part++) {
        it.tell({ outcomes: 100, probability: 0.36, setups: [A, B, C], seed: 1_000 * seed + part });
        expect([A, B, C].some((setup) => it.mayTrade(setup))).toBe(false);
      }
    }
  });

  it('does not take one rally for three hundred proofs', () => {
    const all = told({ outcomes: 900, probability: 1, together: 300 });
    expect(all.mayTrade(A)).toBe(false);
    expect(all.gate.summary()[0]!.effectiveOutcomes).toBeGreaterThan(0);
    expect(told({ outcomes: 60, probability: 1 }).mayTrade(A)).toBe(true);
  });

  it('lets all set-ups together speak for each that agrees', () => {
    const setups = [A, B, C];
    const pooled = told({ outcomes: 210, probability: 0.5, setups });
    const alone = told({ outcomes: 70, probability: 0.5 });
    // seventy of each are not enough by themselves
    expect(alone.mayTrade(A)).toBe(false);
    expect(setups.filter((setup) => pooled.mayTrade(setup)).length).toBeGreaterThanOrEqual(2);
  });

  it('does not let others speak for one that loses, nor for one that is unknown', () => {
    const it = told({ outcomes: 60, probability: 0.1, setups: [B] }, { outcomes: 400, probability: 0.65 });
    expect([it.mayTrade(A), it.mayTrade(B), it.mayTrade(C)]).toEqual([true, false, false]);
  });

  it('closes when the edge turns, says so, and does not open again by chance', () => {
    for (let seed = 0; seed < 10; seed++) {
      const it = told({ outcomes: 600, probability: 0.6, seed });
      expect(it.mayTrade(A)).toBe(true);
      const [lost] = it.tell({ outcomes: 100, probability: 0.2, seed: seed + 100 });
      expect(lost).toBeLessThan(90);
      expect(it.gate.verdict(A, APPROVED)).toEqual(['EDGE_LOST']);
      expect(it.gate.drift()).toBe('drifted');
      it.tell({ outcomes: 1_000, probability: 0.2, seed: seed + 200 });
      expect(it.mayTrade(A)).toBe(false);
    }
  });

  it('opens again for an edge that comes back', () => {
    const it = told({ outcomes: 600, probability: 0.6 }, { outcomes: 150, probability: 0.2, seed: 2 });
    expect(it.mayTrade(A)).toBe(false);
    it.tell({ outcomes: 700, probability: 0.6, seed: 3 });
    expect(it.mayTrade(A)).toBe(true);
    expect(it.gate.drift()).toBe('none');
  });

  it('closes without a drift when a small edge fades', () => {
    const it = told({ outcomes: 400, probability: 0.5 });
    expect(it.mayTrade(A)).toBe(true);
    it.tell({ outcomes: 3_000, probability: 0.36, seed: 9 });
    expect(it.mayTrade(A)).toBe(false);
  });

  it('goes on from its snapshot as if nothing had been', () => {
    const tales: Tale[] = [
      { outcomes: 30, probability: 0.6, setups: [A, B] },
      { outcomes: 300, probability: 0.6, setups: [A, B], seed: 2 },
      { outcomes: 120, probability: 0.2, setups: [A, B], seed: 3 },
      { outcomes: 300, probability: 0.5, setups: [A, B, C], seed: 4 },
    ];
    const whole = new Told();
    let parts = new Told();
    for (const tale of tales) {
      expect(parts.tell(tale)).toEqual(whole.tell(tale));
      const written: unknown = JSON.parse(JSON.stringify(parts.gate.snapshot()));
      const restored = EdgeGate.restore(written);
      expect(restored.snapshot()).toEqual(whole.gate.snapshot());
      expect(restored.summary()).toEqual(whole.gate.summary());
      parts = Object.assign(new Told(), parts, { gate: restored });
    }
  });

  it.each([
    ['nothing', undefined],
    ['a list', []],
    ['another version', { ...(new EdgeGate().snapshot() as object), version: 99 }],
    ['fewer set-ups', { ...(new EdgeGate().snapshot() as object), setups: [] }],
    ['no whole', { ...(new EdgeGate().snapshot() as object), whole: null }],
  ])('is not read from %s', (_, state) => {
    let thrown: unknown;
    try {
      EdgeGate.restore(state);
    } catch (error) {
      thrown = error;
    }
    expect(isAppError(thrown, 'MODEL.BAD_STATE')).toBe(true);
  });
});
