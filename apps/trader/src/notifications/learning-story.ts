/** Learning as news for people: who judges from now on, and when an edge is lost. */
import type { LearningEvent } from '@slt/intelligence';
import type { NotificationDraft } from '@slt/notifications';

type Promotion = Extract<LearningEvent, { type: 'model' }>;

/** Of a champion that had to go, rather than of one that was beaten. */
const DEMOTIONS: ReadonlySet<Promotion['reason']> = new Set([
  'drift',
  'calibration',
  'online-better',
  'unusable',
]);

export class LearningStory {
  private drift: Extract<LearningEvent, { type: 'drift' }>['drift'] = 'none';

  told(event: LearningEvent): NotificationDraft | undefined {
    if (event.type === 'model') return toldOfModel(event);
    if (event.type !== 'drift' || event.drift === this.drift) return undefined;
    const { at, drift, model } = event;
    this.drift = drift;
    if (drift !== 'drifted') return undefined;
    const text = `what ${model} approves earns less than it did: nothing is traded until it is proven anew`;
    return { kind: 'model', severity: 'warning', at, title: 'Edge lost', text, facts: { model, drift } };
  }
}

function toldOfModel({ at, model, previous, reason, detail }: Promotion): NotificationDraft {
  const isDemotion = DEMOTIONS.has(reason);
  return {
    kind: 'model',
    severity: isDemotion ? 'warning' : 'info',
    at,
    title: isDemotion ? `Model demoted: ${previous}` : `Model promoted: ${model}`,
    text: `${model} judges instead of ${previous} (${reason}): ${detail}`,
    facts: { model, previous, reason, detail },
  };
}
