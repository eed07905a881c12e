import { ApiProperty, ApiPropertyOptional, ApiSchema } from '@nestjs/swagger';

@ApiSchema({ name: 'FieldProblem' })
export class FieldProblemDto {
  @ApiProperty({ description: 'The input, by the name the caller used.', example: 'limit' })
  field: string;

  @ApiProperty({ type: [String], example: ['limit must not be less than 1'] })
  messages: string[];
}

@ApiSchema({ name: 'Problem', description: 'A problem document of RFC 9457.' })
export class ProblemDto {
  @ApiProperty({ description: 'Names the kind of problem.', example: 'urn:slt:problem:SYMBOL.UNKNOWN' })
  type: string;

  @ApiProperty({ example: 'Not Found' })
  title: string;

  @ApiProperty({ description: 'The HTTP status.', example: 404 })
  status: number;

  @ApiProperty({ description: 'What happened, for people.', example: '"NOSUCHUSDT" is not followed' })
  detail: string;

  @ApiProperty({ description: 'The path that was asked for.', example: '/v1/symbols/NOSUCHUSDT' })
  instance: string;

  @ApiProperty({ description: 'Stable, for machines.', example: 'SYMBOL.UNKNOWN' })
  code: string;

  @ApiProperty({ description: 'Finds the request in the log.', example: 'req-1a' })
  requestId: string;

  @ApiPropertyOptional({
    description: 'When a retry may succeed; also in the header Retry-After.',
    example: 1000,
  })
  retryAfterMs?: number;

  @ApiPropertyOptional({ type: [FieldProblemDto], description: 'The inputs that were refused.' })
  errors?: FieldProblemDto[];
}
