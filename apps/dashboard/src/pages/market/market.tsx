/** All symbols live: search, filter, sort. */
import { useEffect, useMemo } from 'preact/hooks';
import { percent, price } from '../../format';
import { href, replaceQuery } from '../../router';
import { type PageProps, ROUTES } from '../../routes';
import { Badge, Direction } from '../../ui/badge';
import { Sparkline } from '../../ui/sparkline';
import { Empty, Failure } from '../../ui/states';
import { Time } from '../../ui/time';
import { type Column, type Sort, VirtualTable } from '../../ui/virtual-table';
import { Filters } from './filters';
import {
  changeOf,
  compareBy,
  freshnessOf,
  lastPrice,
  matches,
  type MarketFilter,
  type MarketRow,
  type SortKey,
  SORTS,
} from './market-row';
import { isLoaded, loadAll, loadError, revision, rows, startMarket } from './market-store';
import './market.css';

const COLUMNS: readonly Column<SortKey | 'course'>[] = [
  { key: 'symbol', title: 'Symbol', width: '10.5rem' },
  { key: 'price', title: 'Price', width: '7rem', isNumber: true },
  { key: 'change', title: 'Change', width: '6.4rem', isNumber: true },
  { key: 'course', title: 'Course', width: '4.8rem', isSortable: false, isMinor: true },
  { key: 'swing', title: 'Swing', width: '6rem' },
  { key: 'internal', title: 'Internal', width: '6rem' },
  { key: 'setup', title: 'Set-up', width: '13.8rem', isMinor: true },
  { key: 'event', title: 'Last event', width: '14.3rem', isMinor: true },
  { key: 'freshness', title: 'Candle', width: '7.5rem' },
];

export function Page({ query }: PageProps) {
  useEffect(startMarket, []);
  const filter = filterOf(query);
  const sort = sortOf(query);
  const ids = useMemo(
    () => select(filter, sort),
    [revision.value, ...Object.values(filter), sort.key, sort.isDescending],
  );
  const onSort = (key: SortKey | 'course'): void => {
    const isDescending = sort.key === key && !sort.isDescending;
    replaceQuery({ sort: key, order: isDescending ? 'descending' : '' });
  };
  return (
    <>
      <Filters filter={filter} shown={ids.length} total={rows.size} />
      {loadError.value !== undefined && <Failure message={loadError.value} onRetry={() => void loadAll()} />}
      {!isLoaded.value && loadError.value === undefined && <p class="note">Loading …</p>}
      {isLoaded.value && ids.length === 0 && (
        <Empty>{rows.size === 0 ? 'No symbol is followed yet.' : 'No symbol passes the filters.'}</Empty>
      )}
      {ids.length > 0 && (
        <VirtualTable
          label="Symbols"
          columns={COLUMNS}
          ids={ids}
          row={(id) => <Row key={id} symbol={id} />}
          sort={sort}
          onSort={onSort}
        />
      )}
    </>
  );
}

function select(filter: MarketFilter, { key, isDescending }: Sort<SortKey>): string[] {
  const shown = [...rows.values()].map((cell) => cell.peek()).filter((row) => matches(row, filter));
  return shown.sort(compareBy(key, isDescending)).map(({ symbol }) => symbol);
}

function filterOf(query: URLSearchParams): MarketFilter {
  const oneOf = <Value extends string>(name: string, values: readonly Value[]): Value | '' =>
    values.find((value) => value === query.get(name)) ?? '';
  return {
    search: query.get('search') ?? '',
    swing: oneOf('swing', ['bullish', 'bearish', 'none']),
    internal: oneOf('internal', ['bullish', 'bearish', 'none']),
    setup: query.get('setup') ?? '',
    freshness: oneOf('freshness', ['fresh', 'behind', 'none']),
  };
}

function sortOf(query: URLSearchParams): Sort<SortKey> {
  const key = SORTS.find((each) => each === query.get('sort')) ?? 'symbol';
  return { key, isDescending: query.get('order') === 'descending' };
}

/** Reads its own line's signal: a candle redraws this row and no other. */
function Row({ symbol }: { symbol: string }) {
  const row = rows.get(symbol)?.value;
  if (row === undefined) return null;
  const change = changeOf(row);
  return (
    <>
      <td class="symbol" title={symbol}>
        <SymbolName symbol={symbol} />
      </td>
      <td class="num">{price(lastPrice(row))}</td>
      <td class={`num ${change === null ? 'dim' : change >= 0 ? 'up' : 'down'}`}>
        {percent(change, 2, true)}
      </td>
      <td class="minor">
        <Sparkline values={row.closes} />
      </td>
      <td>
        <Direction of={row.swing} />
      </td>
      <td>
        <Direction of={row.internal} />
      </td>
      <td class="minor">
        <Setup of={row.setup} />
      </td>
      <td class="minor">
        <LastEvent of={row.lastEvent} />
      </td>
      <td>
        <Candle row={row} />
      </td>
    </>
  );
}

const hasChart = ROUTES.some(({ name }) => name === 'chart');

function SymbolName({ symbol }: { symbol: string }) {
  return hasChart ? <a href={href('chart', symbol)}>{symbol}</a> : <>{symbol}</>;
}

function Setup({ of: setup }: { of: MarketRow['setup'] }) {
  if (setup === null) return <span class="dim">–</span>;
  const { name, direction, at, decision } = setup;
  return (
    <span title={`${decision}; ${new Date(at).toISOString()}`}>
      {name} <Direction of={direction} />
    </span>
  );
}

const SHORT_NAMES: Readonly<Record<string, string>> = {
  bos: 'BOS',
  choch: 'CHoCH',
  'fair-value-gap': 'gap',
  'order-block': 'block',
  'equal-level': 'equal level',
};

function LastEvent({ of: event }: { of: MarketRow['lastEvent'] }) {
  if (event === null) return <span class="dim">–</span>;
  const [kind = '', ...state] = event.kind.split(' ');
  const name = [SHORT_NAMES[kind] ?? kind, ...state].join(' ');
  const isUp = event.direction === 'bullish';
  return (
    <span>
      {event.scale ?? ''} {name}{' '}
      {event.direction !== null && (
        <span class={isUp ? 'up' : 'down'} role="img" aria-label={event.direction}>
          {isUp ? '▲' : '▼'}
        </span>
      )}{' '}
      <span class="dim">
        <Time at={event.at} part="minute" isBare />
      </span>
    </span>
  );
}

function Candle({ row }: { row: MarketRow }) {
  const freshness = freshnessOf(row);
  if (freshness === 'none') return <Badge tone={row.state === 'failed' ? 'bad' : 'info'}>{row.state}</Badge>;
  return (
    <span>
      <Badge tone={freshness === 'fresh' ? 'good' : 'warn'}>
        {freshness === 'fresh' ? 'live' : row.state}
      </Badge>{' '}
      <span class="dim">
        <Time at={row.lastOpenTime} part="minute" isBare />
      </span>
    </span>
  );
}
