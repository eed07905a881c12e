/** Mode, state, breaker and positions: read at the start and after each event that changes them. */
import { effect, signal, untracked } from '@preact/signals';
import { get } from '../api/client';
import type { TradingStatus } from '../api/types';
import { listen } from './feed';
import { resyncs } from './resync';

/** Prices and with them equity move without an event. */
const REFRESH_MS = 5_000;
/** Several events of one candle are answered by one reading. */
const SETTLE_MS = 100;

export const trading = signal<TradingStatus | undefined>(undefined);
let pending: ReturnType<typeof setTimeout> | undefined;

export function startTrading(): void {
  for (const name of ['trading', 'position', 'trade', 'breaker'] as const) listen(name, refreshSoon);
  effect(() => {
    void resyncs.value;
    untracked(() => void refreshTrading());
  });
  setInterval(() => {
    if (!document.hidden) void refreshTrading();
  }, REFRESH_MS);
}

/** At once, as after a change of one's own. */
export async function refreshTrading(): Promise<void> {
  trading.value = await get<TradingStatus>('/v1/trading').catch(() => trading.peek());
}

function refreshSoon(): void {
  pending ??= setTimeout(() => {
    pending = undefined;
    void refreshTrading();
  }, SETTLE_MS);
}
