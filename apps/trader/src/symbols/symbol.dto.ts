import { ApiProperty, ApiPropertyOptional, ApiSchema } from '@nestjs/swagger';
import { INTERVALS } from '@slt/domain';
import { SymbolFailureDto } from '../cluster/cluster.dto';
import { InstrumentDto } from './symbols.dto';

export const ORIGINS = ['cache', 'topped-up', 'fetched', 'aggregated'];

@ApiSchema({ name: 'SeriesState' })
export class SeriesStateDto {
  @ApiProperty({ enum: INTERVALS, example: '1m' })
  interval: string;

  @ApiProperty({ description: 'Candles in memory.', example: 1000 })
  candles: number;

  @ApiPropertyOptional({ example: 1_795_324_800_000 })
  firstOpenTime?: number;

  @ApiPropertyOptional({ example: 1_795_384_740_000 })
  lastOpenTime?: number;

  @ApiProperty({ description: 'Runs of candles that the exchange did not have when asked.', example: 0 })
  knownHoles: number;

  @ApiProperty({ enum: ['loading', 'live', 'repairing'], example: 'live' })
  state: string;
}

@ApiSchema({ name: 'SymbolState' })
export class SymbolStateDto {
  @ApiProperty({ enum: ['loading', 'live', 'repairing', 'failed'], example: 'live' })
  state: string;

  @ApiProperty({ description: 'Whole and up to date in every interval.', example: true })
  ready: boolean;

  @ApiProperty({ type: [SeriesStateDto] })
  intervals: SeriesStateDto[];

  @ApiProperty({ example: 0 })
  gapsRepaired: number;

  @ApiProperty({ example: 0 })
  duplicatesDropped: number;

  @ApiProperty({
    description: 'Frames that told a candle differently from what was accepted first.',
    example: 0,
  })
  disagreements: number;

  @ApiPropertyOptional({
    enum: ORIGINS,
    description: 'Where its history came from: the cache alone, or the exchange to some part.',
    example: 'topped-up',
  })
  origin?: string;

  @ApiPropertyOptional({ type: SymbolFailureDto, description: 'Why there is no whole history.' })
  failure?: SymbolFailureDto;
}

@ApiSchema({ name: 'Symbol' })
export class SymbolDto extends InstrumentDto {
  @ApiPropertyOptional({ type: SymbolStateDto, description: 'Missing while the cluster does not run.' })
  state?: SymbolStateDto;
}
