/**
 * All symbols at a glance. Read in slices with a breath in between, so that a reader never holds up a candle; who asks
 * while a reading is under way, or right after it, shares its answer.
 */
import { setImmediate as breathe } from 'node:timers/promises';
import { Inject, Injectable } from '@nestjs/common';
import { ClusterService, type SymbolState } from '@slt/cluster';
import { AppConfig } from '@slt/config';
import { type CandleSeries, type Clock, type Interval } from '@slt/domain';
import { CLOCK } from '@slt/exchange';
import { SmcService, type SmcView } from '@slt/smc';
import type { MarketBreakDto, MarketDto, MarketSymbolDto } from './market.dto';

/** An engine that nobody has needed yet takes half a millisecond to be made. */
const SLICE = 20;
/** Wall clock. */
const SHARED_FOR_MS = 500;

interface Reading {
  readonly closes: number;
  readonly answer: Promise<MarketDto>;
  readonly until: number;
}

@Injectable()
export class MarketReader {
  private latest: Reading | undefined;

  constructor(
    private readonly cluster: ClusterService,
    private readonly smc: SmcService,
    private readonly config: AppConfig,
    @Inject(CLOCK) private readonly clock: Clock,
  ) {}

  /** @param closes how many of each symbol at most */
  read(closes: number): Promise<MarketDto> {
    const now = performance.now();
    if (this.latest?.closes === closes && this.latest.until > now) return this.latest.answer;
    const answer = this.readAll(closes);
    this.latest = { closes, answer, until: now + SHARED_FOR_MS };
    return answer;
  }

  private async readAll(closes: number): Promise<MarketDto> {
    const interval = this.config.HISTORY_INTERVALS[0]!;
    const symbols: MarketSymbolDto[] = [];
    for (const state of this.cluster.symbols()) {
      symbols.push(this.readOne(state, interval, closes));
      if (symbols.length % SLICE === 0) await breathe();
    }
    return { at: this.clock.now(), interval, symbols };
  }

  private readOne(
    { symbol, state, ready }: SymbolState,
    interval: Interval,
    closes: number,
  ): MarketSymbolDto {
    const series = this.cluster.series(symbol, interval);
    const structure = this.smc.glance(symbol, interval)?.structure;
    return {
      symbol,
      state,
      ready,
      lastOpenTime: series?.lastOpenTime ?? null,
      closes: series === undefined ? [] : newestCloses(series, closes),
      swing: structure?.swing.bias ?? null,
      internal: structure?.internal.bias ?? null,
      lastBreak: structure === undefined ? null : newestBreak(structure),
    };
  }
}

function newestCloses(series: CandleSeries, count: number): number[] {
  const first = Math.max(0, series.length - count);
  return Array.from({ length: series.length - first }, (_, i) => series.value('close', first + i));
}

function newestBreak({ swing, internal }: SmcView['structure']): MarketBreakDto | null {
  const [big, small] = [swing.lastBreak, internal.lastBreak];
  const isBig = big !== null && (small === null || big.knownAtTime >= small.knownAtTime);
  const newest = isBig ? big : small;
  if (newest === null) return null;
  const { kind, direction, knownAtTime } = newest;
  return { kind, scale: isBig ? 'swing' : 'internal', direction, at: knownAtTime };
}
