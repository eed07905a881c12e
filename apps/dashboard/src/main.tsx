/** Starts the stores, then shows the page. */
import { render } from 'preact';
import { App } from './app';
import { startRouter } from './router';
import { startClock } from './store/clock';
import { startCluster } from './store/cluster';
import { startFeed } from './store/feed';
import { startPreferences } from './store/preferences';
import { loadSession } from './store/session';
import { startTrading } from './store/trading';

startPreferences();
startClock();
startRouter();
startCluster();
startTrading();
startFeed();
// Without an answer the page shows what it can; the first change asks again.
loadSession().catch(() => undefined);
render(<App />, document.getElementById('app')!);
