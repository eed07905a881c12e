/** What the set-ups saw, what was decided, and what the learner made of it; live. */
import { useCallback, useEffect, useState } from 'preact/hooks';
import { inR, percent, price } from '../../format';
import { href, replaceQuery } from '../../router';
import { listen } from '../../store/feed';
import { useResource } from '../../store/resource';
import { Badge, Direction } from '../../ui/badge';
import { Panel } from '../../ui/panel';
import { Empty, Loaded } from '../../ui/states';
import { Time } from '../../ui/time';
import { type Assessment, type JudgedSignal, KEPT, loadSignals } from './journal';

export function Signals({ query }: { query: URLSearchParams }) {
  const decision = query.get('decision') ?? '';
  const load = useCallback((signal: AbortSignal) => loadSignals({ decision }, signal), [decision]);
  const past = useResource(load);
  const fresh = useFreshSignals();
  return (
    <Panel
      title="Signals"
      actions={
        <label class="check">
          Decision
          <select
            value={decision}
            onChange={(event) => replaceQuery({ decision: event.currentTarget.value })}
          >
            <option value="">all</option>
            <option value="traded">traded</option>
            <option value="refused">refused</option>
          </select>
        </label>
      }
    >
      <Loaded of={past}>{(signals) => <Table signals={merged(fresh, signals, decision)} />}</Loaded>
    </Panel>
  );
}

function useFreshSignals(): readonly JudgedSignal[] {
  const [fresh, setFresh] = useState<readonly JudgedSignal[]>([]);
  useEffect(
    () => listen('signal', ({ signal }) => setFresh((known) => [signal, ...known].slice(0, KEPT))),
    [],
  );
  return fresh;
}

/** Newest first, each once; what came later knows better what became of it. */
export function merged(
  fresh: readonly JudgedSignal[],
  past: readonly JudgedSignal[],
  decision: string,
): JudgedSignal[] {
  const byId = new Map<string, JudgedSignal>();
  for (const signal of [...past].reverse()) byId.set(signal.id, signal);
  for (const signal of [...fresh].reverse()) byId.set(signal.id, signal);
  return [...byId.values()]
    .filter((signal) => decision === '' || signal.decision === decision)
    .sort((a, b) => b.at - a.at)
    .slice(0, KEPT);
}

function Table({ signals }: { signals: readonly JudgedSignal[] }) {
  if (signals.length === 0) return <Empty>No signal yet.</Empty>;
  return (
    <div class="scroll signals" tabIndex={0} role="region" aria-label="Signals">
      <table>
        <thead>
          <tr>
            <th>When</th>
            <th>Symbol</th>
            <th>Direction</th>
            <th>Set-up</th>
            <th class="num">Entry</th>
            <th class="num">Stop</th>
            <th class="num">Target</th>
            <th class="num">Confidence</th>
            <th>Decision</th>
            <th>Assessment</th>
          </tr>
        </thead>
        <tbody>
          {signals.map((signal) => (
            <tr key={signal.id} data-signal={signal.id}>
              <td>
                <Time at={signal.at} part="time" isBare />
              </td>
              <td>
                <a href={href('chart', signal.symbol)}>{signal.symbol}</a>
              </td>
              <td>
                <Direction of={signal.direction} />
              </td>
              <td>{signal.setup}</td>
              <td class="num">{price(signal.entry)}</td>
              <td class="num">{price(signal.stop)}</td>
              <td class="num">{price(signal.target)}</td>
              <td class="num">{percent(signal.confidence, 0)}</td>
              <td>
                <Badge tone={signal.decision === 'traded' ? 'good' : 'plain'}>{signal.decision}</Badge>{' '}
                {signal.reasons.join(', ')}
              </td>
              <td>
                <Judgement of={signal.assessment} />
              </td>
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  );
}

const MOST_CONTRIBUTIONS = 5;

function Judgement({ of: assessment }: { of: Assessment | null | undefined }) {
  if (assessment === undefined || assessment === null) return <span class="dim">heuristic alone</span>;
  const { model, probability, expectedR, lowerBound, costR, contributions } = assessment;
  return (
    <details>
      <summary>
        {percent(probability, 0)}, {inR(expectedR)} (at least {inR(lowerBound)})
      </summary>
      <p class="dim">
        {model}; costs of {inR(costR)}
      </p>
      <ul>
        {contributions.slice(0, MOST_CONTRIBUTIONS).map(({ feature, value, weight }) => (
          <li key={feature}>
            {feature} {value === null ? 'not known' : Number(value.toPrecision(3))}: {weight > 0 ? '+' : ''}
            {weight.toFixed(2)}
          </li>
        ))}
      </ul>
    </details>
  );
}
