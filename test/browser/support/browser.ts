/** Debian's Chromium, driven by playwright-core; where there is none, the tests are skipped and say so. */
import { existsSync, mkdirSync } from 'node:fs';
import path from 'node:path';
import { type Browser, chromium, type Page } from 'playwright-core';

const PLACES = ['/usr/bin/chromium', '/usr/bin/chromium-browser', '/usr/bin/google-chrome'];
const FLAGS = [
  '--headless',
  '--no-sandbox',
  '--disable-gpu',
  '--disable-quic',
  '--no-first-run',
  '--disable-background-networking',
  '--disable-component-update',
  '--disable-sync',
];

const executablePath = PLACES.find((place) => existsSync(place));

/** `describe`, or nothing where there is no browser. */
export function describeInBrowser(name: string, tests: () => void): void {
  if (executablePath !== undefined) {
    describe(name, tests);
    return;
  }
  process.stderr.write(
    `SKIPPED, for want of a browser: ${name}. "apt-get install chromium" brings one (looked for ${PLACES.join(', ')}).\n`,
  );
  describe.skip(name, tests);
}

export function launchBrowser(): Promise<Browser> {
  return chromium.launch({ executablePath: executablePath!, args: FLAGS });
}

const PICTURES = path.resolve(__dirname, '../../../docs/img');

/** For docs and README, where SLT_SCREENSHOTS asks for them. */
export async function keepPicture(page: Page, name: string): Promise<void> {
  if (process.env['SLT_SCREENSHOTS'] === undefined) return;
  mkdirSync(PICTURES, { recursive: true });
  await page.screenshot({ path: path.join(PICTURES, `dashboard-${name}.png`) });
}
