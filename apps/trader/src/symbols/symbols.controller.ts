import { Controller, Get, Param, Query } from '@nestjs/common';
import { ApiParam, ApiTags } from '@nestjs/swagger';
import { ClusterService } from '@slt/cluster';
import { AppError, type Instrument, toCandles } from '@slt/domain';
import { Universe, type UniverseSnapshot } from '@slt/exchange';
import { Documented } from '../docs/documented';
import { SymbolPipe } from '../http/symbol';
import { SmcDto } from '../smc/smc.dto';
import { SmcEventsDto, SmcEventsQuery } from '../smc/smc-events.dto';
import { SmcHistory } from '../smc/smc-history.service';
import { SmcQuery } from '../smc/smc-query.dto';
import { SmcReader } from '../smc/smc-reader.service';
import { CandleReader } from './candle-reader.service';
import { SymbolDto } from './symbol.dto';
import { CandlesDto, CandlesQuery, SymbolsDto, SymbolsQuery } from './symbols.dto';

const NOT_YET_RETRY_MS = 1_000;
const SYMBOL_PARAM = {
  name: 'symbol',
  description: 'Percent-encoded; some are Chinese.',
  example: 'BTCUSDT',
};

@ApiTags('symbols')
@Controller({ path: 'symbols', version: '1' })
export class SymbolsController {
  constructor(
    private readonly universe: Universe,
    private readonly cluster: ClusterService,
    private readonly candles: CandleReader,
    private readonly smc: SmcReader,
    private readonly smcHistory: SmcHistory,
  ) {}

  @Get()
  @Documented({
    summary: 'The symbols that are followed, with their filters',
    answer: SymbolsDto,
    problems: [400, 503],
  })
  list(@Query() { search }: SymbolsQuery): SymbolsDto {
    const { instruments, at, origin, malformed, excluded, unfollowed } = this.snapshot();
    const wanted = search?.toUpperCase();
    const symbols = [...instruments.values()].filter(
      ({ symbol }) => wanted === undefined || symbol.toUpperCase().includes(wanted),
    );
    const left = { excluded: { ...excluded }, unfollowed: Object.fromEntries(unfollowed) };
    return { at, origin, count: symbols.length, malformed, ...left, symbols };
  }

  @Get(':symbol')
  @ApiParam(SYMBOL_PARAM)
  @Documented({
    summary: 'One symbol: its contract and the state of its series',
    answer: SymbolDto,
    problems: [400, 404, 414, 503],
  })
  one(@Param('symbol', SymbolPipe) symbol: string): SymbolDto {
    const instrument = this.instrument(symbol);
    const state = this.cluster.symbolState(symbol);
    if (state === undefined) return { ...instrument };
    return { ...instrument, state: { ...state, intervals: [...state.intervals] } };
  }

  @Get(':symbol/candles')
  @ApiParam(SYMBOL_PARAM)
  @Documented({
    summary: 'Closed candles, oldest first',
    description:
      'From memory, and from the cache where memory does not reach. The candle in progress is never among them.',
    answer: CandlesDto,
    problems: [400, 404, 414, 503],
  })
  async history(
    @Param('symbol', SymbolPipe) symbol: string,
    @Query() question: CandlesQuery,
  ): Promise<CandlesDto> {
    this.instrument(symbol);
    const { interval, limit, endTime } = question;
    const columns = await this.candles.read(symbol, {
      interval,
      limit,
      ...(endTime === undefined ? {} : { endTime }),
    });
    if (columns !== undefined) return { symbol, interval, candles: toCandles(columns) };
    throw new AppError('not-found', 'CANDLES.NOT_FOLLOWED', `${symbol} has no candles of ${interval}`);
  }

  @Get(':symbol/smc')
  @ApiParam(SYMBOL_PARAM)
  @Documented({
    summary: 'Smart Money Concepts: structure, zones, liquidity, dealing range',
    description:
      'Of closed candles only, as of the newest one; as events of type `smc` they come when they happen. ' +
      '503 while the history is not loaded yet.',
    answer: SmcDto,
    problems: [400, 404, 414, 503],
  })
  structure(@Param('symbol', SymbolPipe) symbol: string, @Query() question: SmcQuery): SmcDto {
    this.instrument(symbol);
    return this.smc.read(symbol, question);
  }

  @Get(':symbol/smc/events')
  @ApiParam(SYMBOL_PARAM)
  @Documented({
    summary: 'What its candles proved, and since when it was known',
    description: 'By a fresh engine that steps over the newest closed candles: causal by construction.',
    answer: SmcEventsDto,
    problems: [400, 404, 414, 503],
  })
  async events(
    @Param('symbol', SymbolPipe) symbol: string,
    @Query() question: SmcEventsQuery,
  ): Promise<SmcEventsDto> {
    this.instrument(symbol);
    return this.smcHistory.events(symbol, question);
  }

  private instrument(symbol: string): Instrument {
    const instrument = this.snapshot().instruments.get(symbol);
    if (instrument !== undefined) return instrument;
    throw new AppError('not-found', 'SYMBOL.UNKNOWN', `${JSON.stringify(symbol)} is not followed`);
  }

  private snapshot(): UniverseSnapshot {
    const snapshot = this.universe.current();
    if (snapshot !== undefined) return snapshot;
    throw new AppError('transient', 'UNIVERSE.UNKNOWN', 'the symbols are not known yet', {
      retryAfterMs: NOT_YET_RETRY_MS,
    });
  }
}
