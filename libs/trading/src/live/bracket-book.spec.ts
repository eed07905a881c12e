import { HOUR_MS, MINUTE_MS } from '@slt/domain';
import { passes, useVirtualTime } from '../session/testing/virtual-time';
import { BracketBook, type LeverageBrackets } from './bracket-book';

const bracketsOf = (maxLeverage: number): LeverageBrackets =>
  new Map([
    [
      'BTCUSDT',
      [
        {
          maxLeverage: maxLeverage / 2,
          notionalFloor: '50000',
          notionalCap: '250000',
          maintenanceMarginRate: '0.01',
          cumulative: '250.0',
        },
        {
          maxLeverage,
          notionalFloor: '0',
          notionalCap: '50000',
          maintenanceMarginRate: '0.005',
          cumulative: '0',
        },
      ],
    ],
  ]);

describe('the book of leverage brackets', () => {
  let answers: (LeverageBrackets | Error)[];
  let failures: unknown[];
  let book: BracketBook;

  useVirtualTime();
  beforeEach(() => {
    [answers, failures] = [[], []];
    book = new BracketBook(
      async () => {
        await Promise.resolve();
        const answer = answers.shift() ?? new Error('asked too often');
        if (answer instanceof Error) throw answer;
        return answer;
      },
      (error) => failures.push(error),
    );
  });
  afterEach(() => book.close());

  it('has them as numbers, the smallest notional first', async () => {
    answers = [bracketsOf(20)];
    expect(book.of('BTCUSDT')).toBeUndefined();
    await book.open();
    expect(book.of('BTCUSDT')).toEqual([
      { notionalCap: 50_000, maxLeverage: 20, maintenanceRate: 0.005, maintenanceAmount: 0 },
      { notionalCap: 250_000, maxLeverage: 10, maintenanceRate: 0.01, maintenanceAmount: 250 },
    ]);
    expect(book.of('ETHUSDT')).toBeUndefined();
  });

  it('reads them again now and then, and soon where it could not', async () => {
    const away = new Error('the exchange is away');
    answers = [away, bracketsOf(20), bracketsOf(50), away, bracketsOf(75)];
    await book.open();
    expect([failures, book.of('BTCUSDT')]).toEqual([[away], undefined]);
    await passes(MINUTE_MS);
    expect(book.of('BTCUSDT')![0]!.maxLeverage).toBe(20);
    await passes(6 * HOUR_MS);
    expect(book.of('BTCUSDT')![0]!.maxLeverage).toBe(50);
    await passes(6 * HOUR_MS);
    // What was known stays.
    expect([failures.length, book.of('BTCUSDT')![0]!.maxLeverage]).toEqual([2, 50]);
    await passes(MINUTE_MS);
    expect(book.of('BTCUSDT')![0]!.maxLeverage).toBe(75);
  });

  it('asks no more once it is closed', async () => {
    answers = [bracketsOf(20), bracketsOf(50)];
    await book.open();
    book.close();
    await passes(24 * HOUR_MS);
    expect(answers).toHaveLength(1);
  });
});
