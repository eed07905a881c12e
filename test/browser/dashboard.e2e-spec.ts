/**
 * The dashboard in a real browser, from a service that has just started to one whose connection is cut: one trader, with a
 * token, and among its symbols one whose name is a trap.
 */
import type { Browser, Page } from 'playwright-core';
import { createGeneratedMarket, Emulator } from '@slt/emulator';
import { startTrader, type TestTrader } from '../http/support/start-trader';
import { eventually } from '../support/eventually';
import { TcpProxy } from '../support/tcp-proxy';
import { describeInBrowser, keepPicture, launchBrowser } from './support/browser';
import { axeFindings, openPage, type WatchedPage } from './support/watched-page';

const TOKEN = 'a-token-of-the-browser-test';
const SYMBOLS = 40;
/** The exchange's symbols have no blanks, but a slash separates attributes just as well. */
const TRAP = '<img/src=x/onerror=window.trapped=1>USDT';
/** A candle of a minute a second. */
const SPEED = 60;
const DAY_MS = 86_400_000;
/** For a machine that does much else. */
const PATIENCE_MS = 60_000;

jest.setTimeout(2 * PATIENCE_MS);

describeInBrowser('the dashboard', () => {
  let emulator: Emulator;
  let trader: TestTrader;
  let proxy: TcpProxy;
  let browser: Browser;
  let watched: WatchedPage;
  let page: Page;

  beforeAll(async () => {
    const market = createGeneratedMarket({ seed: 1, symbols: SYMBOLS, epoch: Date.now() });
    market.list({ symbol: TRAP, at: Date.now() - 3 * DAY_MS });
    emulator = await Emulator.start({ market, speed: SPEED, latencyMs: 20 });
    trader = await startTrader({
      exchange: emulator,
      environment: { API_TOKEN: TOKEN, CLUSTER_AUTOSTART: 'false', HISTORY_LIMIT: '300' },
    });
    proxy = await TcpProxy.before(trader.url);
    browser = await launchBrowser();
    watched = await openPage(browser, proxy.url, { colorScheme: 'dark' });
    page = watched.page;
    page.setDefaultTimeout(PATIENCE_MS);
  });

  afterAll(async () => {
    await browser?.close();
    await proxy?.close();
    await trader?.close();
    await emulator?.close();
  });

  const visit = (name: string) =>
    page.getByRole('navigation', { name: 'Pages' }).getByRole('link', { name, exact: true }).click();
  /** Asked from without: the policy of the page forbids playwright's own waiting, which evaluates text in it. */
  const holds = (claim: string) => eventually(() => page.evaluate<boolean>(claim), PATIENCE_MS);
  const isTrapped = () => page.evaluate('"trapped" in window');
  const picture = (name: string) => keepPicture(page, name);

  it('begins with the warm-up, live, on paper, with trading off', async () => {
    await page.getByRole('heading', { level: 1, name: 'Warm-up' }).waitFor();
    await page.locator('[data-connection="live"]').waitFor();
    await page.getByText('Paper', { exact: true }).waitFor();
    await page.getByText('Trading off').waitFor();
    await page.getByText('Breaker normal').waitFor();
    expect(await page.locator('[data-mode="live"]').count()).toBe(0);
  });

  it('refuses a wrong token, and says so', async () => {
    await page.getByRole('button', { name: 'Start the pipeline' }).click();
    const form = page.getByRole('dialog', { name: 'Sign in' });
    await form.getByLabel('Token').fill('not-the-token-at-all');
    await form.getByRole('button', { name: 'Sign in' }).click();
    await form.getByText('This token is wrong').waitFor();
    expect(await page.context().cookies()).toEqual([]);
    expect(trader.cluster.status().phase).toBe('idle');
  });

  it('signs in with the right one, which no script can read then', async () => {
    const form = page.getByRole('dialog', { name: 'Sign in' });
    await form.getByLabel('Token').fill(TOKEN);
    await form.getByRole('button', { name: 'Sign in' }).click();
    await page.getByRole('button', { name: 'Sign out' }).waitFor();
    const [cookie, ...others] = await page.context().cookies();
    expect(others).toEqual([]);
    expect(cookie).toMatchObject({ httpOnly: true, sameSite: 'Strict' });
    expect(cookie!.value).not.toContain(TOKEN);
    const readable = await page.evaluate('[document.cookie, ...Object.values(localStorage)].join()');
    expect(readable).not.toContain(cookie!.value);
    expect(readable).not.toContain(TOKEN);
  });

  it('shows a fresh start up to the last symbol', async () => {
    // The click that asked for the token goes on after it.
    await page.getByRole('heading', { level: 2, name: '100 % warm' }).waitFor();
    await page.getByText('streaming', { exact: true }).first().waitFor();
    const all = SYMBOLS + 1;
    await page.getByText(`${all} of ${all}`).waitFor();
    const cells = page.getByRole('img', { name: new RegExp(`^${all} symbols: 0 waiting`) });
    await cells.waitFor();
    expect(await cells.locator('.cell').count()).toBe(all);
    await page.getByText(/of 2,400 weight used/).waitFor();
    await picture('warm-up');
  });

  it('shows the market live: each closed candle changes its line', async () => {
    await visit('Market');
    const line = page.getByRole('row').filter({ hasText: 'BTCUSDT' }).first();
    await line.waitFor();
    const course = () => line.locator('polyline').getAttribute('points');
    const before = await course();
    await eventually(async () => (await course()) !== before, PATIENCE_MS);
    await page.getByText(`${SYMBOLS + 1} of ${SYMBOLS + 1}`).waitFor();
    await picture('market');
  });

  it('searches, filters and sorts', async () => {
    await page.keyboard.press('/');
    await page.keyboard.type('btc');
    await page
      .getByText(`of ${SYMBOLS + 1}`, { exact: false })
      .first()
      .waitFor();
    await holds(`document.querySelectorAll('tbody tr:not(.room)').length < 10`);
    const symbols = await page.locator('tbody td.symbol').allTextContents();
    expect(symbols.length).toBeGreaterThan(0);
    expect(symbols.filter((symbol) => !symbol.includes('BTC'))).toEqual([]);
    await page.getByLabel('Search').fill('');
    await page.getByRole('button', { name: 'Price' }).click();
    const sorted = page.getByRole('columnheader', { name: 'Price' });
    expect(await sorted.getAttribute('aria-sort')).toBe('ascending');
    await page.getByLabel('Swing bias').selectOption('bearish');
    await holds(
      `[...document.querySelectorAll('tbody tr:not(.room) td:nth-child(5)')].every((td) => td.textContent.includes('bearish'))`,
    );
    await page.getByLabel('Swing bias').selectOption('');
  });

  it('shows a name that is a trap as a name', async () => {
    await page.getByLabel('Search').fill('onerror');
    const name = page.locator('td.symbol', { hasText: TRAP });
    await name.waitFor();
    expect(await page.locator('main img').count()).toBe(0);
    expect(await isTrapped()).toBe(false);
    await name.getByRole('link').click();
    await page.getByRole('heading', { level: 2, name: `${TRAP} 1m` }).waitFor();
    await page.locator('.candle-chart canvas').first().waitFor();
    expect(await isTrapped()).toBe(false);
    await visit('Warm-up');
    await page.locator(`.cell[title^="<img"]`).waitFor();
    expect(await isTrapped()).toBe(false);
  });

  it('tells when it is stale, and is live again once it can be', async () => {
    proxy.cut();
    await page.locator('[data-connection="stale"]').waitFor();
    await page
      .getByRole('alert')
      .filter({ hasText: /Stale since \d\d:\d\d:\d\d/ })
      .waitFor();
    const seen = trader.cluster.status().candles;
    proxy.restore();
    await page.locator('[data-connection="live"]').waitFor();
    expect(await page.getByText('Stale since').count()).toBe(0);
    await visit('Market');
    await page.getByRole('row').filter({ hasText: 'BTCUSDT' }).first().waitFor();
    expect(trader.cluster.status().candles).toBeGreaterThanOrEqual(seen);
  });

  it('checks the cache and repairs it, when told twice', async () => {
    await visit('Data');
    await page.getByRole('button', { name: 'Check now' }).click();
    await page
      .getByRole('status')
      .filter({ hasText: /Checked: \d+\/\d+ valid/ })
      .waitFor();
    await page.getByRole('button', { name: 'Repair …' }).click();
    const question = page.getByRole('dialog', { name: 'Repair the cache?' });
    await question.getByRole('button', { name: 'Repair', exact: true }).click();
    await page
      .getByRole('status')
      .filter({ hasText: /Repair: / })
      .waitFor();
    await page.getByText(`${SYMBOLS + 1} of ${SYMBOLS + 1} files`).waitFor();
    await picture('data');
  });

  it('leads to the queues, for who is signed in', async () => {
    const board = await page.context().newPage();
    await board.goto(`${proxy.url}queues/`);
    await board
      .getByText(/^history-.*-runs$/)
      .first()
      .waitFor();
    await board.close();
    const stranger = await fetch(`${trader.url}/queues/`);
    expect(stranger.status).toBe(401);
    const bearer = await fetch(`${trader.url}/queues/`, { headers: { authorization: `Bearer ${TOKEN}` } });
    expect(bearer.status).toBe(200);
    expect(await bearer.text()).not.toMatch(/https:\/\//);
  });

  it('is for everyone, in the dark and in the light', async () => {
    const findings: object[] = [];
    const names = await page.getByRole('navigation', { name: 'Pages' }).getByRole('link').allTextContents();
    expect(names).toEqual(expect.arrayContaining(['Warm-up', 'Market', 'Data']));
    for (const name of names) {
      await page.emulateMedia({ colorScheme: 'dark' });
      await visit(name);
      await page.getByRole('heading', { level: 1, name }).waitFor();
      findings.push(...(await axeFindings(page)));
      await page.emulateMedia({ colorScheme: 'light' });
      findings.push(...(await axeFindings(page, ['color-contrast'])));
    }
    expect(findings).toEqual([]);
  });

  it('goes by keyboard alone', async () => {
    await page.locator('body').press('g');
    await page.keyboard.press('m');
    await page.getByRole('heading', { level: 1, name: 'Market' }).waitFor();
    await page.keyboard.press('?');
    await page.getByRole('dialog', { name: 'Keyboard' }).waitFor();
    await page.keyboard.press('Escape');
    await page.getByRole('dialog', { name: 'Keyboard' }).waitFor({ state: 'detached' });
  });

  it('fits a phone', async () => {
    await page.setViewportSize({ width: 390, height: 844 });
    const tooWide = await page.evaluate('document.documentElement.scrollWidth > window.innerWidth');
    expect(tooWide).toBe(false);
    await picture('phone');
    await page.setViewportSize({ width: 1180, height: 740 });
  });

  it('forgets who signs out', async () => {
    await page.getByRole('button', { name: 'Sign out' }).click();
    await page.getByRole('button', { name: 'Sign in' }).waitFor();
    expect(await page.context().cookies()).toEqual([]);
  });

  it('never asked another host, and never broke its policy', () => {
    expect(watched.foreign).toEqual([]);
    expect(watched.breaches).toEqual([]);
  });
});
