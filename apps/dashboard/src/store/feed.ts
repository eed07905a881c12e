/** The one event stream of the page: who wants an event says so here; how fresh the page is stands in `connection`. */
import { batch, signal } from '@preact/signals';
import { EventStream } from '../api/event-stream';
import type { SseFrame } from '../api/sse-parser';
import type { FeedEventName, FeedEvents } from '../api/types';
import { noteInstant } from './clock';
import { resync } from './resync';

export type Connection =
  | { readonly kind: 'connecting' }
  | { readonly kind: 'live' }
  /** `since`: nothing was heard after this instant. `retryAt` is missing while an attempt is under way. Wall clock. */
  | { readonly kind: 'stale'; readonly since: number; readonly retryAt?: number };

type Listener<Name extends FeedEventName> = (event: FeedEvents[Name]) => void;

const EVENTS = '/v1/events';

export const connection = signal<Connection>({ kind: 'connecting' });

const listeners = new Map<string, Set<(event: never) => void>>();
let heardAt = Date.now();
let wasLive = false;
/** The page itself asked for another connection, and nothing has gone wrong since. */
let isMoving = false;

const stream = new EventStream(
  {
    event: publish,
    heard: () => {
      heardAt = Date.now();
    },
    state: (state) => {
      if (state.kind === 'live') {
        connection.value = { kind: 'live' };
        return;
      }
      isMoving = false;
      const { retryAt } = state;
      const hope = retryAt === undefined ? {} : { retryAt };
      connection.value = { kind: 'stale', since: heardAt, ...hope };
    },
  },
  { url: EVENTS, fetch: (...call) => fetch(...call), random: Math.random, now: Date.now },
);

/** @returns what ends it */
export function listen<Name extends FeedEventName>(name: Name, listener: Listener<Name>): () => void {
  const set = listeners.get(name) ?? new Set();
  listeners.set(name, set.add(listener as (event: never) => void));
  return () => set.delete(listener as (event: never) => void);
}

/** Opens the stream, once; a page that is shown again or a network that is back does not wait for the next attempt. */
export function startFeed(): void {
  listen('status', () => {
    // Each connection begins with a status; after the first one it says that there was an interruption. The server tells
    // again what happened meanwhile, as far as it still has it; what no event tells is read anew.
    if (wasLive && !isMoving) resync();
    wasLive = true;
    isMoving = false;
  });
  listen('missed', resync);
  window.addEventListener('online', () => stream.retryNow());
  document.addEventListener('visibilitychange', () => {
    if (!document.hidden) stream.retryNow();
  });
  stream.start();
}

/**
 * From now on the stream also tells how this symbol's candles stand before they close. It stays one connection, since a
 * browser allows six to a host, for all its tabs. @returns what ends it
 */
export function watchForming(symbol: string): () => void {
  move(`${EVENTS}?forming=${encodeURIComponent(symbol)}`);
  return () => move(EVENTS);
}

let moving: ReturnType<typeof setTimeout> | undefined;

/** A page that goes and one that comes in its place are one move. */
function move(url: string): void {
  clearTimeout(moving);
  moving = setTimeout(() => {
    isMoving = connection.peek().kind === 'live';
    stream.move(url);
  });
}

/** For the person who does not want to wait. */
export function reconnectNow(): void {
  stream.retryNow();
}

function publish({ event, data }: SseFrame): void {
  const told = parse(data);
  if (told === undefined) return;
  if (typeof told['at'] === 'number') noteInstant(told['at']);
  batch(() => listeners.get(event)?.forEach((listener) => listener(told as never)));
}

function parse(text: string): Record<string, unknown> | undefined {
  try {
    const value: unknown = JSON.parse(text);
    return typeof value === 'object' && value !== null ? (value as Record<string, unknown>) : undefined;
  } catch {
    return undefined;
  }
}
