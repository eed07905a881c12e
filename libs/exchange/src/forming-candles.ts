/**
 * The candle in progress of the few series that somebody looks at. Frames of all others cost a look whether anybody
 * looks at all; frames of these are parsed for them alone, and the newest of each is told four times a second at most.
 */
import type { UtcMs } from '@slt/domain';
import { type KlineFrame, parseStreamMessage } from './core/stream-frame';
import { type StreamKey, streamName } from './core/stream-key';

/** Of this machine. As often as Binance tells of a candle. */
const GAP_MS = 250;

export type FormingListener = (frame: KlineFrame) => void;

interface Held {
  readonly message: Buffer;
  readonly receivedAt: UtcMs;
}

interface Watched {
  readonly listeners: Set<FormingListener>;
  /** The newest frame that came while it was too early to tell. */
  held: Held | undefined;
  timer: NodeJS.Timeout | undefined;
}

export class FormingCandles {
  private readonly watched = new Map<string, Watched>();

  /** @returns what ends it */
  watch(key: StreamKey, listener: FormingListener): () => void {
    const name = streamName(key);
    const watched = this.watched.get(name) ?? { listeners: new Set(), held: undefined, timer: undefined };
    this.watched.set(name, watched);
    watched.listeners.add(listener);
    return () => {
      watched.listeners.delete(listener);
      if (watched.listeners.size > 0 || this.watched.get(name) !== watched) return;
      clearTimeout(watched.timer);
      this.watched.delete(name);
    };
  }

  /** @param message a frame of that stream that closes nothing */
  offer(name: string, message: Buffer, receivedAt: UtcMs): void {
    if (this.watched.size === 0) return;
    const watched = this.watched.get(name);
    if (watched === undefined) return;
    watched.held = { message, receivedAt };
    if (watched.timer === undefined) this.tell(watched);
  }

  private tell(watched: Watched): void {
    const { held } = watched;
    watched.held = undefined;
    watched.timer = held && setTimeout(() => this.tell(watched), GAP_MS);
    if (held === undefined) return;
    const parsed = parseStreamMessage(held.message.toString('utf8'), held.receivedAt);
    if (parsed.kind !== 'kline' || parsed.frame.isClosed) return;
    for (const listener of [...watched.listeners]) listener(parsed.frame);
  }
}
