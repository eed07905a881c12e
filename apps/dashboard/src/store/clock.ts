/** Two clocks: of this machine, for what the page does, and of the exchange, for what it shows. Both tick once a second. */
import { computed, signal } from '@preact/signals';

const TICK_MS = 1_000;

/** Wall clock, ms. */
export const wallNow = signal(Date.now());

const reference = signal<{ exchange: number; wall: number } | undefined>(undefined);

/** The exchange's clock as last heard, moved on by ours since; our own until it was heard. An emulator may run faster. */
export const exchangeNow = computed(() => {
  const known = reference.value;
  return known === undefined ? wallNow.value : known.exchange + Math.max(0, wallNow.value - known.wall);
});

/** An instant that the exchange has reached already. */
export function noteInstant(exchange: number): void {
  if (exchange >= exchangeNow.peek()) reference.value = { exchange, wall: Date.now() };
}

export function startClock(): void {
  setInterval(() => {
    wallNow.value = Date.now();
  }, TICK_MS);
}
