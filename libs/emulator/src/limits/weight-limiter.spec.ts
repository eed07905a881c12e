import fc from 'fast-check';
import { DAY_MS, MINUTE_MS } from '@slt/domain';
import { WeightLimiter } from './weight-limiter';

const IP = '127.0.0.1';
const MINUTE = 29_000_000 * MINUTE_MS;

const limiter = (weightLimit = 20, toleratedAfterLimit = 2): WeightLimiter =>
  new WeightLimiter({ weightLimit, toleratedAfterLimit });

describe('WeightLimiter', () => {
  it('grants up to the limit, then refuses until the next minute', () => {
    const limits = limiter();
    expect(limits.charge(IP, 20, MINUTE + 1_000)).toEqual({ kind: 'granted', used: 20 });
    expect(limits.charge(IP, 1, MINUTE + 2_000)).toEqual({ kind: 'limited', used: 21, retryAfterMs: 58_000 });
    expect(limits.charge(IP, 1, MINUTE + MINUTE_MS)).toEqual({ kind: 'granted', used: 1 });
  });

  it('bans who goes on, longer each time, and counts nothing meanwhile', () => {
    const limits = limiter();
    const kinds = (at: number, calls: number): string[] =>
      Array.from({ length: calls }, () => limits.charge(IP, 10, at).kind);
    // 2 × 10 granted; the first refusal and two more tolerated; then the ban
    expect(kinds(MINUTE, 6)).toEqual(['granted', 'granted', 'limited', 'limited', 'limited', 'banned']);
    expect(limits.bannedUntil(IP, MINUTE)).toBe(MINUTE + 2 * MINUTE_MS);
    const later = MINUTE + 2 * MINUTE_MS;
    expect(limits.charge(IP, 1, later - 1).kind).toBe('banned');
    expect(kinds(later, 6).at(-1)).toBe('banned');
    expect(limits.bannedUntil(IP, later)).toBe(later + 4 * MINUTE_MS);
  });

  it('bans for three days at most', () => {
    const limits = limiter();
    let now = MINUTE;
    let longest = 0;
    for (let i = 0; i < 20; i++) {
      const until = limits.ban(IP, now);
      longest = until - now;
      now = until;
    }
    expect(longest).toBe(3 * DAY_MS);
  });

  it('keeps addresses apart', () => {
    const limits = limiter();
    limits.ban('10.0.0.1', MINUTE);
    expect(limits.charge('10.0.0.2', 5, MINUTE)).toEqual({ kind: 'granted', used: 5 });
  });

  it('never grants more than the limit in a minute', () => {
    fc.assert(
      fc.property(
        fc.array(fc.record({ weight: fc.nat(10), wait: fc.nat(9_000) }), { maxLength: 80 }),
        (calls) => {
          const limits = limiter(50, 1000);
          const granted = new Map<number, number>();
          let now = MINUTE;
          for (const { weight, wait } of calls) {
            now += wait;
            if (limits.charge(IP, weight, now).kind !== 'granted') continue;
            const minute = Math.floor(now / MINUTE_MS);
            granted.set(minute, (granted.get(minute) ?? 0) + weight);
          }
          for (const spent of granted.values()) expect(spent).toBeLessThanOrEqual(50);
        },
      ),
    );
  });
});
