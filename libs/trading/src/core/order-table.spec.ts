import { isAppError } from '@slt/domain';
import { ORDER_STATUSES, type OrderStatus } from './order';
import { isFinal, isInFlight, nextStatus, OWN_STEPS, TOLD_EVENTS, type ToldEvent } from './order-table';

const move = (status: OrderStatus, event: Parameters<typeof nextStatus>[1]): OrderStatus | 'illegal' => {
  try {
    return nextStatus(status, event, 'id');
  } catch (error) {
    expect(isAppError(error, 'ORDER.ILLEGAL_MOVE')).toBe(true);
    return 'illegal';
  }
};

/** Later ones stand. */
const TOLD_ORDER: readonly OrderStatus[] = [
  'working',
  'triggered',
  'rejected',
  'partially-filled',
  'expired',
  'cancelled',
  'filled',
];
const STATUS_OF: Record<ToldEvent, OrderStatus> = {
  accepted: 'working',
  'part-filled': 'partially-filled',
  triggered: 'triggered',
  filled: 'filled',
  cancelled: 'cancelled',
  expired: 'expired',
  rejected: 'rejected',
};

describe('order table', () => {
  it('makes of what was told twice the same, in whichever order', () => {
    for (const first of TOLD_EVENTS) {
      for (const second of TOLD_EVENTS) {
        const one = move(move('unknown', first) as OrderStatus, second);
        expect(one).toBe(move(move('unknown', second) as OrderStatus, first));
        const later = Math.max(TOLD_ORDER.indexOf(STATUS_OF[first]), TOLD_ORDER.indexOf(STATUS_OF[second]));
        expect(one).toBe(TOLD_ORDER[later]);
      }
    }
  });

  it('takes whatever the exchange says of an order that may have been sent', () => {
    for (const status of ['intended', 'sent', 'unknown'] as const) {
      for (const told of TOLD_EVENTS) expect(move(status, told)).toBe(STATUS_OF[told]);
    }
  });

  it('sends once: not what may have arrived, not what has ended', () => {
    const sendable = ORDER_STATUSES.filter((status) => move(status, 'send') !== 'illegal');
    expect(sendable).toEqual(['intended']);
    expect(ORDER_STATUSES.filter((status) => move(status, 'not-sent') !== 'illegal')).toEqual(['sent']);
    expect(ORDER_STATUSES.filter((status) => move(status, 'abandon') !== 'illegal')).toEqual(['intended']);
  });

  it('ends what is not found, and leaves what had ended', () => {
    const ends = ORDER_STATUSES.map((status) => [status, move(status, 'not-found')]);
    expect(Object.fromEntries(ends)).toEqual({
      intended: 'rejected',
      sent: 'rejected',
      unknown: 'rejected',
      working: 'expired',
      'partially-filled': 'expired',
      triggered: 'expired',
      filled: 'filled',
      cancelled: 'cancelled',
      expired: 'expired',
      rejected: 'rejected',
    });
  });

  it('does not believe a refusal of what rests', () => {
    expect(
      ['working', 'triggered', 'cancelled'].map((status) => move(status as OrderStatus, 'refused')),
    ).toEqual(['illegal', 'illegal', 'illegal']);
  });

  it('has no way from an end back to life, but for an execution of what was said to be rejected', () => {
    const back = ORDER_STATUSES.filter(isFinal).flatMap((status) =>
      [...OWN_STEPS, ...TOLD_EVENTS]
        .map((event) => [status, event, move(status, event)] as const)
        .filter(([, , next]) => next !== 'illegal' && !isFinal(next)),
    );
    expect(back).toEqual([['rejected', 'part-filled', 'partially-filled']]);
  });

  it('divides statuses into in flight, alive and final', () => {
    const alive = ORDER_STATUSES.filter((status) => !isFinal(status) && !isInFlight(status));
    expect(alive).toEqual(['working', 'partially-filled', 'triggered']);
  });
});
