import { readAnswer, retryAfterMs, secondsOf } from './answer';

const NOW = Date.parse('2026-11-23T08:00:00Z');
const read = (status: number, headers = {}, asked?: number) =>
  readAnswer({ status, headers, body: undefined }, asked, NOW);

describe('an answer', () => {
  it.each([
    ['200 is success', read(200), { kind: 'delivered', pauseMs: 0 }],
    ['204 too', read(204), { kind: 'delivered', pauseMs: 0 }],
    ['429 waits as the body asks', read(429, { 'retry-after': '9' }, 1500), { kind: 'wait', pauseMs: 1500 }],
    ['else as the header asks', read(429, { 'retry-after': '9' }), { kind: 'wait', pauseMs: 9000 }],
    ['else for five seconds', read(429), { kind: 'wait', pauseMs: 5000 }],
    ['503 waits where it says so', read(503, { 'retry-after': '2' }), { kind: 'wait', pauseMs: 2000 }],
    ['else it is tried again', read(503), { kind: 'retry', reason: 'HTTP 503' }],
    ['500 is tried again', read(500), { kind: 'retry', reason: 'HTTP 500' }],
    ['408 is tried again', read(408), { kind: 'retry', reason: 'HTTP 408' }],
    ['400 never ends better', read(400), { kind: 'refused', reason: 'HTTP 400' }],
    ['404 neither', read(404), { kind: 'refused', reason: 'HTTP 404' }],
    ['nor is a redirection followed', read(302), { kind: 'refused', reason: 'HTTP 302' }],
    ['no pause is longer than a day', read(429, {}, 1e12), { kind: 'wait', pauseMs: 86_400_000 }],
  ])('%s', (_, answer, expected) => {
    expect(answer).toEqual(expected);
  });

  it('dates its Retry-After, or counts seconds', () => {
    expect(retryAfterMs('Mon, 23 Nov 2026 08:00:30 GMT', NOW)).toBe(30_000);
    expect(retryAfterMs('Mon, 23 Nov 2026 07:00:00 GMT', NOW)).toBe(0);
    expect(retryAfterMs('0.5', NOW)).toBe(500);
    expect(retryAfterMs('soon', NOW)).toBeUndefined();
    expect(retryAfterMs(undefined, NOW)).toBeUndefined();
  });

  it('takes only what is a number of seconds', () => {
    expect([1.5, '3', -1, Number.NaN, null].map(secondsOf)).toEqual([1500, ...Array(4).fill(undefined)]);
  });
});
