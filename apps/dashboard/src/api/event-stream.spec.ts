import { EventStream, retryDelayMs, SILENCE_MS, type StreamState } from './event-stream';
import type { SseFrame } from './sse-parser';

/** A server that answers by hand. */
class Server {
  readonly asked: Headers[] = [];
  readonly addresses: string[] = [];
  private readonly open: ReadableStreamDefaultController<Uint8Array>[] = [];
  isAway = false;

  readonly fetch = ((url: string, init: RequestInit) => {
    this.addresses.push(url);
    this.asked.push(new Headers(init.headers));
    if (this.isAway) return Promise.reject(new TypeError('away'));
    const body = new ReadableStream<Uint8Array>({
      start: (controller) => {
        this.open.push(controller);
        init.signal?.addEventListener('abort', () => controller.error(new Error('aborted')));
      },
    });
    return Promise.resolve(new Response(body));
  }) as typeof fetch;

  say(text: string): void {
    this.open.at(-1)!.enqueue(new TextEncoder().encode(text));
  }

  hangUp(): void {
    this.open.at(-1)!.close();
  }
}

describe('the event stream', () => {
  let server: Server;
  let states: StreamState[];
  let frames: SseFrame[];
  let stream: EventStream;
  /** Lets promises go on; half of the longest delay is what `random` makes of it. */
  const pass = (ms: number) => jest.advanceTimersByTimeAsync(ms);

  beforeEach(() => {
    jest.useFakeTimers({ now: 1_000_000 });
    server = new Server();
    states = [];
    frames = [];
    stream = new EventStream(
      { event: (frame) => frames.push(frame), state: (state) => states.push(state), heard: () => undefined },
      { url: '/v1/events', fetch: server.fetch, random: () => 0, now: Date.now },
    );
    stream.start();
  });
  afterEach(() => {
    stream.stop();
    jest.useRealTimers();
  });

  it('is live from the first byte on', async () => {
    await pass(0);
    expect(states).toEqual([]);
    server.say('retry: 2000\n\n');
    await pass(0);
    expect(states).toEqual([{ kind: 'live' }]);
  });

  it('resumes after the last event, and says meanwhile when it tries again', async () => {
    await pass(0);
    server.say('id: run-7\nevent: candle\ndata: {}\n\nevent: status\ndata: {}\n\n');
    await pass(0);
    expect(frames).toHaveLength(2);
    server.hangUp();
    await pass(0);
    // The first delay is 500 ms, of which random 0 leaves half.
    expect(states.at(-1)).toEqual({ kind: 'down', retryAt: 1_000_250 });
    await pass(250);
    server.say(': heartbeat\n\n');
    await pass(0);
    expect(states.slice(-2)).toEqual([{ kind: 'down' }, { kind: 'live' }]);
    expect(server.asked.map((headers) => headers.get('last-event-id'))).toEqual([null, 'run-7']);
  });

  it('waits longer after each failure, and starts anew after a success', async () => {
    await pass(0);
    server.isAway = true;
    server.say(':\n\n');
    await pass(0);
    server.hangUp();
    await pass(0);
    const delays: number[] = [];
    for (let attempt = 0; attempt < 8; attempt++) {
      const { retryAt } = states.at(-1) as { retryAt: number };
      delays.push(retryAt - Date.now());
      if (attempt === 7) server.isAway = false;
      await pass(retryAt - Date.now());
    }
    expect(delays).toEqual([250, 500, 1000, 2000, 4000, 7500, 7500, 7500]);
    server.say(':\n\n');
    await pass(0);
    server.hangUp();
    await pass(0);
    expect((states.at(-1) as { retryAt: number }).retryAt - Date.now()).toBe(250);
  });

  it('takes silence for a dead line', async () => {
    await pass(0);
    server.say(':\n\n');
    await pass(SILENCE_MS - 1);
    expect(states.at(-1)).toEqual({ kind: 'live' });
    server.say(': heartbeat\n\n');
    await pass(SILENCE_MS - 1);
    expect(states.at(-1)).toEqual({ kind: 'live' });
    await pass(1);
    expect(states.at(-1)).toMatchObject({ kind: 'down' });
  });

  it('tries at once when told, but not twice at a time', async () => {
    await pass(0);
    stream.retryNow();
    expect(server.asked).toHaveLength(1);
    server.hangUp();
    await pass(0);
    stream.retryNow();
    await pass(0);
    expect(server.asked).toHaveLength(2);
    await pass(1_000);
    expect(server.asked).toHaveLength(2);
  });

  it('moves to another address without a word, and goes on after the last event', async () => {
    await pass(0);
    server.say('id: run-7\nevent: status\ndata: {}\n\n');
    await pass(0);
    stream.move('/v1/events?forming=BTCUSDT');
    stream.move('/v1/events?forming=BTCUSDT');
    await pass(0);
    server.say('event: status\ndata: {}\n\n');
    await pass(0);
    expect(states).toEqual([{ kind: 'live' }, { kind: 'live' }]);
    expect(server.addresses).toEqual(['/v1/events', '/v1/events?forming=BTCUSDT']);
    expect(server.asked[1]!.get('last-event-id')).toBe('run-7');
    await pass(SILENCE_MS - 1);
    expect(server.asked).toHaveLength(2);
  });

  it('moves with its next attempt while the service is away', async () => {
    await pass(0);
    server.hangUp();
    await pass(0);
    stream.move('/v1/events?forming=ETHUSDT');
    await pass(0);
    expect(server.addresses).toEqual(['/v1/events']);
    await pass(250);
    expect(server.addresses).toEqual(['/v1/events', '/v1/events?forming=ETHUSDT']);
  });

  it('is still once it is stopped', async () => {
    await pass(0);
    stream.stop();
    await pass(60_000);
    expect(server.asked).toHaveLength(1);
    stream.retryNow();
    expect(server.asked).toHaveLength(1);
  });
});

it('spreads attempts over the second half of the delay', () => {
  expect([retryDelayMs(1, 0), retryDelayMs(1, 0.5), retryDelayMs(3, 1)]).toEqual([250, 375, 2000]);
});
