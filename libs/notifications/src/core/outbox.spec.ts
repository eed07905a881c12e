import fc from 'fast-check';
import { type Notification, SEVERITIES, type Severity, severityRank } from './notification';
import { Outbox } from './outbox';

const of = (id: string, severity: Severity): Notification => ({
  id,
  kind: 'trading',
  severity,
  at: 0,
  title: id,
  text: '',
  facts: {},
});

describe('Outbox', () => {
  it('gives up the least important, the oldest of them first, and tells how many', () => {
    const outbox = new Outbox(3);
    outbox.add(of('a', 'info'));
    outbox.add(of('b', 'critical'));
    outbox.add(of('c', 'info'));
    outbox.add(of('d', 'warning'));
    outbox.add(of('e', 'critical'));
    expect(outbox.contents.map(({ id }) => id)).toEqual(['b', 'd', 'e']);
    expect(outbox.take(2)).toMatchObject({ notifications: [{ id: 'b' }, { id: 'd' }], dropped: 2 });
    expect(outbox.take(2)).toMatchObject({ notifications: [{ id: 'e' }], dropped: 0 });
    expect(outbox.dropped).toBe(2);
  });

  it('gives up the newcomer where it matters least', () => {
    const outbox = new Outbox(1);
    outbox.add(of('a', 'critical'));
    outbox.add(of('b', 'info'));
    expect(outbox.contents.map(({ id }) => id)).toEqual(['a']);
  });

  it('keeps the most important ones, in their order, and loses count of none', () => {
    const severities = fc.array(fc.constantFrom(...SEVERITIES), { maxLength: 60 });
    fc.assert(
      fc.property(severities, fc.integer({ min: 1, max: 20 }), (told, capacity) => {
        const outbox = new Outbox(capacity);
        told.forEach((severity, i) => outbox.add(of(String(i), severity)));
        const kept = outbox.contents;
        const lost = told
          .map((severity, i) => of(String(i), severity))
          .filter(({ id }) => !kept.some((each) => each.id === id));
        expect(kept.length).toBe(Math.min(capacity, told.length));
        expect(outbox.dropped).toBe(lost.length);
        const least = Math.min(...kept.map(({ severity }) => severityRank(severity)));
        for (const { severity } of lost) expect(severityRank(severity)).toBeLessThanOrEqual(least);
        const order = kept.map(({ id }) => Number(id));
        expect(order).toEqual([...order].sort((a, b) => a - b));
      }),
    );
  });
});
