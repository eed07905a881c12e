/** The ways in which an exchange leaves open what became of an order, by name; each a handful of the emulator's rules. */
import type { FaultMatch, FaultRule } from '@slt/emulator';

type Shares = Pick<FaultMatch, 'probability' | 'times'>;
type Make = (shares: Shares) => readonly FaultRule[];

const ORDERS = ['/fapi/v1/order', '/fapi/v1/algoOrder'] as const;

/** Of both order services. */
const onPlacing =
  (make: (match: FaultMatch) => FaultRule): Make =>
  (shares) =>
    ORDERS.map((path) => make({ path, method: 'POST', ...shares }));

const onCancelling =
  (make: (match: FaultMatch) => FaultRule): Make =>
  (shares) =>
    ORDERS.map((path) => make({ path, method: 'DELETE', ...shares }));

const onFrames =
  (make: (match: FaultMatch) => FaultRule): Make =>
  (shares) => [make({ event: ['ORDER_TRADE_UPDATE', 'ALGO_UPDATE', 'ACCOUNT_UPDATE'], ...shares })];

/** Wall time; longer than an order usually takes, shorter than anybody's patience. */
const SLOW_MS = 600;

const SINGLE = {
  none: () => [],
  'timeout-executed': onPlacing((match) => ({ kind: 'half-open', when: 'after', ...match })),
  'timeout-lost': onPlacing((match) => ({ kind: 'half-open', when: 'before', ...match })),
  '1007-executed': onPlacing((match) => ({
    kind: 'server-error',
    body: '-1007-408',
    executed: true,
    ...match,
  })),
  '1007-lost': onPlacing((match) => ({ kind: 'server-error', body: '-1007-408', ...match })),
  '1006-executed': onPlacing((match) => ({
    kind: 'server-error',
    body: '-1006-500',
    executed: true,
    ...match,
  })),
  '1006-lost': onPlacing((match) => ({ kind: 'server-error', body: '-1006-400', ...match })),
  '503-executed': onPlacing((match) => ({
    kind: 'server-error',
    body: 'unknown-503-no-code',
    executed: true,
    ...match,
  })),
  '503-lost': onPlacing((match) => ({ kind: 'server-error', body: 'unknown-503-no-code', ...match })),
  '1008': onPlacing((match) => ({ kind: 'server-error', body: '-1008', ...match })),
  'cut-before': onPlacing((match) => ({ kind: 'drop-socket', when: 'before', ...match })),
  'cut-after': onPlacing((match) => ({ kind: 'drop-socket', when: 'after', ...match })),
  'cut-during': onPlacing((match) => ({ kind: 'drop-socket', when: 'during', ...match })),
  'page-executed': onPlacing((match) => ({ kind: 'html', status: 502, executed: true, ...match })),
  'half-answer': onPlacing((match) => ({ kind: 'truncated-json', ...match })),
  'late-arrival': onPlacing((match) => ({ kind: 'latency', ms: SLOW_MS, when: 'before', ...match })),
  'fills-first': onPlacing((match) => ({ kind: 'latency', ms: SLOW_MS, when: 'after', ...match })),
  rejects: (shares) => [
    {
      ...{ kind: 'reject', path: ORDERS[0], method: 'POST', ...shares },
      ...{ code: -2019, msg: 'Margin is insufficient.' },
    },
    {
      ...{ kind: 'reject', path: ORDERS[1], method: 'POST', ...shares },
      ...{ code: -2021, msg: 'Order would immediately trigger.' },
    },
  ],
  'order-count': onPlacing((match) => ({
    ...{ kind: 'reject', status: 429, code: -1015, msg: 'Too many new orders.' },
    ...match,
  })),
  'cancel-executed': onCancelling((match) => ({
    kind: 'server-error',
    body: '-1007-408',
    executed: true,
    ...match,
  })),
  'cancel-lost': onCancelling((match) => ({ kind: 'drop-socket', when: 'before', ...match })),
  'reads-fail': (shares) => [{ kind: 'server-error', path: '/fapi/', method: 'GET', ...shares }],
  'duplicate-updates': onFrames((match) => ({ kind: 'duplicate-update', ...match })),
  'lost-updates': onFrames((match) => ({ kind: 'lost-update', ...match })),
  'late-updates': onFrames((match) => ({ kind: 'late-update', ms: 20_000, ...match })),
  'swapped-updates': onFrames((match) => ({ kind: 'out-of-order-update', ...match })),
  'dead-key-silent': onFrames((match) => ({ kind: 'dead-listen-key', connections: 'silent', ...match })),
  'dead-key-closed': onFrames((match) => ({ kind: 'dead-listen-key', connections: 'closed', ...match })),
  'dead-key-told': onFrames((match) => ({ kind: 'dead-listen-key', connections: 'told', ...match })),
  'stuck-algo': (shares) => [{ kind: 'stuck-algo', ...shares }],
} as const satisfies Readonly<Record<string, Make>>;

type SingleFault = keyof typeof SINGLE;

const STORM_SHARE = 0.08;
const STORM: readonly SingleFault[] = [
  '1007-executed',
  '1007-lost',
  '503-executed',
  'cut-before',
  'cut-after',
  'late-arrival',
  'fills-first',
  'rejects',
  'cancel-executed',
  'cancel-lost',
  'reads-fail',
  'lost-updates',
  'late-updates',
  'duplicate-updates',
  'swapped-updates',
];

/** A little of everything at once. */
const storm: Make = (shares) =>
  STORM.flatMap((name) => (SINGLE[name] as Make)({ ...shares, probability: STORM_SHARE }));

const FAULTS = { ...SINGLE, storm };

export type FaultName = keyof typeof FAULTS;

export const FAULT_NAMES = Object.keys(FAULTS) as readonly FaultName[];

/** @param shares how many of the events are hit; a storm has shares of its own */
export function rulesOf(name: FaultName, shares: Shares = {}): readonly FaultRule[] {
  return (FAULTS[name] as Make)(shares);
}
