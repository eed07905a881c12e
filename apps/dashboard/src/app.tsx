/** The frame around every page. */
import { useEffect } from 'preact/hooks';
import { Confirmation } from './shell/confirmation';
import { ConnectionNote } from './shell/connection';
import { Header } from './shell/header';
import { Help } from './shell/help';
import { Navigation } from './shell/navigation';
import { Notices } from './shell/notices';
import { Outlet } from './shell/outlet';
import { startShortcuts } from './shell/shortcuts';
import { SignIn } from './shell/sign-in';

export function App() {
  useEffect(startShortcuts, []);
  return (
    <>
      <a class="skip" href="#main" onClick={skipToMain}>
        Skip to the content
      </a>
      <Header />
      <Navigation />
      <ConnectionNote />
      <main id="main" tabIndex={-1}>
        <Outlet />
      </main>
      <Footer />
      <Notices />
      <Confirmation />
      <SignIn />
      <Help />
    </>
  );
}

/** The part behind `#` names the page, so the link must not change it. */
function skipToMain(event: Event): void {
  event.preventDefault();
  document.getElementById('main')?.focus();
}

function Footer() {
  return (
    <footer class="foot">
      <a href="/docs">API</a>
      <a href="/metrics">Metrics</a>
      <span>
        Charts by{' '}
        <a href="https://www.tradingview.com/" rel="noopener noreferrer">
          TradingView
        </a>
      </span>
      <span>Press ? for the keyboard</span>
    </footer>
  );
}
