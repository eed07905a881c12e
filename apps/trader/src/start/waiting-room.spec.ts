import { AppError } from '@slt/domain';
import { WaitingRoom } from './waiting-room';

describe('WaitingRoom', () => {
  const room = new WaitingRoom({ HOST: '127.0.0.1', PORT: 0 });
  afterEach(() => room.close());

  it('is alive, not ready, and says why', async () => {
    await room.open(new AppError('transient', 'DATABASE.UNREACHABLE', 'no database', { retryAfterMs: 2500 }));
    const live = await fetch(`http://127.0.0.1:${room.port}/health/live`);
    expect(live.status).toBe(200);
    const ready = await fetch(`http://127.0.0.1:${room.port}/health/ready`);
    expect(ready.status).toBe(503);
    expect(ready.headers.get('content-type')).toBe('application/problem+json');
    expect(ready.headers.get('retry-after')).toBe('3');
    expect(await ready.json()).toMatchObject({ code: 'DATABASE.UNREACHABLE', retryAfterMs: 2500 });
  });

  it('gives the port free', async () => {
    await room.open(new AppError('transient', 'A.B', 'first'));
    const port = room.port;
    await room.close();
    await expect(fetch(`http://127.0.0.1:${port}/health/live`)).rejects.toThrow();
    await room.close();
  });
});
