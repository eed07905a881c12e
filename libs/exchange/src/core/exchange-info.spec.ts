import { isAppError } from '@slt/domain';
import { parseExchangeInfo } from './exchange-info';
import { diffUniverse, selectUniverse } from './universe-filter';

const FILTERS = [
  { filterType: 'PRICE_FILTER', minPrice: '0.10', maxPrice: '1000000', tickSize: '0.10' },
  { filterType: 'LOT_SIZE', minQty: '0.001', maxQty: '1000', stepSize: '0.001' },
  { filterType: 'MARKET_LOT_SIZE', minQty: '0.001', maxQty: '120', stepSize: '0.001' },
  { filterType: 'MIN_NOTIONAL', notional: '100' },
  { filterType: 'A_FILTER_OF_TOMORROW' },
];

function listing(symbol: string, change: Record<string, unknown> = {}): Record<string, unknown> {
  return {
    symbol,
    pair: symbol,
    contractType: 'PERPETUAL',
    deliveryDate: 4_133_404_800_000,
    onboardDate: 1_569_398_400_000,
    status: 'TRADING',
    baseAsset: symbol.replace('USDT', ''),
    quoteAsset: 'USDT',
    marginAsset: 'USDT',
    underlyingType: 'COIN',
    underlyingSubType: ['PoW'],
    filters: FILTERS,
    ...change,
  };
}

function parse(...symbols: unknown[]): ReturnType<typeof parseExchangeInfo> {
  return parseExchangeInfo({ serverTime: 1, symbols });
}

describe('parseExchangeInfo', () => {
  it('reads tick, step and market lot from the filters', () => {
    expect(parse(listing('BTCUSDT')).instruments[0]).toMatchObject({
      symbol: 'BTCUSDT',
      status: 'trading',
      filters: {
        tickSize: '0.10',
        stepSize: '0.001',
        maxQty: '1000',
        marketMaxQty: '120',
        minNotional: '100',
      },
    });
  });

  it('takes symbols of any alphabet', () => {
    expect(parse(listing('币安人生USDT')).instruments[0]?.symbol).toBe('币安人生USDT');
  });

  it('counts odd entries and keeps all others', () => {
    const odd = [
      null,
      7,
      {},
      listing(''),
      listing('BAD NAME'),
      listing('\ud800USDT'),
      listing('X'.repeat(300)),
      listing('NOFILTERSUSDT', { filters: undefined }),
      listing('ODDTICKUSDT', { filters: [{ ...FILTERS[0], tickSize: '0' }, ...FILTERS.slice(1)] }),
      listing('NODATEUSDT', { onboardDate: 'soon' }),
      listing('BTCUSDT'),
    ];
    const info = parse(listing('BTCUSDT'), ...odd, listing('ETHUSDT'));
    expect(info.instruments.map(({ symbol }) => symbol)).toEqual(['BTCUSDT', 'ETHUSDT']);
    expect(info.malformed).toBe(odd.length);
  });

  it('knows the life cycle, and takes an unknown word for not tradable', () => {
    const statuses = ['PENDING_TRADING', 'TRADING', 'SETTLING', 'PRE_SETTLE', 'CLOSE', 'FROZEN'];
    const info = parse(...statuses.map((status, i) => listing(`S${i}USDT`, { status })));
    expect(info.instruments.map(({ status }) => status)).toEqual([
      'pending',
      'trading',
      'settling',
      'settling',
      'closed',
      'closed',
    ]);
  });

  it('reads the weight limit where it stands', () => {
    const rateLimits = [
      { rateLimitType: 'ORDERS', interval: 'MINUTE', intervalNum: 1, limit: 1200 },
      { rateLimitType: 'REQUEST_WEIGHT', interval: 'MINUTE', intervalNum: 1, limit: 2400 },
    ];
    expect(parseExchangeInfo({ rateLimits, symbols: [listing('BTCUSDT')] }).weightLimit).toBe(2400);
    expect(parse(listing('BTCUSDT')).weightLimit).toBeUndefined();
  });

  it.each([[{}], [[]], ['<html>'], [null], [{ symbols: [] }], [{ symbols: [{}] }]])('refuses %j', (body) => {
    const failure = ((): unknown => {
      try {
        return parseExchangeInfo(body);
      } catch (error) {
        return error;
      }
    })();
    expect(isAppError(failure, 'EXCHANGE.BAD_RESPONSE')).toBe(true);
  });
});

describe('selectUniverse', () => {
  const { instruments } = parse(
    listing('BTCUSDT'),
    listing('ETHUSDT'),
    listing('BTCUSDC', { quoteAsset: 'USDC', marginAsset: 'USDC' }),
    listing('TSLAUSDT', { contractType: 'TRADIFI_PERPETUAL', underlyingType: 'EQUITY' }),
    listing('BTCDOMUSDT', { underlyingType: 'INDEX' }),
    listing('BTCUSDT_261225', { contractType: 'CURRENT_QUARTER' }),
    listing('OLDUSDT', { status: 'SETTLING' }),
    listing('OLDERUSDT', { status: 'SETTLING' }),
    listing('SOONUSDT', { status: 'PENDING_TRADING' }),
    listing('GONEUSDT', { deliveryDate: 1_700_000_000_000 }),
  );
  const now = 1_790_000_000_000;

  it('keeps tradable USDT perpetuals of coins and says why it dropped the rest', () => {
    const { instruments: kept, excluded } = selectUniverse(instruments, [], now);
    expect([...kept.keys()]).toEqual(['BTCUSDT', 'ETHUSDT']);
    expect(excluded).toEqual({
      'quoteAsset=USDC': 1,
      'contractType=TRADIFI_PERPETUAL': 1,
      'contractType=CURRENT_QUARTER': 1,
      'underlyingType=INDEX': 1,
      'status=settling': 2,
      'status=pending': 1,
      delivered: 1,
    });
  });

  it('narrows to the configured symbols and counts those that are not listed', () => {
    const { instruments: kept, excluded } = selectUniverse(
      instruments,
      ['ETHUSDT', 'NOPEUSDT', 'OLDUSDT'],
      now,
    );
    expect([...kept.keys()]).toEqual(['ETHUSDT']);
    expect(excluded).toMatchObject({ 'not configured': 1, unlisted: 1, 'status=settling': 2 });
  });

  it('tells what joined and what left', () => {
    const before = selectUniverse(instruments, ['BTCUSDT'], now).instruments;
    const after = selectUniverse(instruments, ['ETHUSDT'], now).instruments;
    const { added, removed } = diffUniverse(before, after);
    expect([added.map((i) => i.symbol), removed.map((i) => i.symbol)]).toEqual([['ETHUSDT'], ['BTCUSDT']]);
  });
});
