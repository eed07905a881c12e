import { eventually } from '../../../../test/support/eventually';
import { EventChannel, type Listener } from './event-channel';
import { FeedEvent } from './event-feed.service';

class Reader implements Listener {
  readonly pieces: Buffer[] = [];

  sendEncoded(frames: Buffer): void {
    this.pieces.push(frames);
  }

  get text(): string {
    return Buffer.concat(this.pieces).toString();
  }
}

const event = (number: number, reason = ''): FeedEvent =>
  new FeedEvent(number, `run-${number}`, { type: 'phase', at: number, phase: 'streaming', reason });
const frameOf = (number: number): string => event(number).frame;

it('hands all that came together to all, as one piece of memory, in order', async () => {
  const channel = new EventChannel(() => true);
  const readers = [new Reader(), new Reader(), new Reader()];
  readers.forEach((reader) => channel.add(reader));
  for (let i = 1; i <= 600; i++) channel.take(event(i));
  expect(readers[0]!.pieces).toEqual([]);
  await eventually(() => readers[0]!.pieces.length > 0);
  expect(readers[0]!.text).toBe(Array.from({ length: 600 }, (_, i) => frameOf(i + 1)).join(''));
  expect(readers[1]!.pieces).toEqual(readers[0]!.pieces);
  expect(readers[2]!.pieces[0]).toBe(readers[0]!.pieces[0]);
});

it('tells who comes in between only what happens afterwards', () => {
  const channel = new EventChannel(() => true);
  const [first, second] = [new Reader(), new Reader()];
  channel.add(first);
  channel.take(event(1));
  channel.add(second);
  channel.take(event(2));
  channel.flush();
  expect([first.text, second.text]).toEqual([frameOf(1) + frameOf(2), frameOf(2)]);
});

it('leaves out what nobody here wants, and who has left', () => {
  const channel = new EventChannel(({ number }) => number % 2 === 0);
  const reader = new Reader();
  channel.add(reader);
  for (const number of [1, 2, 3, 4]) channel.take(event(number));
  channel.flush();
  channel.remove(reader);
  channel.take(event(6));
  channel.flush();
  expect(reader.text).toBe(frameOf(2) + frameOf(4));
  expect(channel.size).toBe(0);
});

it('does not wait when it is much', () => {
  const channel = new EventChannel(() => true);
  const reader = new Reader();
  channel.add(reader);
  channel.take(event(1, 'x'.repeat(600_000)));
  expect(reader.pieces).toHaveLength(1);
});
