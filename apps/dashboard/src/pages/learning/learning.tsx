/** What was learned from outcomes, how far it can be believed, and who judges. */
import { useCallback, useEffect } from 'preact/hooks';
import { get } from '../../api/client';
import type { Models } from '../../api/types/models';
import { count, inR } from '../../format';
import type { PageProps } from '../../routes';
import { listen } from '../../store/feed';
import { useResource } from '../../store/resource';
import { change } from '../../store/session';
import { Action } from '../../ui/action';
import { Badge, type Tone } from '../../ui/badge';
import { Fact, Facts, Panel } from '../../ui/panel';
import { Loaded } from '../../ui/states';
import { digits, ModelTable, Promotions } from './models';
import { CalibrationPlot, Weights } from './plots';
import './learning.css';

/** Outcomes come one by one, and no event tells of each. */
const REFRESH_MS = 15_000;
const TOLD_BY = ['model', 'drift', 'training', 'trade'] as const;

const loadModels = (signal: AbortSignal): Promise<Models> => get<Models>('/v1/models', { signal });

export function Page(_: PageProps) {
  const models = useResource(loadModels, { everyMs: REFRESH_MS });
  const { reload } = models;
  useEffect(() => {
    const ends = TOLD_BY.map((name) => listen(name, reload));
    return () => ends.forEach((end) => end());
  }, [reload]);
  return <Loaded of={models}>{(known) => <Learned models={known} onChanged={reload} />}</Loaded>;
}

const DRIFT_TONES: Readonly<Record<Models['learner']['drift'], Tone>> = {
  none: 'good',
  warning: 'warn',
  drifted: 'bad',
};

function Learned({ models, onChanged }: { models: Models; onChanged: () => void }) {
  const { calibration, setups, training } = models;
  const champion = models.models.find(({ id }) => id === models.champion);
  const weighted = champion !== undefined && champion.weights.length > 0 ? champion : models.models[0];
  return (
    <>
      <Learner models={models} onChanged={onChanged} />
      {training.lastError !== null && (
        <p class="note">The last training made no model: {training.lastError}</p>
      )}
      <div class="columns">
        <Panel title="Calibration">
          <Facts>
            <Fact name="Outcomes">{count(calibration.count)}</Fact>
            <Fact name="ECE" title="Expected calibration error">
              {digits(calibration.ece)}
            </Fact>
            <Fact name="Brier">{digits(calibration.brier)}</Fact>
            <Fact name="Log loss">{digits(calibration.logLoss)}</Fact>
          </Facts>
          <CalibrationPlot bins={calibration.bins} />
        </Panel>
        <Panel title="Set-ups">
          <Setups setups={setups} />
        </Panel>
      </div>
      <Panel title="Models, and what walk-forward found of them">
        <ModelTable models={models.models} onChanged={onChanged} />
      </Panel>
      <Panel title={`Weights of ${weighted?.id ?? 'no model'}`}>
        <Weights weights={weighted?.weights ?? []} />
      </Panel>
      <Panel title="Who judged when">
        <Promotions promotions={models.promotions} />
      </Panel>
    </>
  );
}

function Learner({ models, onChanged }: { models: Models; onChanged: () => void }) {
  const { isOn, market, champion, learner, training, promotions } = models;
  const train = useCallback(async () => {
    await change('/v1/models/train');
    onChanged();
    return 'A challenger is being trained.';
  }, [onChanged]);
  const rollback = useCallback(async () => {
    await change('/v1/models/rollback');
    onChanged();
    return 'The model before judges again.';
  }, [onChanged]);
  return (
    <Panel
      title="Learner"
      actions={
        <>
          <Action
            run={train}
            disabled={!isOn || training.state === 'running'}
            ask={{
              title: 'Train a challenger now?',
              text: 'It takes processor time for a while. It judges only if it proves to be better than the champion.',
              action: 'Train',
            }}
          >
            {training.state === 'running' ? 'Training …' : 'Train …'}
          </Action>
          <Action
            run={rollback}
            disabled={promotions.length === 0}
            ask={{
              title: 'Roll back?',
              text: `The model that judged before ${champion} judges again, from the next signal on.`,
              action: 'Roll back',
              isDangerous: true,
            }}
          >
            Roll back …
          </Action>
        </>
      }
    >
      <Facts>
        <Fact name="Champion">{champion}</Fact>
        <Fact name="Judges">
          {!isOn
            ? 'nothing: LEARNING is off'
            : learner.isReady
              ? 'the champion'
              : 'the heuristic, until there is enough'}
        </Fact>
        <Fact name="Outcomes">
          {count(learner.outcomes)} ({count(learner.required)} needed)
        </Fact>
        <Fact name="Awaited">{count(learner.pending)}</Fact>
        <Fact name="Drift">
          <Badge tone={DRIFT_TONES[learner.drift]}>{learner.drift}</Badge>
        </Fact>
        <Fact name="Market">{market}</Fact>
      </Facts>
      {learner.note !== null && <p class="note">{learner.note}</p>}
    </Panel>
  );
}

function Setups({ setups }: { setups: Models['setups'] }) {
  return (
    <div class="scroll" tabIndex={0} role="region" aria-label="Edge by set-up">
      <table>
        <thead>
          <tr>
            <th>Set-up</th>
            <th class="num">Approved</th>
            <th class="num">Mean R</th>
            <th class="num">At least</th>
            <th>Trades</th>
          </tr>
        </thead>
        <tbody>
          {setups.map(({ setup, outcomes, meanR, lowerBound, mayTrade }) => (
            <tr key={setup}>
              <td>{setup}</td>
              <td class="num">{outcomes.toFixed(1)}</td>
              <td class="num">{inR(meanR)}</td>
              <td class="num">{inR(lowerBound)}</td>
              <td>{mayTrade ? <Badge tone="good">yes</Badge> : <Badge>not proven</Badge>}</td>
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  );
}
