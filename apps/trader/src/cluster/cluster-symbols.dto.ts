import { ApiProperty, ApiSchema } from '@nestjs/swagger';
import { ORIGINS } from '../symbols/symbol.dto';

@ApiSchema({ name: 'FailureReason' })
export class FailureReasonDto {
  @ApiProperty({ example: 'EXCHANGE.BAD_RESPONSE' })
  code: string;

  @ApiProperty({ example: 'the exchange answered HTML instead of JSON' })
  message: string;
}

@ApiSchema({ name: 'SymbolProgress' })
export class SymbolProgressDto {
  @ApiProperty({ example: 'BTCUSDT' })
  symbol: string;

  @ApiProperty({ enum: ['loading', 'live', 'repairing', 'failed'], example: 'live' })
  state: string;

  @ApiProperty({ description: 'Whole and up to date in every interval.', example: true })
  ready: boolean;

  @ApiProperty({
    type: String,
    nullable: true,
    enum: [...ORIGINS, null],
    description: 'Where its history came from; null until it has come.',
    example: 'fetched',
  })
  origin: string | null;

  @ApiProperty({ description: 'Holes of its stream that were filled.', example: 0 })
  gapsRepaired: number;

  @ApiProperty({ type: FailureReasonDto, nullable: true, description: 'Why there is no whole history.' })
  failure: FailureReasonDto | null;
}

@ApiSchema({ name: 'ClusterSymbols' })
export class ClusterSymbolsDto {
  @ApiProperty({ description: 'Exchange time.', example: 1_795_384_800_000 })
  at: number;

  @ApiProperty({ type: [SymbolProgressDto] })
  symbols: SymbolProgressDto[];
}
