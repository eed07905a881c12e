/**
 * Chart, trading and learning in a real browser: what is drawn is what the API says, a paper account is traded by hand,
 * and nobody takes a live one for it.
 */
import type { Browser, Page } from 'playwright-core';
import { type Candle, columnsOf, MINUTE_MS } from '@slt/domain';
import { Emulator } from '@slt/emulator';
import { SmcEngine, type SmcView } from '@slt/smc';
import { startTrader, type TestTrader } from '../http/support/start-trader';
import { EAGER, type TradeDto, TradingCalls } from '../http/support/trading-calls';
import { eventually } from '../support/eventually';
import { describeInBrowser, keepPicture, launchBrowser } from './support/browser';
import { axeFindings, openPage, type WatchedPage } from './support/watched-page';

const SYMBOL = 'BTCUSDT';
/** For a machine that does much else. */
const PATIENCE_MS = 60_000;

/** Of the exchange's account; paper trading needs none. */
const KEYS = { apiKey: 'key-of-the-browser-test', apiSecret: 'secret-of-the-browser-test' };

jest.setTimeout(3 * PATIENCE_MS);

interface Listed {
  readonly until: number;
  readonly objects: readonly { id: string; layer: string; state: string; knownAt: number; shape: string }[];
}

/** What the list beside the chart says is drawn. */
const READ_LIST = `(() => {
  const list = document.querySelector('[aria-label="Drawn objects"]');
  return {
    until: Number(list?.dataset.until),
    objects: [...(list?.querySelectorAll('li') ?? [])].map(({ dataset }) => ({ ...dataset, knownAt: Number(dataset.knownAt) })),
  };
})()`;

describeInBrowser('chart, trading and learning', () => {
  let emulator: Emulator;
  let trader: TestTrader;
  let calls: TradingCalls;
  let browser: Browser;
  let watched: WatchedPage;
  let page: Page;

  beforeAll(async () => {
    emulator = await Emulator.start({ symbols: 40, speed: 60, ...KEYS });
    trader = await startTrader({
      exchange: emulator,
      environment: { HISTORY_LIMIT: '400', PAPER_BALANCE: '1000000', ...EAGER },
    });
    calls = new TradingCalls(trader.url);
    await eventually(async () => (await calls.get('/health/ready')).status === 200, PATIENCE_MS);
    browser = await launchBrowser();
    watched = await openPage(browser, `${trader.url}/#/chart/${SYMBOL}`, { colorScheme: 'dark' });
    page = watched.page;
    page.setDefaultTimeout(PATIENCE_MS);
  });

  afterAll(async () => {
    await browser?.close();
    await trader?.close();
    await emulator?.close();
  });

  const visit = (name: string) =>
    page.getByRole('navigation', { name: 'Pages' }).getByRole('link', { name, exact: true }).click();
  const listed = () => page.evaluate(READ_LIST) as Promise<Listed>;
  const picture = (name: string) => keepPicture(page, name);
  const confirm = async (title: string, action: string): Promise<void> => {
    const question = page.getByRole('dialog', { name: title });
    await question.getByRole('button', { name: action, exact: true }).click();
  };
  /** `id state` of what has a state in a view. */
  const zonesOf = (view: SmcView): string[] =>
    [...view.orderBlocks, ...view.gaps].map(({ id, state }) => `${id} ${state}`).sort();
  const drawnZones = ({ objects }: Listed): string[] =>
    objects
      .filter(({ layer }) => layer === 'blocks' || layer === 'gaps')
      .map(({ id, state }) => `${id} ${state}`)
      .sort();
  const drawnPools = ({ objects }: Listed): string[] =>
    objects
      .filter(({ layer, state }) => layer === 'liquidity' && state === 'active')
      .map(({ id }) => id)
      .sort();

  it('draws the zones that the API tells of, candle by candle', async () => {
    await page.locator('.candle-chart canvas').first().waitFor();
    await page.getByRole('region', { name: 'Drawn objects' }).waitFor();
    const first = (await listed()).until;
    await eventually(async () => {
      const view = await calls.json<SmcView>(`/v1/symbols/${SYMBOL}/smc`);
      const list = await listed();
      expect([list.until > first, list.until]).toEqual([true, view.lastOpenTime]);
      expect(drawnZones(list)).toEqual(zonesOf(view));
      expect(drawnPools(list)).toEqual(view.liquidity.map(({ id }) => id).sort());
      expect(list.objects.length).toBeGreaterThan(10);
    }, PATIENCE_MS);
  });

  it('shows how the next candle stands, as one that has not closed', async () => {
    const standing = page.locator('[data-forming]');
    await standing.filter({ hasText: 'not closed' }).waitFor();
    await picture('chart');
    const openTime = await standing.getAttribute('data-forming');
    // It comes to its end, and a later one begins.
    const later = `Number(document.querySelector('[data-forming]')?.dataset.forming) > ${openTime}`;
    await eventually(() => page.evaluate<boolean>(later), PATIENCE_MS);
  });

  it('replays: nothing is shown that was not known then', async () => {
    const slider = page.getByLabel('Replay');
    for (const index of [120, 250]) {
      await slider.fill(String(index));
      await page.getByText('only what was known at the close of').waitFor();
      const list = await listed();
      expect(list.objects.filter(({ knownAt }) => knownAt > list.until)).toEqual([]);
      const { candles } = await calls.json<{ candles: Candle[] }>(
        `/v1/symbols/${SYMBOL}/candles?limit=${index + 1}&endTime=${list.until}`,
      );
      const engine = new SmcEngine({ intervalMs: MINUTE_MS });
      engine.warmUp(columnsOf(candles));
      expect(drawnZones(list)).toEqual(zonesOf(engine.view()));
      // It stands still, whatever closes meanwhile.
      expect((await listed()).until).toBe(list.until);
    }
    await page.getByRole('button', { name: 'One candle on' }).click();
    await page.getByRole('button', { name: 'Live', exact: true }).click();
  });

  it('switches layers off, and explains what is clicked', async () => {
    for (const name of [
      'Swings',
      'BOS and CHoCH',
      'Order blocks',
      'Fair value gaps',
      'Liquidity and sweeps',
      'Trades',
    ])
      await page.getByLabel(name).uncheck();
    await page.getByText('Nothing is drawn.').waitFor();
    await page.getByLabel('Premium and discount').check();
    await page.getByText('Drawn (2)').waitFor();
    const explanation = page.getByRole('region', { name: 'Explanation' });
    await page.getByRole('button', { name: /^premium/ }).click();
    await explanation.getByText('Known since the close of').waitFor();
    await page.getByLabel('Premium and discount').uncheck();
    await explanation.getByText('Click something on the chart').waitFor();
    await page.getByLabel('Premium and discount').check();
    // Both halves reach to the right edge: between the last candle and the scale there is one or the other.
    const box = (await page.locator('.candle-chart').boundingBox())!;
    await eventually(async () => {
      for (const share of [0.3, 0.5, 0.7]) {
        await page.mouse.click(box.x + 0.85 * box.width, box.y + share * box.height);
        if ((await explanation.getByText('Known since the close of').count()) > 0) return true;
      }
      return false;
    }, PATIENCE_MS);
  });

  it('starts trading, once it is confirmed', async () => {
    await visit('Trading');
    await page.getByText('No account is held while trading is off.').waitFor();
    await page.getByRole('button', { name: 'Start …' }).click();
    await page.getByRole('dialog', { name: 'Start trading on paper?' }).waitFor();
    expect((await calls.status()).state).toBe('off');
    await confirm('Start trading on paper?', 'Start trading');
    await page.getByText('Trading on', { exact: true }).waitFor();
    await page.getByText('Daily loss').waitFor();
  });

  it('shows a signal as it comes, with its decision, and what is held', async () => {
    await page.locator('[data-signal]').first().waitFor();
    await page.getByRole('region', { name: 'Open positions' }).locator('tbody tr').first().waitFor();
    const row = page.getByRole('region', { name: 'Open positions' }).locator('tbody tr').first();
    expect(await row.textContent()).toMatch(/[\d,.]+/);
    await page.getByLabel('Decision').selectOption('traded');
    await page.locator('[data-signal]').filter({ hasText: 'traded' }).first().waitFor();
    expect(await page.locator('[data-signal]').filter({ hasText: 'refused' }).count()).toBe(0);
    await page.getByLabel('Decision').selectOption('');
    await picture('trading');
    expect(await axeFindings(page)).toEqual([]);
  });

  it('stops and flattens', async () => {
    await page.getByRole('button', { name: 'Stop and flatten …' }).click();
    await confirm('Stop and close everything?', 'Stop and flatten');
    await page.getByText('Trading off', { exact: true }).waitFor();
    await page.getByText('Nothing is held.').waitFor();
    const trades = await calls.json<TradeDto[]>('/v1/trades?exitReason=flatten');
    expect(trades.length).toBeGreaterThan(0);
    await page.getByLabel('Exit').selectOption('flatten');
    await page.getByRole('region', { name: 'Trades' }).locator('tbody tr').first().waitFor();
    const rows = await page.getByRole('region', { name: 'Trades' }).locator('tbody tr').allTextContents();
    expect(rows.length).toBe(trades.length);
    expect(rows.filter((row) => !row.includes('flatten'))).toEqual([]);
    await page.getByRole('img', { name: /^Trades by R/ }).waitFor();
    const csv = await page.getByRole('link', { name: 'CSV of these' }).getAttribute('href');
    const text = await (await calls.get(csv!)).text();
    expect(text.trim().split('\n')).toHaveLength(trades.length + 1);
  });

  it('shows what was learned, and trains when told twice', async () => {
    await visit('Learning');
    await page.getByRole('region', { name: 'Models' }).locator('[data-model="online"]').waitFor();
    await page.getByRole('region', { name: 'Edge by set-up' }).getByText('block-retest').waitFor();
    await page.getByRole('button', { name: 'Train …' }).click();
    await confirm('Train a challenger now?', 'Train');
    await page.getByRole('status').filter({ hasText: 'A challenger is being trained.' }).waitFor();
    await picture('learning');
    expect(await axeFindings(page)).toEqual([]);
  });

  it('fits a phone, chart included', async () => {
    await page.setViewportSize({ width: 390, height: 844 });
    for (const name of ['Chart', 'Trading', 'Learning']) {
      await visit(name);
      await page.getByRole('heading', { level: 1, name }).waitFor();
      const tooWide = await page.evaluate('document.documentElement.scrollWidth > window.innerWidth');
      expect([name, tooWide]).toEqual([name, false]);
    }
  });

  describe('with real money', () => {
    let live: TestTrader;
    let another: WatchedPage;

    beforeAll(async () => {
      live = await startTrader({
        exchange: emulator,
        environment: {
          HISTORY_LIMIT: '100',
          SYMBOLS: SYMBOL,
          TRADING_MODE: 'live',
          BINANCE_API_KEY: KEYS.apiKey,
          BINANCE_API_SECRET: KEYS.apiSecret,
          // Live money would wait for an edge to be shown.
          LEARNING: 'off',
          ...EAGER,
        },
      });
      another = await openPage(browser, `${live.url}/#/trading`);
      another.page.setDefaultTimeout(PATIENCE_MS);
    });
    afterAll(() => live?.close());

    it('says so on every page, in words and in red, on a phone as well', async () => {
      const sign = another.page.locator('[data-mode="live"]');
      for (const width of [1180, 390]) {
        await another.page.setViewportSize({ width, height: 740 });
        for (const name of ['Market', 'Trading']) {
          await another.page.getByRole('link', { name, exact: true }).click();
          await another.page.getByRole('heading', { level: 1, name }).waitFor();
          expect([width, name, await sign.textContent(), await sign.isVisible()]).toEqual([
            ...[width, name, '● LIVE – real money', true],
          ]);
        }
      }
      const edge = (await another.page.evaluate(
        `getComputedStyle(document.querySelector('header')).borderTopColor`,
      )) as string;
      const [red = 0, green = 255, blue = 255] = edge.match(/\d+/g)!.map(Number);
      expect([red > 2 * green, red > 2 * blue]).toEqual([true, true]);
      expect(await axeFindings(another.page)).toEqual([]);
    });

    it('starts only for who types what it costs', async () => {
      const liveCalls = new TradingCalls(live.url);
      await another.page.getByRole('button', { name: 'Start …' }).click();
      const question = another.page.getByRole('dialog', { name: 'Trade with REAL MONEY?' });
      const start = question.getByRole('button', { name: 'Start trading' });
      const word = question.getByLabel('Type LIVE to go on');
      for (const text of ['', 'live', 'yes']) {
        await word.fill(text);
        await word.press('Enter');
        expect([text, await start.isDisabled()]).toEqual([text, true]);
      }
      await question.waitFor();
      expect((await liveCalls.status()).state).toBe('off');
      await word.fill('LIVE');
      await start.click();
      await liveCalls.is('on');
      expect((await liveCalls.status()).mode).toBe('live');
      await another.page.getByText('Trading on', { exact: true }).waitFor();
      expect([another.foreign, another.breaches]).toEqual([[], []]);
    });
  });

  it('never asked another host, and never broke its policy', () => {
    expect(watched.foreign).toEqual([]);
    expect(watched.breaches).toEqual([]);
  });
});
