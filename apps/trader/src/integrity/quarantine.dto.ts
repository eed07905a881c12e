import { ApiProperty, ApiSchema } from '@nestjs/swagger';

@ApiSchema({ name: 'Quarantined' })
export class QuarantinedDto {
  @ApiProperty({ example: 'BTCUSDT_1m.parquet.20261123T075010.117Z-4242-0' })
  file: string;

  @ApiProperty({ description: 'The name that it had.', example: 'BTCUSDT_1m.parquet' })
  original: string;

  @ApiProperty({ example: 'CHECKSUM' })
  code: string;

  @ApiProperty({ example: 'the checksum does not match' })
  message: string;

  @ApiProperty({
    description: 'By the clock of this machine; 0 when its reason cannot be read.',
    example: 1_795_384_800_000,
  })
  quarantinedAt: number;

  @ApiProperty({ example: 48_213 })
  bytes: number;
}
