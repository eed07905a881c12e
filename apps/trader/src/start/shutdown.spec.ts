import { pino } from 'pino';
import { PinoLogger } from '@slt/logging';
import { Shutdown } from './shutdown';

const logger = new PinoLogger(pino({ level: 'silent' }));

function begin(close: () => Promise<void>): { shutdown: Shutdown; exited: Promise<number>; codes: number[] } {
  const codes: number[] = [];
  let resolve: (code: number) => void;
  const exited = new Promise<number>((done) => (resolve = done));
  const shutdown = new Shutdown(logger, close, (code) => {
    codes.push(code);
    resolve(code);
  });
  return { shutdown, exited, codes };
}

describe('Shutdown', () => {
  it('closes, then leaves with 0', async () => {
    let closed = false;
    const { shutdown, exited } = begin(async () => void (closed = true));
    shutdown.onSignal('SIGTERM');
    expect(await exited).toBe(0);
    expect(closed).toBe(true);
  });

  it('leaves at once when asked twice', () => {
    const { shutdown, codes } = begin(() => new Promise(() => undefined));
    shutdown.onSignal('SIGINT');
    expect(codes).toEqual([]);
    shutdown.onSignal('SIGINT');
    expect(codes).toEqual([130]);
  });

  it('leaves with 1 after an error nobody caught, having closed', async () => {
    let closed = false;
    const { shutdown, exited } = begin(async () => void (closed = true));
    shutdown.onCrash('a rejection', 'oops');
    expect(await exited).toBe(1);
    expect(closed).toBe(true);
  });

  it('leaves with 1 when closing fails', async () => {
    const { shutdown, exited } = begin(() => Promise.reject(new Error('stuck')));
    shutdown.onSignal('SIGTERM');
    expect(await exited).toBe(1);
  });

  it('abandons what does not close', async () => {
    const { shutdown, exited } = begin(() => new Promise(() => undefined));
    shutdown.onSignal('SIGTERM');
    expect(await exited).toBe(1);
  });
});
