/** The calls of trading as a client makes them, and what it holds against each other. */
import type { OrderDto } from '../../../apps/trader/src/trading/order.dto';
import type { PerformanceDto } from '../../../apps/trader/src/trading/performance.dto';
import type { SignalDto } from '../../../apps/trader/src/trading/signal.dto';
import type { TradeDto } from '../../../apps/trader/src/trading/trade.dto';
import type { PositionDto, TradingDto } from '../../../apps/trader/src/trading/trading.dto';
import { eventually } from '../../support/eventually';

export type { OrderDto, PerformanceDto, PositionDto, SignalDto, TradeDto, TradingDto };

const WAIT_MS = 60_000;

/** So that on a busy machine, in fast time, neither a late candle nor bad luck keeps signals from being traded. */
export const EAGER: Readonly<Record<string, string>> = {
  GRADED_CIRCUIT_BREAKER_ENABLED: 'false',
  RISK_SIGNAL_MAX_AGE: '600',
  RISK_LOSING_STREAK: '1000',
};

export class TradingCalls {
  constructor(
    private readonly url: string,
    private readonly headers: Record<string, string> = {},
  ) {}

  get(path: string): Promise<Response> {
    return fetch(`${this.url}${path}`, { headers: this.headers });
  }

  post(path: string): Promise<Response> {
    return fetch(`${this.url}${path}`, { method: 'POST', headers: this.headers });
  }

  async json<T>(path: string): Promise<T> {
    const response = await this.get(path);
    if (response.status !== 200) throw new Error(`${path}: ${response.status} ${await response.text()}`);
    return (await response.json()) as T;
  }

  status(): Promise<TradingDto> {
    return this.json('/v1/trading');
  }

  positions(): Promise<PositionDto[]> {
    return this.json('/v1/positions');
  }

  trades(query = ''): Promise<TradeDto[]> {
    return this.json(`/v1/trades${query}`);
  }

  signals(query = ''): Promise<SignalDto[]> {
    return this.json(`/v1/signals${query}`);
  }

  orders(query = ''): Promise<OrderDto[]> {
    return this.json(`/v1/orders${query}`);
  }

  /** Follows the header Link to the end. */
  async allPages<T>(path: string): Promise<{ readonly items: T[]; readonly pages: number }> {
    const items: T[] = [];
    let pages = 0;
    for (let next: string | undefined = path; next !== undefined; pages++) {
      const response: Response = await this.get(next);
      items.push(...((await response.json()) as T[]));
      next = /^<([^>]+)>; rel="next"$/.exec(response.headers.get('link') ?? '')?.[1];
    }
    return { items, pages };
  }

  async is(state: string): Promise<TradingDto> {
    return eventually(async () => {
      const status = await this.status();
      if (status.state === state) return status;
      throw new Error(`trading is ${status.state}, not ${state}: ${status.obstacle ?? ''}`);
    }, WAIT_MS);
  }

  async holds(count: number): Promise<PositionDto[]> {
    return eventually(async () => {
      const positions = await this.positions();
      if (positions.length >= count && positions.every(({ isProtected }) => isProtected)) return positions;
      throw new Error(`${positions.length} positions are held, of ${count}`);
    }, WAIT_MS);
  }
}

/** RFC 4180, as strictly as it is written. */
export function parseCsv(text: string): Record<string, string>[] {
  const [names, ...rows] = recordsOf(text);
  return rows.map((row) => {
    if (row.length !== names!.length) throw new Error(`a record of ${row.length} fields: ${row.join()}`);
    return Object.fromEntries(names!.map((name, i) => [name, row[i]!]));
  });
}

function recordsOf(text: string): string[][] {
  const field = /(?:"((?:[^"]|"")*)"|([^",\r\n]*))(,|\r\n)/y;
  const records: string[][] = [];
  let record: string[] = [];
  while (field.lastIndex < text.length) {
    const at = field.lastIndex;
    const match = field.exec(text);
    if (match === null) throw new Error(`not CSV from ${at} on: ${text.slice(at, at + 60)}`);
    record.push(match[1]?.replaceAll('""', '"') ?? match[2]!);
    if (match[3] === ',') continue;
    records.push(record);
    record = [];
  }
  return records;
}
