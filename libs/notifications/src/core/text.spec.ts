import fc from 'fast-check';
import type { Batch, Notification } from './notification';
import { countThatFits, escapeDiscord, escapeHtml, messageOf, plain, type TextStyle } from './text';

const HTML: TextStyle = { escape: escapeHtml, strong: (text) => `<b>${text}</b>`, limit: 4096 };
const MARKDOWN: TextStyle = { escape: escapeDiscord, strong: (text) => `**${text}**`, limit: 2000 };
const of = (title: string, text = ''): Notification => ({
  id: 'a',
  kind: 'trade',
  severity: 'critical',
  at: Date.parse('2026-11-23T07:12:03.999Z'),
  title,
  text,
  facts: {},
});
const batch = (notifications: Notification[], dropped = 0): Batch => ({
  id: 'b',
  origin: { exchange: 'emulator', mode: 'live' },
  notifications,
  dropped,
});

describe('the text of a message', () => {
  it('has a line for each, whose money it is, and what was dropped', () => {
    expect(messageOf(batch([of('Trading halted', 'by hand'), of('Again')], 3), HTML)).toBe(
      [
        '🛑 07:12:03 <b>Trading halted</b> · by hand',
        '🛑 07:12:03 <b>Again</b>',
        '… and 3 less important dropped',
        'SelfLearningTrader, <b>LIVE</b> on emulator, times in UTC',
      ].join('\n'),
    );
  });

  it('shows markup instead of obeying it', () => {
    const name = '<img src=x onerror=alert(1)>"&';
    expect(messageOf(batch([of(name)]), HTML)).toContain(
      '<b>&lt;img src=x onerror=alert(1)&gt;&quot;&amp;</b>',
    );
    expect(messageOf(batch([of('@everyone **x** [a](https://b) <@1>')]), MARKDOWN)).toContain(
      '\\@everyone \\*\\*x\\*\\* \\[a\\]\\(https\\://b\\) \\<\\@1\\>',
    );
  });

  it('is one line an event, whatever a value holds', () => {
    expect(plain('a\r\n\u202e\u0000b\u2028 c', 20)).toBe('a b c');
    expect(plain('x'.repeat(30), 10)).toBe(`${'x'.repeat(9)}…`);
    expect(plain('😀'.repeat(30), 10)).toBe(`${'😀'.repeat(9)}…`);
  });

  it.each([HTML, MARKDOWN])('fits, and nothing in it speaks the language of markup', (style) => {
    const word = fc.string({ unit: 'binary', maxLength: 600 });
    const some = fc.array(fc.tuple(word, word), { minLength: 1, maxLength: 20 });
    fc.assert(
      fc.property(some, (pairs) => {
        const all = pairs.map(([title, text]) => of(title, text));
        const count = countThatFits(all, style);
        const text = messageOf(batch(all.slice(0, count), 123_456), style);
        expect(text.length).toBeLessThanOrEqual(style.limit);
        expect(text.split('\n')).toHaveLength(count + 2);
        const bare =
          style === HTML ? text.replace(/<\/?b>/g, '') : text.replace(/\\./g, '').replaceAll('**', '');
        expect(bare).not.toMatch(style === HTML ? /[<>]|&(?!amp;|lt;|gt;|quot;)/ : /[\\`*_~|>#[\]()<:@]/);
      }),
      { numRuns: 25 },
    );
  });
});
