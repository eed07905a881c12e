/** Closed positions: filtered, in R, and as a file. */
import { useCallback, useEffect } from 'preact/hooks';
import type { Trade } from '../../api/types';
import { inR, money, price } from '../../format';
import { href, replaceQuery } from '../../router';
import { listen } from '../../store/feed';
import { useResource } from '../../store/resource';
import { Direction } from '../../ui/badge';
import { Panel } from '../../ui/panel';
import { Empty, Loaded } from '../../ui/states';
import { Time } from '../../ui/time';
import { RDistribution } from './curves';
import { EXIT_REASONS, type Filter, loadTrades, queryOf, rBins } from './journal';

const SETUPS = ['block-retest', 'sweep-reversal', 'gap-continuation', 'adopted'];

export function Trades({ query }: { query: URLSearchParams }) {
  const symbol = query.get('symbol') ?? '';
  const setup = query.get('setup') ?? '';
  const exitReason = query.get('exitReason') ?? '';
  const load = useCallback(
    (signal: AbortSignal) => loadTrades({ symbol, setup, exitReason }, signal),
    [symbol, setup, exitReason],
  );
  const trades = useResource(load);
  const { reload } = trades;
  useEffect(() => listen('trade', reload), [reload]);
  const filter: Filter = { symbol, setup, exitReason };
  return (
    <>
      <Panel title="R of the trades">
        <Loaded of={trades}>{(closed) => <RDistribution bins={rBins(closed)} />}</Loaded>
      </Panel>
      <Panel
        title="Trades"
        actions={
          <a href={`/v1/trades.csv?${queryOf(filter)}`} download="trades.csv">
            CSV of these
          </a>
        }
      >
        <Filters filter={filter} />
        <Loaded of={trades}>{(closed) => <Table trades={closed} />}</Loaded>
      </Panel>
    </>
  );
}

function Filters({ filter }: { filter: Filter }) {
  return (
    <div class="filters">
      <label>
        Symbol
        <input
          type="search"
          value={filter['symbol'] ?? ''}
          onChange={(event) => replaceQuery({ symbol: event.currentTarget.value.trim().toUpperCase() })}
        />
      </label>
      <Choice name="setup" title="Set-up" value={filter['setup'] ?? ''} options={SETUPS} />
      <Choice name="exitReason" title="Exit" value={filter['exitReason'] ?? ''} options={EXIT_REASONS} />
    </div>
  );
}

function Choice({
  name,
  title,
  value,
  options,
}: {
  name: string;
  title: string;
  value: string;
  options: readonly string[];
}) {
  return (
    <label>
      {title}
      <select value={value} onChange={(event) => replaceQuery({ [name]: event.currentTarget.value })}>
        <option value="">all</option>
        {options.map((option) => (
          <option key={option}>{option}</option>
        ))}
      </select>
    </label>
  );
}

function Table({ trades }: { trades: readonly Trade[] }) {
  if (trades.length === 0) return <Empty>No trade was closed yet.</Empty>;
  return (
    <div class="scroll signals" tabIndex={0} role="region" aria-label="Trades">
      <table>
        <thead>
          <tr>
            <th>Closed</th>
            <th>Symbol</th>
            <th>Direction</th>
            <th>Set-up</th>
            <th class="num">Quantity</th>
            <th class="num">Entry</th>
            <th class="num">Exit</th>
            <th>By</th>
            <th class="num">Net, USDT</th>
            <th class="num">R</th>
          </tr>
        </thead>
        <tbody>
          {trades.map((trade) => (
            <tr key={`${trade.positionId} ${trade.exitTime}`}>
              <td>
                <Time at={trade.exitTime} isBare />
              </td>
              <td>
                <a href={href('chart', trade.symbol)}>{trade.symbol}</a>
              </td>
              <td>
                <Direction of={trade.direction} />
              </td>
              <td>{trade.setup}</td>
              <td class="num">{trade.quantity}</td>
              <td class="num">{price(trade.entryPrice)}</td>
              <td class="num">{price(trade.exitPrice)}</td>
              <td>{trade.exitReason}</td>
              <td class={`num ${trade.netPnl < 0 ? 'down' : 'up'}`}>{money(trade.netPnl, '')}</td>
              <td class="num">{inR(trade.r)}</td>
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  );
}
