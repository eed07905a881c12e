import fc from 'fast-check';
import { isAppError } from '@slt/domain';
import { CLUSTER_PHASES, type ClusterPhase, nextPhase, type PhaseEvent, readinessEvent } from './phase';

const EVENTS: PhaseEvent[] = [
  'start',
  'discovered',
  'warmed',
  'warmed-too-few',
  'readiness-lost',
  'readiness-regained',
  'stop',
  'stopped',
];

describe('cluster phase', () => {
  it('goes round from idle to idle', () => {
    const path = [
      'start',
      'discovered',
      'warmed',
      'readiness-lost',
      'readiness-regained',
      'stop',
      'stopped',
    ] as const;
    let phase: ClusterPhase = 'idle';
    const phases = path.map((event) => (phase = nextPhase(phase, event)));
    expect(phases).toEqual([
      'discovering',
      'warming',
      'streaming',
      'degraded',
      'streaming',
      'stopping',
      'idle',
    ]);
  });

  it('knows 11 moves; every other is a broken invariant', () => {
    const moves = CLUSTER_PHASES.flatMap((phase) => EVENTS.map((event) => ({ phase, event })));
    const refused = moves.filter(({ phase, event }) => {
      try {
        nextPhase(phase, event);
        return false;
      } catch (error) {
        expect(isAppError(error, 'CLUSTER.ILLEGAL_PHASE')).toBe(true);
        return true;
      }
    });
    expect(moves.length - refused.length).toBe(11);
  });

  it('can be stopped from every phase that runs', () => {
    for (const phase of ['discovering', 'warming', 'streaming', 'degraded'] as const) {
      expect(nextPhase(phase, 'stop')).toBe('stopping');
    }
  });

  it('calls only for moves the table knows', () => {
    fc.assert(
      fc.property(fc.constantFrom(...CLUSTER_PHASES), fc.boolean(), fc.boolean(), (phase, ready, settled) => {
        const event = readinessEvent(phase, { ready, settled });
        if (event !== undefined) nextPhase(phase, event);
      }),
    );
  });
});
