/** How often it is reconciled, and when not. */
import { AppError } from '@slt/domain';
import { ReconcileLoop } from './reconcile-loop';
import { passes, settles, useVirtualTime } from './testing/virtual-time';

describe('ReconcileLoop', () => {
  let causes: string[];
  let outcomes: (boolean | AppError)[];
  let agreed: number;
  let hindered: (string | undefined)[];
  let loop: ReconcileLoop;
  let onReconcile: () => void;
  let onAgreed: () => void;

  useVirtualTime();
  beforeEach(() => {
    [causes, outcomes, agreed, hindered] = [[], [], 0, []];
    onReconcile = onAgreed = () => undefined;
    loop = new ReconcileLoop({
      reconcile: (cause) => {
        causes.push(cause);
        onReconcile();
        const outcome = outcomes.shift() ?? true;
        return typeof outcome === 'boolean' ? Promise.resolve(outcome) : Promise.reject(outcome);
      },
      agreed: () => {
        agreed++;
        onAgreed();
      },
      hindered: (error) => hindered.push(error?.code),
    });
  });

  it('is done when they agree', async () => {
    loop.ask('start');
    await passes(60_000);
    expect([causes, agreed]).toEqual([['start'], 1]);
  });

  it('tries again with growing pauses, for the same cause', async () => {
    outcomes = [false, new AppError('transient', 'EXCHANGE.AWAY', 'no'), false];
    loop.ask('start');
    await passes(500 + 1_000 + 2_000 - 1);
    expect([causes.length, agreed, hindered]).toEqual([3, 0, [undefined, 'EXCHANGE.AWAY', undefined]]);
    await passes(1);
    expect([causes, agreed]).toEqual([['start', 'start', 'start', 'start'], 1]);
  });

  it('does once more what was doubted meanwhile, before it says that they agree', async () => {
    onReconcile = () => {
      if (causes.length === 1) loop.ask('link-up');
    };
    loop.ask('start');
    await settles();
    expect([causes, agreed]).toEqual([['start'], 0]);
    await passes(500);
    expect([causes, agreed]).toEqual([['start', 'link-up'], 1]);
  });

  it('hears a doubt that comes while it says so', async () => {
    onAgreed = () => {
      if (agreed === 1) loop.ask('again');
    };
    loop.ask('start');
    await passes(1_000);
    expect([causes, agreed]).toEqual([['start', 'again'], 2]);
  });

  it('keeps doubts in a row half a second apart', async () => {
    loop.ask('start');
    await settles();
    for (let i = 0; i < 50; i++) {
      loop.ask(`doubt ${i}`);
      await passes(100);
    }
    // 5 s of doubts at 2 a second at most, and the first
    expect(causes.length).toBeGreaterThan(5);
    expect(causes.length).toBeLessThanOrEqual(11);
    await passes(1_000);
    expect(causes.at(-1)).toBe('doubt 49');
  });

  it('says nothing any more once it is stopped', async () => {
    outcomes = [false, false];
    loop.ask('start');
    await settles();
    loop.stop();
    loop.ask('late');
    await passes(60_000);
    expect([causes, agreed, hindered]).toEqual([['start'], 0, [undefined]]);
  });
});
