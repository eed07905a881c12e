import { readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { Logger } from '@nestjs/common';
import { MINUTE_MS } from '@slt/domain';
import { Emulator } from '@slt/emulator';
import type { UniverseDifference } from './core/universe-filter';
import { createParts, type Parts, temporaryFolder } from './testing/parts';

Logger.overrideLogger(false);

describe('Universe', () => {
  let emulator: Emulator;
  let folder: string;
  let opened: Parts[];

  function open(overrides: { symbols?: string[]; source?: string; speed?: number } = {}): Parts {
    const { url, wsUrl } = emulator;
    const parts = createParts(
      { url, wsUrl, source: overrides.source ?? emulator.source, speed: overrides.speed ?? 1 },
      { config: { DATA_DIR: folder, SYMBOLS: overrides.symbols ?? [] } },
    );
    opened.push(parts);
    return parts;
  }

  const breakExchange = (): unknown =>
    emulator.faults.add({ kind: 'html', path: '/fapi/v1/exchangeInfo', id: 'broken' });

  beforeEach(async () => {
    emulator = await Emulator.start({ symbols: 20, quiet: true });
    folder = temporaryFolder();
    opened = [];
  });

  afterEach(async () => {
    for (const parts of opened) await parts.close();
    await emulator.close();
    rmSync(folder, { recursive: true, force: true });
  });

  it('follows tradable USDT perpetuals of coins only, and says what it left out', async () => {
    const { universe } = open();
    const { instruments, excluded, origin, malformed } = await universe.load();
    expect(instruments.size).toBe(20);
    expect(
      [...instruments.values()].every(
        ({ quoteAsset, status }) => quoteAsset === 'USDT' && status === 'trading',
      ),
    ).toBe(true);
    expect(Object.keys(excluded).some((reason) => reason.startsWith('contractType='))).toBe(true);
    expect([origin, malformed]).toEqual(['exchange', 0]);
  });

  it('asks once for all who ask, and not again within the hour', async () => {
    const { universe } = open();
    const [first, second] = await Promise.all([universe.load(), universe.load()]);
    expect(first).toBe(second);
    expect(await universe.load()).toBe(first);
    expect(emulator.stats().requests.byPath['/fapi/v1/exchangeInfo']).toBe(1);
  });

  it('keeps to the configured symbols', async () => {
    const { universe } = open({ symbols: ['ETHUSDT', 'NOPEUSDT'] });
    const { instruments, excluded } = await universe.load();
    expect([...instruments.keys()]).toEqual(['ETHUSDT']);
    expect(excluded['unlisted']).toBe(1);
  });

  it('says which configured symbols it does not follow, and why', async () => {
    const listed = emulator.market.listed(emulator.now());
    const quarterly = listed.find(({ contractType }) => contractType === 'CURRENT_QUARTER')!.symbol;
    const { universe } = open({ symbols: ['ETHUSDT', 'ETHUSTD', quarterly, 'ETHUSTD'] });
    const { unfollowed } = await universe.load();
    expect(Object.fromEntries(unfollowed)).toEqual({
      ETHUSTD: 'unlisted',
      [quarterly]: 'contractType=CURRENT_QUARTER',
    });
    expect((await open().universe.load()).unfollowed.size).toBe(0);
  });

  it('keeps the last good list when the exchange fails', async () => {
    const { universe } = open();
    const good = await universe.load();
    breakExchange();
    expect(await universe.refresh()).toBe(good);
  });

  it('starts from disk when the exchange fails, and tells what changed once it is back', async () => {
    await open().universe.load();
    breakExchange();
    const { universe } = open();
    const fromDisk = await universe.load();
    expect(fromDisk.origin).toBe('disk');
    expect(fromDisk.instruments.size).toBe(20);
    const differences: UniverseDifference[] = [];
    universe.changes.subscribe((difference) => differences.push(difference));
    emulator.market.delist('ETHUSDT', emulator.now() - MINUTE_MS);
    emulator.faults.clear();
    const fresh = await universe.refresh();
    expect(fresh.origin).toBe('exchange');
    expect(fresh.instruments.has('ETHUSDT')).toBe(false);
    expect(differences.map(({ removed }) => removed.map(({ symbol }) => symbol))).toEqual([['ETHUSDT']]);
  });

  it.each([
    ['of another market', (text: string) => text.replace(/"source":"[^"]*"/, '"source":"binance"')],
    ['cut off', (text: string) => text.slice(0, text.length / 2)],
    ['empty', () => ''],
    ['with a broken entry', (text: string) => text.replace('"tickSize":"', '"tickSize":"x')],
    ['of another version', (text: string) => text.replace('"version":2', '"version":1')],
  ])('does not trust a file %s', async (_, damage) => {
    await open().universe.load();
    const path = join(folder, 'universe.json');
    writeFileSync(path, damage(readFileSync(path, 'utf8')));
    breakExchange();
    await expect(open().universe.load()).rejects.toMatchObject({ code: 'EXCHANGE.BAD_RESPONSE' });
  });

  it('works without a disk to save to', async () => {
    writeFileSync(join(folder, 'file'), '');
    const { url, wsUrl } = emulator;
    const parts = createParts({ url, wsUrl }, { config: { DATA_DIR: join(folder, 'file') } });
    opened.push(parts);
    expect((await parts.universe.load()).instruments.size).toBe(20);
  });

  it('knows which notices of the exchange concern it', async () => {
    const { universe } = open();
    await universe.load();
    const known = universe.current()!.instruments.get('BTCUSDT')!;
    const notice = {
      symbol: 'BTCUSDT',
      contractType: 'PERPETUAL',
      status: 'TRADING',
      deliveryTime: known.deliveryTime,
    };
    expect(universe.concerns(notice)).toBe(false);
    expect(universe.concerns({ ...notice, status: 'SETTLING' })).toBe(true);
    expect(universe.concerns({ ...notice, deliveryTime: 5 })).toBe(true);
    expect(universe.concerns({ ...notice, symbol: 'NEWUSDT' })).toBe(true);
  });
});
