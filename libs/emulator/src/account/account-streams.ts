/**
 * What accounts tell on their private streams: events become frames, and frames meet the faults asked for.
 *
 * Frames of a call are held until its answer has left, as on the real exchange mostly; a fault lets them go ahead.
 */
import type { UtcMs } from '@slt/domain';
import type { AccountEvent } from '../core/account';
import { eventTime, type Exchange } from '../exchange';
import type { DeadKeyConnections } from '../faults/account-fault-rule';
import type { FaultEvent } from '../faults/faults';
import type { StreamHub } from '../streams/stream-hub';
import { frameOf, listenKeyExpired, type AccountFrame } from './account-frames';
import { toJson } from './json';
import type { ListenKeys } from './listen-keys';

/** One call under way: what the account tells meanwhile waits for release(). */
export interface Hold {
  isReleased: boolean;
}

interface Line {
  /** Oldest first; the head holds all others back. */
  readonly waiting: { readonly frame: AccountFrame; readonly text: string; readonly hold?: Hold }[];
  /** Kept back by a fault until the account's next frame. */
  readonly outOfOrder: { readonly frame: AccountFrame; readonly text: string }[];
}

export class AccountStreams {
  private readonly lines = new Map<string, Line>();
  private current: Hold | undefined;

  constructor(
    private readonly exchange: Exchange,
    private readonly hub: StreamHub,
    private readonly listenKeys: ListenKeys,
  ) {}

  /** Runs a call whose frames wait until its hold is released. */
  holding<T>(hold: Hold, call: () => T): T {
    const outer = this.current;
    this.current = hold;
    try {
      return call();
    } finally {
      this.current = outer;
    }
  }

  release(account: string, hold: Hold): void {
    if (hold.isReleased) return;
    hold.isReleased = true;
    this.drain(account);
  }

  tell(account: string, event: AccountEvent): void {
    const frame = frameOf(event);
    const text = toJson(frame.at(this.eventTimeOf(frame, event.at)));
    const hold = this.current;
    this.lineOf(account).waiting.push({ frame, text, ...(hold === undefined ? {} : { hold }) });
    this.drain(account);
  }

  /** The key is dead by now: its connections hear of it, and nothing after that. */
  tellExpired(listenKey: string): void {
    const frame = listenKeyExpired(listenKey);
    this.hub.publishPrivate(listenKey, toJson(frame.at(eventTime(this.exchange))), subjectOf(frame));
  }

  /** Ends an account's listen key before its time. @returns whether it had one */
  killKey(account: string, connections: DeadKeyConnections): boolean {
    const listenKey = this.listenKeys.kill(account);
    if (listenKey === undefined) return false;
    if (connections === 'told') this.tellExpired(listenKey);
    if (connections === 'closed') this.hub.closePrivate(listenKey);
    return true;
  }

  private eventTimeOf(frame: AccountFrame, at: UtcMs): UtcMs {
    const { faults } = this.exchange;
    return faults.has('clock-skew') ? at + faults.skewMs(faultEventOf(frame)) : at;
  }

  private drain(account: string): void {
    const { waiting } = this.lineOf(account);
    while (waiting[0] !== undefined && waiting[0].hold?.isReleased !== false) {
      const { frame, text } = waiting.shift()!;
      this.send(account, frame, text);
    }
  }

  private send(account: string, frame: AccountFrame, text: string): void {
    const { faults, scheduler, time } = this.exchange;
    const event = faultEventOf(frame);
    const death = faults.hit('dead-listen-key', event);
    if (death !== undefined) this.killKey(account, death.rule.connections ?? 'silent');
    if (faults.hit('lost-update', event) !== undefined) return;
    if (faults.hit('out-of-order-update', event) !== undefined) {
      this.lineOf(account).outOfOrder.push({ frame, text });
      return;
    }
    const late = faults.hit('late-update', event);
    if (late === undefined) this.deliver(account, frame, text);
    else scheduler.at(time.running() + late.rule.ms, () => this.deliver(account, frame, text));
    const again = faults.hit('duplicate-update', event)?.rule;
    for (let copy = 1; again !== undefined && copy <= (again.copies ?? 1); copy++) {
      const dueAt = time.running() + (late?.rule.ms ?? 0) + copy * (again.ms ?? 0);
      scheduler.at(dueAt, () => this.deliver(account, frame, text));
    }
  }

  private deliver(account: string, frame: AccountFrame, text: string): void {
    const listenKey = this.listenKeys.of(account);
    const heldBack = this.lineOf(account).outOfOrder.splice(0);
    if (listenKey === undefined) return;
    this.hub.publishPrivate(listenKey, text, subjectOf(frame));
    for (const earlier of heldBack)
      this.hub.publishPrivate(listenKey, earlier.text, subjectOf(earlier.frame));
  }

  private lineOf(account: string): Line {
    let line = this.lines.get(account);
    if (line === undefined) this.lines.set(account, (line = { waiting: [], outOfOrder: [] }));
    return line;
  }
}

function subjectOf(frame: AccountFrame): {
  event: string;
  symbol?: string;
  params: (name: string) => string | undefined;
} {
  const { event, symbol } = frame;
  return { event, params: textOf(frame), ...(symbol === undefined ? {} : { symbol }) };
}

function faultEventOf(frame: AccountFrame): FaultEvent {
  return { target: 'stream', path: '/private', ...subjectOf(frame) };
}

function textOf({ fields }: AccountFrame): (name: string) => string | undefined {
  return (name) => {
    const value = fields[name];
    return value === undefined || typeof value === 'object'
      ? undefined
      : String(value as string | number | boolean);
  };
}
