import { AppError } from '@slt/domain';
import { anAssessment } from '../testing/assessments';
import type { Decision } from '../core/signal';
import { RecentDecisions } from './recent-decisions';
import { JournalUnderTest } from './testing/journal-under-test';
import { aSignal, aTrade, REFUSED, T0, TRADED } from './testing/samples';

let subject: JournalUnderTest;

beforeAll(() => {
  subject = new JournalUnderTest();
});

afterAll(() => subject.close());

it('tells what was assessed and closed in a span, ascending, of the account alone; nothing before there are tables', async () => {
  const { recent, journal, leases } = subject.parts;
  const account = subject.newAccount();
  expect(await recent.between(account, 0, T0)).toEqual({ signals: [], trades: [] });

  const assessed = (symbol: string, at: number) => aSignal({ symbol, at, assessment: anAssessment() });
  const written: [ReturnType<typeof aSignal>, Decision][] = [
    [assessed('BTCUSDT', T0 + 2), TRADED],
    [assessed('ETHUSDT', T0 + 1), REFUSED],
    [assessed('ADAUSDT', T0 - 1), REFUSED],
    [assessed('XRPUSDT', T0 + 3), REFUSED],
    [aSignal({ symbol: 'SOLUSDT', at: T0 + 1 }), REFUSED],
  ];
  for (const [signal, decision] of written) await journal.recordSignal(account, signal, decision);
  await journal.recordSignal(subject.newAccount(), assessed('BNBUSDT', T0 + 1), REFUSED);
  const lease = await leases.acquire({ account, ttlMs: 600_000 });
  const trades = [2, 0, -1].map((past) => aTrade({ positionId: `p${past}`, exitTime: T0 + past }));
  await journal.append(
    lease,
    trades.map((trade) => ({ kind: 'trade', trade })),
  );

  expect(await recent.between(account, T0, T0 + 2)).toEqual({
    signals: [
      { ...written[1]![0], ...REFUSED },
      { ...written[0]![0], ...TRADED },
    ],
    trades: [trades[1], trades[0]],
  });
});

it('says that the database is away, which is not the same as nothing', async () => {
  const away = new AppError('transient', 'DATABASE.UNREACHABLE', 'away');
  const recent = new RecentDecisions({ query: () => Promise.reject(away) });
  await expect(recent.between('paper:x', 0, T0)).rejects.toBe(away);
});
