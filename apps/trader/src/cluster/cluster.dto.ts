import { ApiProperty, ApiPropertyOptional, ApiSchema } from '@nestjs/swagger';

const PHASES = ['idle', 'discovering', 'warming', 'streaming', 'degraded', 'stopping'];

@ApiSchema({ name: 'WarmUp' })
export class WarmUpDto {
  @ApiProperty({ description: 'Symbols to warm up.', example: 300 })
  total: number;

  @ApiProperty({ description: 'Symbols whose history is whole.', example: 297 })
  ready: number;

  @ApiProperty({ description: 'Of those, served from the cache alone.', example: 120 })
  cached: number;

  @ApiProperty({ description: 'Of those, fetched or topped up from the exchange.', example: 177 })
  fetched: number;

  @ApiProperty({ example: 0 })
  failed: number;

  @ApiProperty({ minimum: 0, maximum: 100, example: 99 })
  percent: number;

  @ApiPropertyOptional({ description: 'Estimated milliseconds until the warm-up ends.', example: 350 })
  etaMs?: number;
}

@ApiSchema({ name: 'PhaseDuration' })
export class PhaseDurationDto {
  @ApiProperty({ enum: PHASES, example: 'warming' })
  phase: string;

  @ApiProperty({ description: 'Exchange time.', example: 1_795_384_800_000 })
  startedAt: number;

  @ApiPropertyOptional({ description: 'Milliseconds; missing while the phase lasts.', example: 1240 })
  durationMs?: number;
}

@ApiSchema({ name: 'Streams' })
export class StreamsDto {
  @ApiProperty({ example: 2 })
  connections: number;

  @ApiProperty({ example: 300 })
  subscriptions: number;

  @ApiProperty({ example: 0 })
  reconnects: number;

  @ApiPropertyOptional({
    description: 'When the last frame came, in exchange time.',
    example: 1_795_384_861_950,
  })
  lastFrameAt?: number;

  @ApiPropertyOptional({ description: 'Milliseconds from an event at the exchange to us.', example: 12 })
  lagMs?: number;

  @ApiProperty({ description: 'Symbols whose stream has gone silent.', example: 0 })
  silentSymbols: number;
}

@ApiSchema({ name: 'SymbolFailure' })
export class SymbolFailureDto {
  @ApiProperty({ example: 'BTCUSDT' })
  symbol: string;

  @ApiProperty({ example: 'EXCHANGE.BAD_RESPONSE' })
  code: string;

  @ApiProperty({ example: 'the exchange answered HTML instead of JSON' })
  message: string;
}

@ApiSchema({ name: 'Cluster' })
export class ClusterDto {
  @ApiProperty({ enum: PHASES, example: 'streaming' })
  phase: string;

  @ApiProperty({ description: 'When the phase began, in exchange time.', example: 1_795_384_801_240 })
  since: number;

  @ApiProperty({ description: 'Whether enough symbols are whole and streaming.', example: true })
  ready: boolean;

  @ApiProperty({ description: 'Whether it was ready at least once.', example: true })
  everReady: boolean;

  @ApiPropertyOptional({ description: 'Why it is not ready or degraded.', example: 'streams interrupted' })
  reason?: string;

  @ApiProperty({ description: 'Symbols followed.', example: 300 })
  symbols: number;

  @ApiProperty({ type: WarmUpDto })
  warmUp: WarmUpDto;

  @ApiProperty({ type: [PhaseDurationDto] })
  phases: PhaseDurationDto[];

  @ApiProperty({ type: StreamsDto })
  streams: StreamsDto;

  @ApiPropertyOptional({ description: 'Milliseconds the newest data is behind the exchange.', example: 12 })
  lagMs?: number;

  @ApiProperty({ description: 'Holes in streams that were filled by REST.', example: 0 })
  gapsRepaired: number;

  @ApiProperty({ description: 'Closed candles that reached a series since the start.', example: 4200 })
  candles: number;

  @ApiProperty({ type: [SymbolFailureDto] })
  failures: SymbolFailureDto[];
}
