/** Compares logs field by field; several times as fast as a deep comparison, which thousands of series are glad of. */
import type { When } from '../core/smc-event';

/** Held here because a test's globals are slow to reach, and this is asked millions of times. */
const { is, keys } = Object;

/** All fields the same; events hold plain values only. */
export function isSameEvent(a: When, b: When): boolean {
  if (a === b) return true;
  const [left, right] = [fields(a), fields(b)];
  const names = keys(left);
  return names.length === keys(right).length && names.every((name) => is(left[name], right[name]));
}

/** @throws Error that shows the first event that differs */
export function expectSameLog(actual: readonly When[], expected: readonly When[], what: string): void {
  const length = Math.max(actual.length, expected.length);
  for (let i = 0; i < length; i++) {
    const [found, wanted] = [actual[i], expected[i]];
    if (found !== undefined && wanted !== undefined && isSameEvent(found, wanted)) continue;
    throw new Error(`event ${i} of ${what}:\nfound    ${show(found)}\nexpected ${show(wanted)}`);
  }
}

function fields(event: When): Record<string, unknown> {
  return event as unknown as Record<string, unknown>;
}

function show(event: When | undefined): string {
  return event === undefined ? 'nothing more' : JSON.stringify(event);
}
