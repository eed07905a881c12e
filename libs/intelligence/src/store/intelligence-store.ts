/**
 * The registry in PostgreSQL: samples, models, promotions and the learner's snapshot, of each market by itself, so that
 * what was learned of an emulated market never judges a real one. docs/adr/0094 says why.
 */
import { Inject, Injectable } from '@nestjs/common';
import { Database, isWithoutTables } from '@slt/database';
import { AppError, type UtcMs } from '@slt/domain';
import { sql } from 'kysely';
import { ONLINE } from '../core/advisor';
import type { Json, ModelRecord } from '../core/model';
import type { Sample } from '../core/sample';
import type { Comparison } from '../core/training';
import { IntelligenceDatabase } from './intelligence-database';
import {
  modelRow,
  type ModelSummary,
  type Promotion,
  type PromotionReason,
  promotionOf,
  type SelectedSample,
  sampleRow,
  summaryOf,
} from './rows';
import { type Ask, samplePages, type SampleRange } from './sample-pages';
import type { ModelRow } from './tables';

export interface StoredChampion {
  readonly id: string;
  readonly featureVersion: number;
  readonly trainedTo: UtcMs;
  readonly state: unknown;
}

/** What a start goes on with. */
export interface StoredLearning {
  /** As it was written; undefined: nothing was learned yet. */
  readonly snapshot: unknown;
  readonly champion: StoredChampion | undefined;
}

export interface PromotionRequest {
  /** `online`: the learner that is always there. */
  readonly model: string;
  readonly at: UtcMs;
  readonly reason: PromotionReason;
  readonly detail: string;
}

const ROWS_A_STATEMENT = 500;
/** Samples between two looks for old ones: so many more are kept at most. */
const FORGET_EVERY = 1_000;
/** Models that are kept with all they are made of; of older ones nothing. */
const MODELS_KEPT = 50;
const PROMOTIONS_SHOWN = 100;

/** By plain SQL: a start waits for it, and nothing else of it needs Kysely. */
const LOAD = `
  select
    (select snapshot from intelligence.learners where market = $1) as snapshot,
    (select json_build_object('id', id, 'featureVersion', feature_version, 'trainedTo', trained_to, 'state', state)
      from intelligence.models where market = $1 and status = 'champion') as champion
`;

@Injectable()
export class IntelligenceStore {
  private sinceForgotten = 0;

  constructor(
    @Inject(IntelligenceDatabase) private readonly tables: IntelligenceDatabase,
    @Inject(Database) private readonly database: Pick<Database, 'query'>,
  ) {}

  /** Makes no tables: where there are none, nothing was learned. */
  async load(market: string): Promise<StoredLearning> {
    try {
      const { rows } = await this.database.query<{
        snapshot: unknown;
        champion: StoredLearning['champion'] | null;
      }>(LOAD, [market]);
      return { snapshot: rows[0]?.snapshot ?? undefined, champion: rows[0]?.champion ?? undefined };
    } catch (error) {
      if (isWithoutTables(error)) return { snapshot: undefined, champion: undefined };
      throw error;
    }
  }

  /**
   * The learner with what it has learned from since the last time: both or neither.
   * @param keep samples of the market, the newest; now and then some more
   */
  async save(
    market: string,
    { snapshot, samples, at }: { snapshot: Json; samples: readonly Sample[]; at: UtcMs },
    keep: number,
  ): Promise<void> {
    const text = JSON.stringify(snapshot);
    const isDue = this.sinceForgotten + samples.length >= FORGET_EVERY;
    await this.tables.write(async (db) => {
      for (let from = 0; from < samples.length; from += ROWS_A_STATEMENT) {
        await db
          .insertInto('intelligence.samples')
          .values(samples.slice(from, from + ROWS_A_STATEMENT).map((sample) => sampleRow(market, sample)))
          .onConflict((conflict) => conflict.columns(['market', 'id']).doNothing())
          .execute();
      }
      if (isDue) {
        await sql`delete from intelligence.samples where market = ${market} and (closed_at, id) <= (
          select closed_at, id from intelligence.samples where market = ${market}
          order by closed_at desc, id desc offset ${keep} limit 1)`.execute(db);
      }
      await db
        .insertInto('intelligence.learners')
        .values({ market, saved_at: at, snapshot: text })
        .onConflict((conflict) => conflict.column('market').doUpdateSet({ saved_at: at, snapshot: text }))
        .execute();
    });
    this.sinceForgotten = isDue ? 0 : this.sinceForgotten + samples.length;
  }

  /** See samplePages. */
  async *samples(
    market: string,
    range: SampleRange,
    refused: (rows: number) => void = () => undefined,
  ): AsyncGenerator<Sample[]> {
    await this.tables.open();
    const ask: Ask = async (text, values) => (await this.database.query<SelectedSample>(text, values)).rows;
    yield* samplePages(ask, market, range, refused);
  }

  /** Outcomes that came to be known after that instant. */
  async countSamples(market: string, after: UtcMs): Promise<number> {
    const { count } = await this.tables.read((db) =>
      db
        .selectFrom('intelligence.samples')
        .select((eb) => eb.fn.countAll<string>().as('count'))
        .where('market', '=', market)
        .where('closed_at', '>', String(after))
        .executeTakeFirstOrThrow(),
    );
    return Number(count);
  }

  /** As challenger; the one before it is retired, and the oldest are forgotten. Told twice it is there once. */
  async addModel(market: string, model: ModelRecord, comparison: Comparison | null): Promise<void> {
    await this.tables.write(async (db) => {
      await db
        .updateTable('intelligence.models')
        .set({ status: 'retired' })
        .where('market', '=', market)
        .where('status', '=', 'challenger')
        .where('id', '!=', model.id)
        .execute();
      await db
        .insertInto('intelligence.models')
        .values(modelRow(market, model, comparison))
        .onConflict((conflict) => conflict.columns(['market', 'id']).doNothing())
        .execute();
      await sql`delete from intelligence.models where market = ${market} and status = 'retired' and id not in (
        select id from intelligence.models where market = ${market}
        order by created_at desc, id desc limit ${MODELS_KEPT})`.execute(db);
    });
  }

  /** The newest first. @throws AppError broken-invariant, `MODEL.BAD_ROW` */
  async models(market: string): Promise<ModelSummary[]> {
    const rows = await this.tables.read((db) =>
      db
        .selectFrom('intelligence.models')
        .select(SUMMARY)
        .where('market', '=', market)
        .orderBy('created_at', 'desc')
        .orderBy('id', 'desc')
        .execute(),
    );
    return rows.map(summaryOf);
  }

  /** With its state as it was written; undefined: there is none. @throws as models */
  async model(market: string, id: string): Promise<(ModelSummary & { state: unknown }) | undefined> {
    const row = await this.tables.read((db) =>
      db
        .selectFrom('intelligence.models')
        .selectAll()
        .where('market', '=', market)
        .where('id', '=', id)
        .executeTakeFirst(),
    );
    return row === undefined ? undefined : { ...summaryOf(row), state: row.state };
  }

  /** One of them is champion from here on. @returns undefined: it was already. @throws AppError not-found */
  async promote(
    market: string,
    { model, at, reason, detail }: PromotionRequest,
  ): Promise<Promotion | undefined> {
    return this.tables.write(async (db) => {
      // One at a time: two that promote at once would leave two histories.
      await sql`select pg_advisory_xact_lock(hashtextextended(${`intelligence ${market}`}, 0))`.execute(db);
      const ofMarket = db.updateTable('intelligence.models').where('market', '=', market);
      const champion = await db
        .selectFrom('intelligence.models')
        .select('id')
        .where('market', '=', market)
        .where('status', '=', 'champion')
        .executeTakeFirst();
      const previous = champion?.id ?? ONLINE;
      if (previous === model) return undefined;
      await ofMarket.where('status', '=', 'champion').set({ status: 'retired' }).execute();
      if (model !== ONLINE) {
        const { numUpdatedRows } = await ofMarket
          .where('id', '=', model)
          .set({ status: 'champion' })
          .executeTakeFirst();
        if (numUpdatedRows === 0n) throw unknownModel(model);
      }
      await db
        .insertInto('intelligence.promotions')
        .values({ market, at, model, previous, reason, detail })
        .execute();
      return { at, model, previous, reason, detail };
    });
  }

  /** The newest first. */
  async promotions(market: string): Promise<Promotion[]> {
    const rows = await this.tables.read((db) =>
      db
        .selectFrom('intelligence.promotions')
        .selectAll()
        .where('market', '=', market)
        .orderBy('seq', 'desc')
        .limit(PROMOTIONS_SHOWN)
        .execute(),
    );
    return rows.map(promotionOf);
  }
}

/** All but the state. */
const SUMMARY = [
  'market',
  'id',
  'kind',
  'status',
  'created_at',
  'feature_version',
  'trained_from',
  'trained_to',
  'trained_samples',
  'seed',
  'hyperparameters',
  'metrics',
  'comparison',
] as const satisfies readonly (keyof ModelRow)[];

export const unknownModel = (id: string): AppError =>
  new AppError('not-found', 'MODEL.UNKNOWN', `there is no model "${id}"`);
