/** Who is subscribed to what: starts a feed with a stream's first subscriber, stops it with the last, fans frames out. */
import type { Exchange } from '../exchange';
import type { FaultOf } from '../faults/fault-rule';
import type { FaultEvent } from '../faults/faults';
import { faultyLatency } from '../rest/gate';
import type { Connection, Frame, SubscriptionListener } from './connection';
import { parseStreamName, type Route, type StreamSpec } from './stream-name';

/** Makes the frames of one stream while somebody listens. */
export interface Feed {
  stop(): void;
}

export type StartFeed = (stream: string, spec: StreamSpec, hub: StreamHub) => Feed;

interface Subscription {
  readonly feed: Feed;
  readonly connections: Set<Connection>;
}

/** What a frame is about, for the faults that choose by it. */
export interface FrameSubject {
  readonly symbol?: string;
  readonly interval?: string;
  /** Of the account stream. */
  readonly event?: string;
  readonly params?: (name: string) => string | undefined;
}

/** What a listen key's connections get even if they asked for other events. */
const FOR_ALL = 'listenKeyExpired';
const GOING_AWAY = 1001;

export class StreamHub implements SubscriptionListener {
  readonly connections = new Set<Connection>();
  private readonly subscriptions = new Map<string, Subscription>();
  /** By listen key, whether it is one or not: what is none stays silent. */
  private readonly listeners = new Map<string, Set<Connection>>();

  constructor(
    private readonly exchange: Exchange,
    private readonly startFeed: StartFeed,
  ) {}

  get streamCount(): number {
    return this.subscriptions.size;
  }

  subscribed(connection: Connection, stream: string): void {
    if (connection.route === 'private') return this.listen(connection, stream);
    const spec = parseStreamName(stream);
    // Acknowledged, but never fed: a stream that does not exist, or lives on another path.
    if (spec === undefined || spec.route !== connection.route) return;
    const subscription = this.subscriptions.get(stream);
    if (subscription !== undefined) {
      subscription.connections.add(connection);
      return;
    }
    const connections = new Set([connection]);
    this.subscriptions.set(stream, { feed: this.startFeed(stream, spec, this), connections });
  }

  unsubscribed(connection: Connection, stream: string): void {
    const listeners = connection.route === 'private' ? this.listeners.get(stream) : undefined;
    if (listeners?.delete(connection) === true && listeners.size === 0) this.listeners.delete(stream);
    const subscription = this.subscriptions.get(stream);
    if (subscription?.connections.delete(connection) !== true || subscription.connections.size > 0) return;
    subscription.feed.stop();
    this.subscriptions.delete(stream);
  }

  closed(connection: Connection): void {
    this.connections.delete(connection);
    for (const stream of connection.streams) this.unsubscribed(connection, stream);
    connection.streams.clear();
  }

  /** @param data the frame's JSON text; serialised once for all subscribers */
  publish(stream: string, data: string, subject: FrameSubject): void {
    const subscription = this.subscriptions.get(stream);
    if (subscription === undefined) return;
    this.exchange.stats.frames++;
    if (this.isSilenced(subject, 'market')) return;
    this.fanOut(subscription.connections, frameOf(stream, data), subject);
  }

  /** A frame of an account's stream, for all connections of its listen key. */
  publishPrivate(listenKey: string, data: string, subject: FrameSubject & { readonly event: string }): void {
    const listeners = this.listeners.get(listenKey);
    if (listeners === undefined) return;
    this.exchange.stats.frames++;
    if (this.isSilenced(subject, 'private')) return;
    const { event } = subject;
    const wanting = [...listeners].filter((connection) => event === FOR_ALL || connection.wants(event));
    this.fanOut(wanting, frameOf(listenKey, data), subject);
  }

  /** Ends the connections of a listen key. */
  closePrivate(listenKey: string): void {
    for (const connection of this.listeners.get(listenKey) ?? []) {
      connection.close(GOING_AWAY, 'Listen key closed');
    }
  }

  /** Destroys connections, the oldest first. @returns how many */
  drop(options: { readonly route?: Route; readonly count?: number }): number {
    const chosen = [...this.connections]
      .filter((connection) => options.route === undefined || connection.route === options.route)
      .slice(0, options.count);
    for (const connection of chosen) connection.drop();
    return chosen.length;
  }

  private listen(connection: Connection, listenKey: string): void {
    const listeners = this.listeners.get(listenKey);
    if (listeners === undefined) this.listeners.set(listenKey, new Set([connection]));
    else listeners.add(connection);
  }

  private fanOut(connections: Iterable<Connection>, frame: Frame, subject: FrameSubject): void {
    for (const connection of connections) {
      if (this.isLost(connection, subject)) continue;
      this.exchange.stats.delivered++;
      connection.send(frame, this.delayOf(connection, subject));
    }
  }

  /** A silent-stream rule for certain symbols, intervals or events: nobody gets the frame. */
  private isSilenced(subject: FrameSubject, side: 'market' | 'private'): boolean {
    const { faults } = this.exchange;
    if (!faults.has('silent-stream')) return false;
    const event: FaultEvent = { target: 'stream', ...subject };
    const isMeant = (rule: FaultOf<'silent-stream'>): boolean =>
      isForStreams(rule) && isForSide(rule.path, side);
    return faults.hit('silent-stream', event, isMeant) !== undefined;
  }

  /** Whether a fault of the connection itself keeps the frame back. */
  private isLost(connection: Connection, subject: FrameSubject): boolean {
    const { faults } = this.exchange;
    const event: FaultEvent = { target: 'stream', path: connection.path, ...subject };
    if (faults.has('drop-socket') && faults.hit('drop-socket', event, (rule) => rule.when !== 'before')) {
      connection.drop();
      return true;
    }
    if (faults.has('half-open') && faults.hit('half-open', event, (rule) => rule.when !== 'before')) {
      connection.freeze();
      return true;
    }
    return faults.has('silent-stream') && this.isMute(connection, event);
  }

  /** Wall milliseconds, from latency rules for streams. */
  private delayOf(connection: Connection, subject: FrameSubject): number {
    const { faults } = this.exchange;
    if (!faults.has('latency')) return 0;
    return faultyLatency(faults, { target: 'stream', path: connection.path, ...subject });
  }

  private isMute(connection: Connection, event: FaultEvent): boolean {
    const { faults } = this.exchange;
    for (const id of connection.silencedBy) if (faults.isInForce(id)) return true;
    // Each rule looks at each connection once.
    const hit = faults.hit('silent-stream', event, (rule) => {
      if (isForStreams(rule) || connection.judgedBy.has(rule)) return false;
      connection.judgedBy.add(rule);
      return true;
    });
    if (hit !== undefined) connection.silencedBy.add(hit.id);
    return hit !== undefined;
  }
}

function isForStreams(rule: FaultOf<'silent-stream'>): boolean {
  return rule.symbol !== undefined || rule.interval !== undefined || rule.event !== undefined;
}

/** A path of the account streams means no market, and the other way round. */
function isForSide(path: string | undefined, side: 'market' | 'private'): boolean {
  return path === undefined || path.startsWith('/private') === (side === 'private');
}

function frameOf(stream: string, data: string): Frame {
  return {
    get raw() {
      return memoize(this, 'raw', Buffer.from(data));
    },
    get combined() {
      return memoize(this, 'combined', Buffer.from(`{"stream":${JSON.stringify(stream)},"data":${data}}`));
    },
  };
}

/** Puts the value in place of the getter. */
function memoize(frame: Frame, key: keyof Frame, value: Buffer): Buffer {
  Object.defineProperty(frame, key, { value });
  return value;
}
