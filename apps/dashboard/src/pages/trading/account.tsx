/** What the account is worth, how near its limits are, and what the circuit breaker says. */
import { useCallback } from 'preact/hooks';
import type { Breaker, TradingStatus } from '../../api/types';
import { count, money, percent } from '../../format';
import { change } from '../../store/session';
import { refreshTrading } from '../../store/trading';
import { Action } from '../../ui/action';
import { Badge, type Tone } from '../../ui/badge';
import { Fact, Facts, Panel } from '../../ui/panel';
import { Empty } from '../../ui/states';
import { Time } from '../../ui/time';

export function Account({ status }: { status: TradingStatus }) {
  const { equity, walletBalance, dailyPnl, drawdown, losingStreak, limits } = status;
  if (equity === null) return <Empty>No account is held while trading is off.</Empty>;
  const lostToday = dailyPnl === null ? null : Math.max(0, -dailyPnl / Math.max(1, equity - dailyPnl));
  return (
    <>
      <Facts>
        <Fact name="Equity">{money(equity)}</Fact>
        <Fact name="Wallet">{money(walletBalance)}</Fact>
        <Fact name="Today">
          <span class={dailyPnl !== null && dailyPnl < 0 ? 'down' : 'up'}>{money(dailyPnl)}</span>
        </Fact>
        <Fact name="Losing streak">{count(losingStreak)}</Fact>
      </Facts>
      <Limit name="Daily loss" used={lostToday} limit={limits.dailyLoss} />
      <Limit name="Drawdown" used={drawdown} limit={limits.drawdown} />
    </>
  );
}

/** Both are shares of equity. */
function Limit({ name, used, limit }: { name: string; used: number | null; limit: number }) {
  const share = used === null ? 0 : Math.min(1, used / limit);
  const text = `${percent(used, 2)} of at most ${percent(limit)}`;
  return (
    <div class="limit">
      <span>{name}</span>
      <meter min={0} max={1} low={0.5} high={0.8} optimum={0} value={share} aria-label={`${name}: ${text}`} />
      <span class="num">{text}</span>
    </div>
  );
}

const TONES: Readonly<Record<Breaker['level'], Tone>> = {
  normal: 'good',
  warning: 'warn',
  throttled: 'warn',
  blocked: 'bad',
};

export function BreakerPanel({ breaker }: { breaker: Breaker }) {
  const { level, isHalfOpen, reasons, since } = breaker;
  const reset = useCallback(async () => {
    await change('/v1/trading/breaker/reset');
    await refreshTrading();
    return 'The breaker is reset.';
  }, []);
  return (
    <Panel
      title="Circuit breaker"
      actions={
        <Action
          run={reset}
          disabled={level === 'normal'}
          ask={{
            title: 'Reset the circuit breaker?',
            text: 'It forgets failed calls and pauses. What is still measured as bad counts again at once.',
            action: 'Reset',
          }}
        >
          Reset …
        </Action>
      }
    >
      <p>
        <Badge tone={TONES[level]}>{level}</Badge> {isHalfOpen && <Badge tone="warn">half open</Badge>}{' '}
        <span class="dim">
          since <Time at={since} />
        </span>
      </p>
      {reasons.length === 0 ? (
        <Empty>Nothing is wrong.</Empty>
      ) : (
        <table>
          <thead>
            <tr>
              <th>Reason</th>
              <th class="num">Value</th>
              <th class="num">Limit</th>
            </tr>
          </thead>
          <tbody>
            {reasons.map(({ code, value, threshold }) => (
              <tr key={code}>
                <td>
                  <code>{code}</code>
                </td>
                <td class="num">{short(value)}</td>
                <td class="num">{short(threshold)}</td>
              </tr>
            ))}
          </tbody>
        </table>
      )}
    </Panel>
  );
}

const short = (value: number): string => String(Number(value.toPrecision(4)));
