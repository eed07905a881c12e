/** The moves of an algo order's life (reference A3) as one table; everything else is an error of ours. */
import { AppError, type UtcMs } from '@slt/domain';
import { mix, uniformAt } from '../hash';
import type { Account } from './account';
import type { AlgoStatus } from './algo-order';
import { announceAlgo } from './announce';
import { isLive, type LiveAlgo } from './live-algo';
import { isOpen, type LiveOrder } from './live-order';
import { ZERO } from './money';

const MOVES: Readonly<Record<AlgoStatus, readonly AlgoStatus[]>> = {
  NEW: ['TRIGGERING', 'CANCELED', 'EXPIRED'],
  // EXPIRED: its position closed before the child was placed. CANCELED: only when it is stuck.
  TRIGGERING: ['TRIGGERED', 'REJECTED', 'EXPIRED', 'CANCELED'],
  TRIGGERED: ['FINISHED'],
  FINISHED: [],
  CANCELED: [],
  EXPIRED: [],
  REJECTED: [],
};

/** @throws AppError broken-invariant `ALGO.ILLEGAL_MOVE` */
export function moveAlgo(account: Account, algo: LiveAlgo, status: AlgoStatus, at: UtcMs): void {
  if (!MOVES[algo.status].includes(status)) {
    throw new AppError(
      'broken-invariant',
      'ALGO.ILLEGAL_MOVE',
      `${algo.algoId}: ${algo.status} to ${status}`,
    );
  }
  algo.status = status;
  algo.updateTime = at;
  if (!isLive(algo)) account.algos.close(algo);
  announceAlgo(account, algo);
}

/** Between trigger and child: about 11 ms. Between the child's end and FINISHED: 1 or 2. */
export const launchDelayMs = (account: Account, algo: LiveAlgo): number =>
  9 + Math.floor(5 * chanceOf(account, algo, 1));
const finishDelayMs = (account: Account, algo: LiveAlgo): number =>
  1 + Math.floor(1.3 * chanceOf(account, algo, 2));

/** Whether the child's updates come before ALGO_UPDATE TRIGGERED: so for one in three. */
export const isChildFirst = (account: Account, algo: LiveAlgo): boolean => chanceOf(account, algo, 3) < 1 / 3;

const chanceOf = (account: Account, algo: LiveAlgo, index: number): number =>
  uniformAt(mix(mix(account.options.seed, 61), Number(algo.algoId)), index);

/** To be called for the child of an algo order whenever it has changed: a final one finishes its parent. */
export function followChild(account: Account, child: LiveOrder): void {
  const algo = child.algoId === undefined ? undefined : account.algos.find(child.algoId);
  if (algo === undefined) return;
  algo.actualQty = child.executed;
  algo.actualPrice = child.executed.gt(ZERO) ? child.cumQuote.div(child.executed) : ZERO;
  if (isOpen(child)) return;
  account.agenda.note(child.updateTime + finishDelayMs(account, algo), (at) =>
    moveAlgo(account, algo, 'FINISHED', at),
  );
}
