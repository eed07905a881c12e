/** The life cycle of the cluster as one table. Whatever the table does not hold is a broken invariant. */
import { AppError } from '@slt/domain';

export const CLUSTER_PHASES = [
  'idle',
  'discovering',
  'warming',
  'streaming',
  'degraded',
  'stopping',
] as const;
export type ClusterPhase = (typeof CLUSTER_PHASES)[number];

export type PhaseEvent =
  | 'start'
  | 'discovered'
  | 'warmed'
  | 'warmed-too-few'
  | 'readiness-lost'
  | 'readiness-regained'
  | 'stop'
  | 'stopped';

const TRANSITIONS: Readonly<Record<ClusterPhase, Partial<Record<PhaseEvent, ClusterPhase>>>> = {
  idle: { start: 'discovering' },
  discovering: { discovered: 'warming', stop: 'stopping' },
  warming: {
    warmed: 'streaming',
    // The first pass over all symbols has ended, and too few of them are whole: the rest is retried from there.
    'warmed-too-few': 'degraded',
    stop: 'stopping',
  },
  streaming: { 'readiness-lost': 'degraded', stop: 'stopping' },
  degraded: { 'readiness-regained': 'streaming', stop: 'stopping' },
  // There is no way back from stopping: a start that comes meanwhile waits for idle.
  stopping: { stopped: 'idle' },
};

/** @throws AppError broken-invariant, `CLUSTER.ILLEGAL_PHASE`, for a move the table does not know */
export function nextPhase(phase: ClusterPhase, event: PhaseEvent): ClusterPhase {
  const next = TRANSITIONS[phase][event];
  if (next !== undefined) return next;
  throw new AppError('broken-invariant', 'CLUSTER.ILLEGAL_PHASE', `"${event}" cannot happen while ${phase}`);
}

/** The move that readiness calls for, if any; phases outside the table's readiness rows call for none. */
export function readinessEvent(
  phase: ClusterPhase,
  facts: { ready: boolean; settled: boolean },
): PhaseEvent | undefined {
  if (phase === 'warming' && facts.settled) return facts.ready ? 'warmed' : 'warmed-too-few';
  if (phase === 'streaming' && !facts.ready) return 'readiness-lost';
  if (phase === 'degraded' && facts.ready) return 'readiness-regained';
  return undefined;
}
