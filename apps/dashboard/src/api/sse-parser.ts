/** The wire format of server-sent events, for streams that are read by fetch: https://html.spec.whatwg.org/#event-stream-interpretation */

export interface SseFrame {
  readonly event: string;
  readonly data: string;
  readonly id?: string;
}

/** Takes text as it comes, in pieces of any length. */
export class SseParser {
  private rest = '';
  private event = '';
  private data: string[] = [];
  private id: string | undefined;

  /** @returns the frames that these pieces complete; comments, such as heartbeats, make none */
  push(text: string): SseFrame[] {
    const lines = (this.rest + text).split('\n');
    this.rest = lines.pop() ?? '';
    const frames: SseFrame[] = [];
    for (const line of lines) {
      const frame = this.take(line.endsWith('\r') ? line.slice(0, -1) : line);
      if (frame !== undefined) frames.push(frame);
    }
    return frames;
  }

  private take(line: string): SseFrame | undefined {
    if (line === '') return this.finish();
    const colon = line.indexOf(':');
    const field = colon < 0 ? line : line.slice(0, colon);
    const value = colon < 0 ? '' : line.slice(colon + 1).replace(/^ /, '');
    if (field === 'event') this.event = value;
    else if (field === 'data') this.data.push(value);
    else if (field === 'id' && !value.includes('\0')) this.id = value;
    return undefined;
  }

  private finish(): SseFrame | undefined {
    const { event, data, id } = this;
    this.event = '';
    this.data = [];
    this.id = undefined;
    if (data.length === 0) return undefined;
    return { event: event || 'message', data: data.join('\n'), ...(id === undefined ? {} : { id }) };
  }
}
