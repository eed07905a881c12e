/** What became of the breaker, and how journal and exchange compared. */
import { ApiProperty, ApiSchema } from '@nestjs/swagger';
import type { BreakerTransition, Reconciliation } from '@slt/trading';
import { BreakerReasonDto } from './trading.dto';

const PHASES = ['normal', 'warning', 'throttled', 'blocked', 'half-open'];

@ApiSchema({ name: 'BreakerChange' })
export class BreakerChangeDto {
  @ApiProperty({ description: 'Exchange time.', example: 1_795_384_800_000 })
  at: number;

  @ApiProperty({ enum: PHASES, example: 'normal' })
  from: string;

  @ApiProperty({ enum: PHASES, example: 'throttled' })
  to: string;

  @ApiProperty({ description: 'What moved it.', example: 'worsen-to-throttled' })
  move: string;

  @ApiProperty({ type: [BreakerReasonDto] })
  reasons: BreakerReasonDto[];
}

@ApiSchema({ name: 'Reconciliation', description: 'One comparison of the journal with the exchange.' })
export class ReconciliationDto {
  @ApiProperty({ description: 'Exchange time.', example: 1_795_384_800_000 })
  at: number;

  @ApiProperty({ description: 'Why it was made.', example: 'start' })
  cause: string;

  @ApiProperty({ description: 'In the end both agreed.', example: true })
  isClean: boolean;

  @ApiProperty({
    description: 'What was found, and corrected; by `kind`.',
    type: 'array',
    items: {
      type: 'object',
      properties: { kind: { type: 'string' } },
      additionalProperties: true,
    },
    example: [{ kind: 'advance-order', order: { status: 'filled' } }],
  })
  findings: unknown[];
}

export const toBreakerChangeDto = ({ at, from, to, move, reasons }: BreakerTransition): BreakerChangeDto => ({
  at,
  from,
  to,
  move,
  reasons: [...reasons],
});

export const toReconciliationDto = ({ findings, ...rest }: Reconciliation): ReconciliationDto => ({
  ...rest,
  findings: [...findings],
});
