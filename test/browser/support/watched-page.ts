/** A page that is watched for what it must never do: ask another host, break its own policy, fail in a script. */
import axe, { type AxeResults } from 'axe-core';
import type { Browser, BrowserContextOptions, Page } from 'playwright-core';

export interface WatchedPage {
  readonly page: Page;
  /** Addresses beyond the service's own that were asked for. */
  readonly foreign: string[];
  /** Breaches of the content security policy, and errors of scripts. */
  readonly breaches: string[];
  close(): Promise<void>;
}

/** Messages of the browser about a network that is cut on purpose. */
const CUT = /net::ERR_|Failed to load resource/;

export async function openPage(
  browser: Browser,
  url: string,
  options: BrowserContextOptions = {},
): Promise<WatchedPage> {
  const context = await browser.newContext({ viewport: { width: 1180, height: 740 }, ...options });
  const page = await context.newPage();
  const foreign: string[] = [];
  const breaches: string[] = [];
  const own = new URL(url).host;
  page.on('request', (request) => {
    if (new URL(request.url()).host !== own) foreign.push(request.url());
  });
  page.on('pageerror', (error) => breaches.push(error.message));
  page.on('console', (message) => {
    if (message.type() === 'error' && !CUT.test(message.text())) breaches.push(message.text());
  });
  await page.goto(url);
  return { page, foreign, breaches, close: () => context.close() };
}

export interface AxeFinding {
  readonly id: string;
  readonly impact: string;
  readonly where: string[];
}

/** What axe finds of serious or critical impact. @param only these rules; all when missing */
export async function axeFindings(page: Page, only?: readonly string[]): Promise<AxeFinding[]> {
  if (!(await page.evaluate('"axe" in window'))) await page.evaluate(axe.source);
  const options = {
    resultTypes: ['violations'],
    ...(only === undefined ? {} : { runOnly: { type: 'rule', values: only } }),
  };
  // As text: it runs in the page, of whose types nobody here knows.
  const { violations } = (await page.evaluate(`axe.run(document, ${JSON.stringify(options)})`)) as AxeResults;
  return violations
    .filter(({ impact }) => impact === 'serious' || impact === 'critical')
    .map(({ id, impact, nodes }) => ({ id, impact: impact!, where: nodes.map(({ html }) => html) }));
}
