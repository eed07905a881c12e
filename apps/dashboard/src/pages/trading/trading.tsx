/** What trading does, holds, earned and thought. */
import { useEffect } from 'preact/hooks';
import { count, inR, money, percent } from '../../format';
import type { PageProps } from '../../routes';
import { listen } from '../../store/feed';
import { useResource } from '../../store/resource';
import { trading } from '../../store/trading';
import { Fact, Facts, Panel } from '../../ui/panel';
import { Loaded } from '../../ui/states';
import { Account, BreakerPanel } from './account';
import { Control } from './control';
import { EquityCurve } from './curves';
import { loadPerformance, type Performance } from './journal';
import { Positions } from './positions';
import { Signals } from './signals';
import { Trades } from './trades';
import './trading.css';

const REFRESH_MS = 30_000;

export function Page({ query }: PageProps) {
  const status = trading.value;
  const performance = useResource(loadPerformance, { everyMs: REFRESH_MS });
  const { reload } = performance;
  useEffect(() => listen('trade', reload), [reload]);
  if (status === undefined) return <p class="note">Loading …</p>;
  return (
    <>
      <Control status={status} />
      <div class="columns">
        <Panel title="Account">
          <Account status={status} />
        </Panel>
        <BreakerPanel breaker={status.breaker} />
      </div>
      <Panel title={`Positions (${status.positions.length} of at most ${status.limits.maxPositions})`}>
        <Positions positions={status.positions} />
      </Panel>
      <Signals query={query} />
      <Panel title="Equity">
        <Loaded of={performance}>{(figures) => <Earned figures={figures} />}</Loaded>
      </Panel>
      <Trades query={query} />
    </>
  );
}

/** The curve of the account where it was watched, else that of the closed trades. */
function Earned({ figures }: { figures: Performance }) {
  const { balances, equityCurve } = figures;
  return (
    <>
      <Facts>
        <Fact name="Trades">{count(figures.trades)}</Fact>
        <Fact name="Net">{money(figures.netPnl)}</Fact>
        <Fact name="Won">{percent(figures.winRate, 0)}</Fact>
        <Fact name="Expectancy">{inR(figures.expectancyR)}</Fact>
        <Fact name="Profit factor">
          {figures.profitFactor === null ? '–' : figures.profitFactor.toFixed(2)}
        </Fact>
        <Fact name="Deepest drawdown">{percent(figures.maxDrawdownShare, 2)}</Fact>
        <Fact name="Sharpe, a year">{figures.sharpe === null ? '–' : figures.sharpe.toFixed(2)}</Fact>
      </Facts>
      <EquityCurve points={balances.length > 1 ? balances : equityCurve} />
    </>
  );
}
