/** What a call under /emulator is, and how its arguments are read. */
import { AppError } from '@slt/domain';
import type { AccountSide } from '../account/account-side';
import type { Exchange } from '../exchange';
import type { EmulatorStats } from '../stats';
import type { StreamHub } from '../streams/stream-hub';

export interface AdminContext {
  readonly exchange: Exchange;
  readonly hub: StreamHub;
  readonly accounts: AccountSide;
  readonly stats: () => EmulatorStats;
}

export interface Call {
  readonly query: Readonly<Record<string, string | undefined>>;
  readonly params: Readonly<Record<string, string>>;
  readonly body: Readonly<Record<string, unknown>>;
}

export interface AdminRoute {
  readonly method: 'GET' | 'POST' | 'DELETE';
  readonly path: string;
  readonly summary: string;
  readonly handle: (context: AdminContext, call: Call) => unknown;
}

/** @throws AppError invalid, `EMULATOR.TIME` */
export function instantOf(value: unknown, name: string, fallback: number): number {
  if (value === undefined || value === '') return fallback;
  const instant = Number(value);
  if (Number.isFinite(instant) && instant >= 0) return instant;
  throw new AppError('invalid', 'EMULATOR.TIME', `${name} must be milliseconds of exchange time`);
}
