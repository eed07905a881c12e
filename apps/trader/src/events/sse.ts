/** Server-sent events on one response: the frames, a heartbeat, and an end for listeners that do not keep up. */
import type { ServerResponse } from 'node:http';

/** A listener further behind is cut off; it reconnects and resumes by its last id. */
export const MAX_BUFFERED_BYTES = 1024 * 1024;
export const CONTENT_TYPE = 'text/event-stream; charset=utf-8';
const HEARTBEAT_MS = 15_000;
const RECONNECT_MS = 2_000;

export interface Frame {
  event: string;
  data: unknown;
  id?: string;
}

export function encodeFrame({ event, data, id }: Frame): string {
  const idLine = id === undefined ? '' : `id: ${id}\n`;
  return `${idLine}event: ${event}\ndata: ${JSON.stringify(data)}\n\n`;
}

export class SseConnection {
  private readonly heartbeat: NodeJS.Timeout;
  private ended = false;

  /** @param onEnd called once, whoever ended it */
  constructor(
    private readonly response: ServerResponse,
    headers: Record<string, number | string | string[] | undefined>,
    private readonly onEnd: () => void,
  ) {
    response.writeHead(200, {
      ...headers,
      'content-type': CONTENT_TYPE,
      'cache-control': 'no-cache, no-transform',
      // So that the socket goes with the stream, and does not outlive it while the service stops.
      connection: 'close',
      'x-accel-buffering': 'no',
    });
    response.write(`retry: ${RECONNECT_MS}\n\n`);
    this.heartbeat = setInterval(() => this.write(': heartbeat\n\n'), HEARTBEAT_MS).unref();
    response.once('close', () => this.end());
    response.on('error', () => this.end());
  }

  send(frame: Frame): void {
    this.write(encodeFrame(frame));
  }

  /** Frames that many get alike, encoded once for all of them. */
  sendEncoded(frames: Buffer | string): void {
    this.write(frames);
  }

  end(): void {
    if (this.ended) return;
    this.ended = true;
    clearInterval(this.heartbeat);
    this.response.end();
    this.onEnd();
  }

  private write(text: Buffer | string): void {
    if (this.ended) return;
    if (this.response.writableLength > MAX_BUFFERED_BYTES) {
      this.end();
      this.response.destroy();
      return;
    }
    this.response.write(text);
  }
}
