import { isAppError } from '@slt/domain';
import {
  allowanceOf,
  canMove,
  type Control,
  CONTROL_EVENTS,
  CONTROL_STATES,
  type ControlEvent,
  type ControlMove,
  controlOff,
  moveControl,
} from './control';

const moveOf = (event: ControlEvent, at = 1): ControlMove => {
  if (event === 'stop') return { event, flatten: false, at };
  if (event === 'halt') return { event, reason: 'hand', detail: 'test', at };
  return { event, at };
};
const after = (...events: ControlEvent[]): Control =>
  events.reduce((control, event, i) => moveControl(control, moveOf(event, i + 1)), controlOff(0));

describe('trading control', () => {
  it('goes from off through reconciling to on, and back through stopping', () => {
    const path = ['start', 'reconciled', 'doubt', 'reconciled', 'stop', 'stopped'] as const;
    const states = path.map((_, i) => after(...path.slice(0, i + 1)).state);
    expect(states).toEqual(['reconciling', 'on', 'reconciling', 'on', 'stopping', 'off']);
  });

  it('is never on without a reconciliation', () => {
    const ways = CONTROL_STATES.flatMap((state) =>
      CONTROL_EVENTS.filter(
        (event) => canMove(state, event) && moveControl({ state, since: 0 }, moveOf(event)).state === 'on',
      ).map((event) => `${state} ${event}`),
    );
    expect(ways).toEqual(['reconciling reconciled', 'on start']);
  });

  it('halts from everywhere, and leaves it by hand alone', () => {
    for (const state of CONTROL_STATES)
      expect(moveControl({ state, since: 0 }, moveOf('halt')).state).toBe('halted');
    const exits = CONTROL_EVENTS.filter(
      (event) => canMove('halted', event) && moveControl(after('halt'), moveOf(event)).state !== 'halted',
    );
    expect(exits).toEqual(['start', 'stop', 'lease-lost']);
    const twice = moveControl(after('start', 'halt'), {
      event: 'halt',
      reason: 'breaker',
      detail: 'later',
      at: 9,
    });
    expect(twice).toEqual({ state: 'halted', since: 2, halt: { reason: 'hand', detail: 'test' } });
    expect(after('start', 'halt', 'start').halt).toBeUndefined();
  });

  it('opens only while on; manages and cancels as long as the account is ours', () => {
    const rows = CONTROL_STATES.map((state) => ({ state, ...allowanceOf(state) }));
    expect(rows.filter((row) => row.open).map((row) => row.state)).toEqual(['on']);
    expect(rows.filter((row) => !row.manage || !row.cancel).map((row) => row.state)).toEqual(['off']);
    expect(
      CONTROL_STATES.map((state) => moveControl({ state, since: 0 }, moveOf('lease-lost')).state),
    ).toEqual(CONTROL_STATES.map(() => 'off'));
  });

  it('remembers that it is to flatten', () => {
    const stopping = moveControl(after('start'), { event: 'stop', flatten: false, at: 5 });
    const flattening = moveControl(stopping, { event: 'stop', flatten: true, at: 6 });
    expect(flattening).toEqual({ state: 'stopping', since: 5, flatten: true });
    expect(moveControl(flattening, { event: 'stop', flatten: false, at: 7 })).toBe(flattening);
  });

  it('breaks on every other move', () => {
    const illegal = CONTROL_STATES.flatMap((state) =>
      CONTROL_EVENTS.filter((event) => !canMove(state, event)).map((event) => `${state} ${event}`),
    );
    expect(illegal).toEqual([
      'off reconciled',
      'off doubt',
      'off stopped',
      'reconciling start',
      'reconciling stopped',
      'on reconciled',
      'on stopped',
      'stopping start',
      'stopping reconciled',
      'halted stopped',
    ]);
    for (const row of illegal) {
      const [state, event] = row.split(' ') as [Control['state'], ControlEvent];
      try {
        moveControl({ state, since: 0 }, moveOf(event));
        throw new Error(row);
      } catch (error) {
        expect(isAppError(error, 'TRADING.ILLEGAL_MOVE')).toBe(true);
      }
    }
  });
});
