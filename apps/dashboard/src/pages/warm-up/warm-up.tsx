/** How the market gets warm: how far, by which way, what it costs, and what keeps the rest. */
import { useCallback, useState } from 'preact/hooks';
import { get } from '../../api/client';
import type { ClusterStatus, ClusterSymbols, Phase, Readiness, SymbolProgress } from '../../api/types';
import { count, span } from '../../format';
import type { PageProps } from '../../routes';
import { cluster } from '../../store/cluster';
import { change } from '../../store/session';
import { useResource } from '../../store/resource';
import { Action } from '../../ui/action';
import { Badge, type Tone } from '../../ui/badge';
import { Fact, Facts, Panel } from '../../ui/panel';
import { Progress } from '../../ui/progress';
import { Empty, Failure, Loaded } from '../../ui/states';
import { Time } from '../../ui/time';
import { type Outcome, OUTCOMES, outcomeOf, tally } from './outcome';
import './warm-up.css';

const WHILE_WARMING_MS = 1_000;
const AFTERWARDS_MS = 5_000;

const PHASE_TONES: Readonly<Record<Phase, Tone>> = {
  idle: 'plain',
  discovering: 'info',
  warming: 'info',
  streaming: 'good',
  degraded: 'bad',
  stopping: 'warn',
};

const loadSymbols = (signal: AbortSignal) => get<ClusterSymbols>('/v1/cluster/symbols', { signal });
const loadReadiness = (signal: AbortSignal) => get<Readiness>('/health/ready', { signal, accept: [503] });

export function Page(_: PageProps) {
  const status = cluster.value;
  const isWarming = status?.phase === 'discovering' || status?.phase === 'warming';
  const everyMs = isWarming ? WHILE_WARMING_MS : AFTERWARDS_MS;
  const symbols = useResource(loadSymbols, { everyMs });
  const readiness = useResource(loadReadiness, { everyMs });
  return (
    <>
      {status === undefined ? <p class="note">Loading …</p> : <Summary status={status} />}
      <Panel title="Symbols">
        <Loaded of={symbols}>{(loaded) => <Symbols symbols={loaded.symbols} />}</Loaded>
      </Panel>
      <div class="columns">
        <Panel title="What it costs">
          <Loaded of={readiness}>{(loaded) => <Costs readiness={loaded} />}</Loaded>
        </Panel>
        <Panel title="Phases">{status !== undefined && <Phases status={status} />}</Panel>
        <Panel title="What it stands on">
          <Loaded of={readiness}>{(loaded) => <Foundations readiness={loaded} />}</Loaded>
        </Panel>
      </div>
    </>
  );
}

function Summary({ status }: { status: ClusterStatus }) {
  const { phase, warmUp, reason, streams, ready } = status;
  const isRunning = phase !== 'idle' && phase !== 'stopping';
  const start = useCallback(async () => {
    await change('/v1/cluster/start');
    return 'The market pipeline starts.';
  }, []);
  const stop = useCallback(async () => {
    await change('/v1/cluster/stop');
    return 'The market pipeline has stopped; its candles are in the cache.';
  }, []);
  return (
    <Panel
      title={`${warmUp.percent} % warm`}
      actions={
        isRunning ? (
          <Action
            run={stop}
            ask={{
              title: 'Stop the market pipeline?',
              text: 'Streams close and no signal is found any more. Candles in memory are written to the cache; orders and stops on the exchange stay.',
              action: 'Stop it',
              isDangerous: true,
            }}
          >
            Stop the pipeline
          </Action>
        ) : (
          <Action run={start} disabled={phase === 'stopping'}>
            Start the pipeline
          </Action>
        )
      }
    >
      <Progress percent={warmUp.percent} label="Symbols with whole history" />
      {phase === 'degraded' && reason !== undefined && <Failure message={reason} />}
      <Facts>
        <Fact name="Phase">
          <Badge tone={PHASE_TONES[phase]}>{phase}</Badge>
        </Fact>
        <Fact name="Left" title="At the pace so far">
          {warmUp.etaMs === undefined ? (warmUp.percent === 100 ? 'nothing' : '–') : span(warmUp.etaMs)}
        </Fact>
        <Fact name="Whole and streaming" title={ready ? 'enough to be ready' : 'too few to be ready'}>
          {count(warmUp.ready)} of {count(warmUp.total)}
        </Fact>
        <Fact name="From the cache">{count(warmUp.cached)}</Fact>
        <Fact name="Fetched">{count(warmUp.fetched)}</Fact>
        <Fact name="Failed">{count(warmUp.failed)}</Fact>
        <Fact name="Holes repaired">{count(status.gapsRepaired)}</Fact>
        <Fact
          name="Streams"
          title={`${streams.reconnects} reconnects, ${streams.silentSymbols} silent symbols`}
        >
          {count(streams.subscriptions)} on {count(streams.connections)}
        </Fact>
        <Fact name="Lag" title="From the close of a candle to its frame">
          {span(status.lagMs)}
        </Fact>
      </Facts>
    </Panel>
  );
}

function Symbols({ symbols }: { symbols: readonly SymbolProgress[] }) {
  const [only, setOnly] = useState<Outcome | undefined>();
  if (symbols.length === 0) return <Empty>No symbol is followed yet.</Empty>;
  const counts = tally(symbols);
  const told = only ?? 'failed';
  return (
    <>
      <div class="actions" role="group" aria-label="How the symbols stand">
        {OUTCOMES.map(({ name, title, meaning }) => (
          <button
            key={name}
            type="button"
            class="legend"
            title={meaning}
            aria-pressed={only === name}
            onClick={() => setOnly(only === name ? undefined : name)}
          >
            <span class={`cell ${name}`} aria-hidden="true" /> {title} <b class="num">{counts[name]}</b>
          </button>
        ))}
      </div>
      <div class="cells" role="img" aria-label={`${symbols.length} symbols: ${sentenceOf(counts)}`}>
        {symbols.map((each) => (
          <span
            key={each.symbol}
            class={`cell ${outcomeOf(each)}${only !== undefined && outcomeOf(each) !== only ? ' aside' : ''}`}
            title={titleOf(each)}
          />
        ))}
      </div>
      <Reasons symbols={symbols.filter((each) => outcomeOf(each) === told)} isAsked={only !== undefined} />
    </>
  );
}

const sentenceOf = (counts: Readonly<Record<Outcome, number>>): string =>
  OUTCOMES.map(({ name, title }) => `${counts[name]} ${title.toLowerCase()}`).join(', ');

function titleOf(each: SymbolProgress): string {
  const why = each.failure === null ? '' : ` – ${each.failure.message}`;
  return `${each.symbol}: ${outcomeOf(each)}${why}`;
}

/** More rows than anybody reads are left to the search of the market page. */
const MAX_ROWS = 100;

function Reasons({ symbols, isAsked }: { symbols: readonly SymbolProgress[]; isAsked: boolean }) {
  if (symbols.length === 0) return isAsked ? <Empty>None.</Empty> : null;
  return (
    <div class="scroll" tabIndex={0} role="region" aria-label="Symbols and reasons">
      <table>
        <thead>
          <tr>
            <th>Symbol</th>
            <th>State</th>
            <th>History</th>
            <th class="num">Holes filled</th>
            <th>Why</th>
          </tr>
        </thead>
        <tbody>
          {symbols.slice(0, MAX_ROWS).map((each) => (
            <tr key={each.symbol}>
              <td>{each.symbol}</td>
              <td>{each.state}</td>
              <td>{each.origin ?? '–'}</td>
              <td class="num">{each.gapsRepaired}</td>
              <td>{each.failure === null ? '–' : `${each.failure.message} (${each.failure.code})`}</td>
            </tr>
          ))}
        </tbody>
      </table>
      {symbols.length > MAX_ROWS && <p class="note">{symbols.length - MAX_ROWS} more.</p>}
    </div>
  );
}

function Costs({ readiness }: { readiness: Readiness }) {
  const facts = readiness.details['exchange'];
  const used = numberOf(facts?.['weightUsed']);
  const limit = numberOf(facts?.['weightLimit']);
  if (used === undefined || limit === undefined || limit === 0)
    return <Empty>The budget is not known yet.</Empty>;
  return (
    <>
      <Progress percent={(100 * used) / limit} label="Request weight used of this period's budget" />
      <p>
        <b class="num">{count(used)}</b> of <span class="num">{count(limit)}</span> weight used in this minute
        <span class="dim"> – all processes on this address together</span>
      </p>
    </>
  );
}

const numberOf = (value: unknown): number | undefined => (typeof value === 'number' ? value : undefined);

function Phases({ status }: { status: ClusterStatus }) {
  return (
    <table>
      <thead>
        <tr>
          <th>Phase</th>
          <th>Began</th>
          <th class="num">Took</th>
        </tr>
      </thead>
      <tbody>
        {status.phases.map(({ phase, startedAt, durationMs }, index) => (
          <tr key={startedAt + phase}>
            <td>{phase}</td>
            <td>
              <Time at={startedAt} part="time" />
            </td>
            <td class="num">{index === status.phases.length - 1 ? 'goes on' : span(durationMs)}</td>
          </tr>
        ))}
      </tbody>
    </table>
  );
}

const INDICATOR_TONES: Readonly<Record<string, Tone>> = { up: 'good', degraded: 'warn', down: 'bad' };

function Foundations({ readiness }: { readiness: Readiness }) {
  return (
    <table>
      <tbody>
        {Object.entries(readiness.details).map(([name, facts]) => (
          <tr key={name}>
            <th scope="row">{name}</th>
            <td>
              <Badge tone={INDICATOR_TONES[facts?.status ?? ''] ?? 'plain'}>{facts?.status}</Badge>
            </td>
            <td class="dim">{typeof facts?.['message'] === 'string' ? facts['message'] : ''}</td>
          </tr>
        ))}
      </tbody>
    </table>
  );
}
