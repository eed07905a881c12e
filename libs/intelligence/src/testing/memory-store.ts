/** The registry without a database, for specs: what it is told it keeps; `isAway` makes it fail as a database does. */
import { AppError, type UtcMs } from '@slt/domain';
import type { SignalRecord, Trade } from '@slt/trading';
import { ONLINE } from '../core/advisor';
import type { Json, ModelRecord } from '../core/model';
import type { Sample } from '../core/sample';
import type { Comparison } from '../core/training';
import {
  type IntelligenceStore,
  type PromotionRequest,
  type StoredChampion,
  type StoredLearning,
  unknownModel,
} from '../store/intelligence-store';
import type { SampleRange } from '../store/sample-pages';
import type { ModelStatus, ModelSummary, Promotion } from '../store/rows';

interface Kept {
  readonly record: ModelRecord;
  readonly comparison: Comparison | null;
  status: ModelStatus;
}

export class MemoryStore implements Pick<
  IntelligenceStore,
  'load' | 'save' | 'samples' | 'countSamples' | 'addModel' | 'models' | 'model' | 'promote' | 'promotions'
> {
  isAway = false;
  saves = 0;
  snapshot: unknown;
  /** What trading wrote down beside it, of the same database. */
  readonly journal: { readonly signals: SignalRecord[]; readonly trades: Trade[] } = {
    signals: [],
    trades: [],
  };
  readonly kept: Sample[] = [];
  readonly told: Promotion[] = [];
  private readonly trained = new Map<string, Kept>();

  async load(): Promise<StoredLearning> {
    this.ask();
    const champion = [...this.trained.values()].find(({ status }) => status === 'champion')?.record;
    return { snapshot: this.snapshot, champion: champion && championOf(champion) };
  }

  async save(
    _market: string,
    { snapshot, samples }: { snapshot: Json; samples: readonly Sample[] },
  ): Promise<void> {
    this.ask();
    this.saves++;
    this.snapshot = JSON.parse(JSON.stringify(snapshot)) as unknown;
    this.kept.push(...samples);
  }

  async *samples(_market: string, { until, most }: SampleRange): AsyncGenerator<Sample[]> {
    this.ask();
    yield this.kept.filter(({ closedAt }) => closedAt <= until).slice(-most);
  }

  async countSamples(_market: string, after: UtcMs): Promise<number> {
    this.ask();
    // As PostgreSQL does with a bigint.
    if (!Number.isSafeInteger(after))
      throw new AppError('broken-invariant', 'DATABASE.STATEMENT_FAILED', 'no bigint');
    return this.kept.filter(({ closedAt }) => closedAt > after).length;
  }

  async addModel(_market: string, record: ModelRecord, comparison: Comparison | null): Promise<void> {
    this.ask();
    this.trained.set(record.id, { record, comparison, status: 'challenger' });
  }

  async models(): Promise<ModelSummary[]> {
    this.ask();
    return [...this.trained.values()].reverse().map(summaryOf);
  }

  async model(_market: string, id: string): Promise<(ModelSummary & { state: unknown }) | undefined> {
    this.ask();
    const kept = this.trained.get(id);
    return kept && { ...summaryOf(kept), state: kept.record.state };
  }

  async promote(_market: string, request: PromotionRequest): Promise<Promotion | undefined> {
    this.ask();
    const champion = [...this.trained.values()].find(({ status }) => status === 'champion');
    const previous = champion?.record.id ?? ONLINE;
    if (previous === request.model) return undefined;
    const next = this.trained.get(request.model);
    if (request.model !== ONLINE && next === undefined) throw unknownModel(request.model);
    if (champion !== undefined) champion.status = 'retired';
    if (next !== undefined) next.status = 'champion';
    const promotion = { ...request, previous };
    this.told.unshift(promotion);
    return promotion;
  }

  async promotions(): Promise<Promotion[]> {
    this.ask();
    return [...this.told];
  }

  private ask(): void {
    if (this.isAway) throw new AppError('transient', 'DATABASE.UNREACHABLE', 'the database does not answer');
  }
}

const championOf = ({ id, featureVersion, trainedOn, state }: ModelRecord): StoredChampion => ({
  id,
  featureVersion,
  trainedTo: trainedOn.to,
  state: JSON.parse(JSON.stringify(state)) as unknown,
});

function summaryOf({ record: { state: _, ...record }, comparison, status }: Kept): ModelSummary {
  return { ...record, comparison, status };
}
