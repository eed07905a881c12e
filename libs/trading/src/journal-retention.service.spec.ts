import { AppError } from '@slt/domain';
import { JournalRetention } from './journal-retention.service';
import { useSilence } from './session/testing/virtual-time';

describe('the retention of the journal', () => {
  const NOW = Date.UTC(2025, 4, 6);
  const asked: unknown[][] = [];
  let answer: Promise<number>;

  useSilence();
  beforeEach(() => {
    asked.length = 0;
    answer = Promise.resolve(3);
  });

  const begin = (days: number): JournalRetention =>
    new JournalRetention(
      { JOURNAL_RETENTION_DAYS: days },
      { now: () => NOW },
      {
        deleteRefusedSignals: (...args) => {
          asked.push(args);
          return answer;
        },
      },
      { account: 'paper:binance' },
    );

  it('deletes what is older than was set, of our account, by the exchange’s clock', async () => {
    await begin(90).run();
    expect(asked).toEqual([['paper:binance', NOW, 90]]);
  });

  it('deletes nothing where all is kept', async () => {
    await begin(0).run();
    expect(asked).toEqual([]);
  });

  it('does not begin again while it is at it, and goes on after a failure', async () => {
    let fail: (error: Error) => void = () => undefined;
    answer = new Promise((_, reject) => (fail = reject));
    const retention = begin(90);
    const [first] = [retention.run(), retention.run()];
    expect(asked).toHaveLength(1);
    fail(new AppError('transient', 'DATABASE.UNREACHABLE', 'it is away'));
    await first;
    answer = Promise.resolve(0);
    await retention.run();
    expect(asked).toHaveLength(2);
  });
});
