import { Writable } from 'node:stream';
import { eventually } from '../../../test/support/eventually';
import { Terminal } from './terminal';

/** A terminal of 100 columns that keeps what is written to it. */
class Screen extends Writable {
  readonly isTTY = true;
  readonly columns = 100;
  text = '';

  override _write(chunk: Buffer, _encoding: string, done: () => void): void {
    this.text += chunk.toString();
    done();
  }

  cursorTo(): boolean {
    return true;
  }
  moveCursor(): boolean {
    return true;
  }
  clearLine(): boolean {
    return true;
  }
  clearScreenDown(): boolean {
    return true;
  }
}

const asStream = (screen: Screen) => screen as unknown as NodeJS.WriteStream;
const line = (msg: string) => `${JSON.stringify({ level: 'info', time: '2026-01-01T00:00:00.000Z', msg })}\n`;

describe('Terminal', () => {
  it('writes lines as they are where nobody watches', async () => {
    const screen = new Screen();
    const terminal = await Terminal.open(asStream(screen), false);
    terminal.progress({ done: 1, total: 2, note: '' });
    terminal.write(line('hello'));
    terminal.endProgress();
    expect(screen.text).toBe(line('hello'));
  });

  it('shows a person lines above one bar, and loses none', async () => {
    const screen = new Screen();
    const terminal = await Terminal.open(asStream(screen), true);
    terminal.write(line('before'));
    terminal.progress({ done: 10, total: 300, note: '2 s left' });
    terminal.write(line('during'));
    terminal.progress({ done: 150, total: 300, note: '1 s left' });
    await eventually(() => screen.text.includes('150/300 1 s left'));
    terminal.write(line('late'));
    terminal.endProgress();
    terminal.endProgress();
    terminal.write(line('after'));
    for (const word of ['before', 'during', 'late', 'after']) {
      expect(screen.text.split(word)).toHaveLength(2);
    }
  });
});
