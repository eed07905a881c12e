/** Champion and challengers with what was found of each, and who judged when. */
import { useCallback } from 'preact/hooks';
import type { Advantage, Model, Models } from '../../api/types/models';
import { count, inR } from '../../format';
import { change } from '../../store/session';
import { Action } from '../../ui/action';
import { Badge, type Tone } from '../../ui/badge';
import { Empty } from '../../ui/states';
import { Time } from '../../ui/time';
import { pathOf } from '../../api/client';

const TONES: Readonly<Record<Model['status'], Tone>> = {
  champion: 'good',
  challenger: 'info',
  retired: 'plain',
};

export function ModelTable({ models, onChanged }: { models: readonly Model[]; onChanged: () => void }) {
  return (
    <div class="scroll" tabIndex={0} role="region" aria-label="Models">
      <table>
        <thead>
          <tr>
            <th>Model</th>
            <th>Status</th>
            <th>Trained on</th>
            <th class="num">Log loss</th>
            <th class="num">ECE</th>
            <th class="num">Traded</th>
            <th class="num">Expectancy</th>
            <th>Against the champion of its day</th>
            <th>Judge</th>
          </tr>
        </thead>
        <tbody>
          {models.map((model) => (
            <Row key={model.id} model={model} onChanged={onChanged} />
          ))}
        </tbody>
      </table>
    </div>
  );
}

function Row({ model, onChanged }: { model: Model; onChanged: () => void }) {
  const { id, kind, status, trainedOn, metrics, comparison, hyperparameters } = model;
  const promote = useCallback(async () => {
    await change(`/v1${pathOf('models', id, 'promote')}`);
    onChanged();
    return `${id} judges now.`;
  }, [id, onChanged]);
  return (
    <tr data-model={id}>
      <td>
        <details>
          <summary>{id}</summary>
          <p class="dim">
            {kind}, features of version {model.featureVersion}
          </p>
          <code>{JSON.stringify(hyperparameters)}</code>
        </details>
      </td>
      <td>
        <Badge tone={TONES[status]}>{status}</Badge>
      </td>
      <td>
        {trainedOn === null ? (
          <span class="dim">every outcome, as it comes</span>
        ) : (
          <>
            {count(trainedOn.samples)} signals, <Time at={trainedOn.from} isBare /> to{' '}
            <Time at={trainedOn.to} isBare />
          </>
        )}
      </td>
      <td class="num">{digits(metrics?.logLoss)}</td>
      <td class="num">{digits(metrics?.ece)}</td>
      <td class="num">{metrics === null ? '–' : `${count(metrics.traded)} of ${count(metrics.samples)}`}</td>
      <td class="num">{inR(metrics?.expectancyR)}</td>
      <td>
        {comparison === null ? (
          <span class="dim">–</span>
        ) : (
          <>
            <Badge tone={comparison.verdict === 'better' ? 'good' : 'plain'}>{comparison.verdict}</Badge>{' '}
            <span class="dim">
              log loss {interval(comparison.logLoss)}, R {interval(comparison.earnedR)} on{' '}
              {count(comparison.samples)} signals
            </span>
          </>
        )}
      </td>
      <td>
        <Action
          run={promote}
          disabled={status === 'champion'}
          ask={{
            title: 'Let this model judge?',
            text: `${id} decides from the next signal on which set-ups are traded, whatever was found of it.`,
            action: 'Promote',
            isDangerous: true,
          }}
        >
          Promote …
        </Action>
      </td>
    </tr>
  );
}

export function Promotions({ promotions }: { promotions: Models['promotions'] }) {
  if (promotions.length === 0) return <Empty>The online learner has judged from the beginning.</Empty>;
  return (
    <div class="scroll" tabIndex={0} role="region" aria-label="Promotions">
      <table>
        <thead>
          <tr>
            <th>When</th>
            <th>Model</th>
            <th>Instead of</th>
            <th>Why</th>
          </tr>
        </thead>
        <tbody>
          {promotions.map(({ at, model, previous, reason, detail }) => (
            <tr key={`${at} ${model}`}>
              <td>
                <Time at={at} />
              </td>
              <td>{model}</td>
              <td>{previous}</td>
              <td>
                <Badge>{reason}</Badge> {detail}
              </td>
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  );
}

export const digits = (value: number | null | undefined): string =>
  value === null || value === undefined ? '–' : value.toFixed(3);

/** The advantage with its interval of 95 %. */
const interval = (advantage: Advantage | null): string =>
  advantage === null
    ? '–'
    : `${advantage.mean.toFixed(3)} (${advantage.low.toFixed(3)} to ${advantage.high.toFixed(3)})`;
