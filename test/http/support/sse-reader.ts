/** Reads server-sent events of one response. */
export interface ReceivedEvent {
  event: string;
  id?: string;
  data: unknown;
}

export class SseReader {
  readonly events: ReceivedEvent[] = [];
  /** Resolves when the server ends the stream. */
  readonly ended: Promise<void>;
  private readonly abort = new AbortController();
  private opened: Promise<Response>;

  constructor(url: string, headers: Record<string, string> = {}) {
    this.opened = fetch(url, { headers, signal: this.abort.signal });
    this.ended = this.read().catch(() => undefined);
  }

  get response(): Promise<Response> {
    return this.opened;
  }

  of(type: string): ReceivedEvent[] {
    return this.events.filter(({ event }) => event === type);
  }

  close(): void {
    this.abort.abort();
  }

  private async read(): Promise<void> {
    const { body } = await this.opened;
    const decoder = new TextDecoder();
    let text = '';
    for await (const chunk of body!) {
      text += decoder.decode(chunk as Uint8Array, { stream: true });
      const frames = text.split('\n\n');
      text = frames.pop()!;
      for (const frame of frames) this.take(frame);
    }
  }

  private take(frame: string): void {
    const field = (name: string): string | undefined =>
      frame
        .split('\n')
        .find((line) => line.startsWith(`${name}: `))
        ?.slice(name.length + 2);
    const data = field('data');
    if (data === undefined) return;
    const id = field('id');
    this.events.push({
      event: field('event') ?? 'message',
      data: JSON.parse(data),
      ...(id === undefined ? {} : { id }),
    });
  }
}
