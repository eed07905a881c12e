import fc from 'fast-check';
import { type SseFrame, SseParser } from './sse-parser';

const parse = (text: string): SseFrame[] => new SseParser().push(text);

it('reads frames as the trader writes them', () => {
  const text =
    'retry: 2000\n\nid: 5f0c-1\nevent: candle\ndata: {"a":1}\n\n: heartbeat\n\nevent: status\ndata: {}\n\n';
  expect(parse(text)).toEqual([
    { event: 'candle', data: '{"a":1}', id: '5f0c-1' },
    { event: 'status', data: '{}' },
  ]);
});

it.each([
  ['data: a\ndata: b\n\n', [{ event: 'message', data: 'a\nb' }]],
  ['data:a\r\n\r\n', [{ event: 'message', data: 'a' }]],
  ['data\n\n', [{ event: 'message', data: '' }]],
  ['event: candle\n\n', []],
  ['id: a\0b\ndata: x\n\n', [{ event: 'message', data: 'x' }]],
  ['unknown: x\ndata: y\n\n', [{ event: 'message', data: 'y' }]],
  ['data: half', []],
])('reads %j', (text, frames) => {
  expect(parse(text)).toEqual(frames);
});

it('reads the same whatever the pieces', () => {
  const line = fc.constantFrom('data: x', 'data: y: z', 'event: e', 'id: 7', ': comment', '', 'nonsense');
  fc.assert(
    fc.property(fc.array(line, { maxLength: 30 }), fc.array(fc.nat(20), { maxLength: 30 }), (lines, cuts) => {
      const text = lines.map((each) => `${each}\n`).join('');
      const parser = new SseParser();
      const frames: SseFrame[] = [];
      let at = 0;
      for (const cut of cuts) frames.push(...parser.push(text.slice(at, (at += cut))));
      frames.push(...parser.push(text.slice(at)));
      expect(frames).toEqual(parse(text));
    }),
  );
});
