import { ApiProperty, ApiPropertyOptional, ApiSchema } from '@nestjs/swagger';
import { WarmUpDto } from '../cluster/cluster.dto';

@ApiSchema({ name: 'Liveness' })
export class LivenessDto {
  @ApiProperty({ enum: ['ok'], example: 'ok' })
  status: 'ok';

  @ApiProperty({ description: 'Seconds since the process started.', example: 12.3 })
  uptimeSeconds: number;

  @ApiProperty({ example: '0.1.0' })
  version: string;
}

@ApiSchema({ name: 'Probe' })
export class ProbeDto {
  @ApiProperty({ enum: ['ok', 'degraded', 'error', 'shutting_down'], example: 'ok' })
  status: string;

  @ApiProperty({ example: 'streaming' })
  phase: string;

  @ApiProperty({ type: WarmUpDto })
  warmUp: WarmUpDto;
}

@ApiSchema({ name: 'Startup' })
export class StartupDto extends ProbeDto {
  @ApiProperty({ description: 'Whether the first warm-up has ended.', example: true })
  started: boolean;
}

@ApiSchema({ name: 'Readiness' })
export class ReadinessDto extends ProbeDto {
  @ApiProperty({ description: 'Whether enough symbols are whole and streaming.', example: true })
  ready: boolean;

  @ApiPropertyOptional({
    description: 'What is lacking.',
    example: '12 of 300 symbols are whole and streaming',
  })
  reason?: string;

  @ApiProperty({
    description:
      'Warm-up, exchange, queue, store, disk, event loop and trading: up, degraded or down, with facts. ' +
      'The warm-up alone decides whether it is ready.',
    type: 'object',
    additionalProperties: {
      type: 'object',
      properties: { status: { type: 'string', enum: ['up', 'degraded', 'down'] } },
      additionalProperties: true,
    },
    example: {
      warmUp: { status: 'up', phase: 'streaming' },
      exchange: { status: 'up', offsetMs: 3, roundTripMs: 1, weightUsed: 340, weightLimit: 2400 },
      queue: { status: 'up', detail: 'PostgreSQL', counts: { waiting: 0, active: 0 } },
      store: { status: 'up', detail: 'PostgreSQL 18.4' },
      disk: { status: 'up', freeMiB: 20_480 },
      eventLoop: { status: 'up', p99Ms: 3, maxMs: 21 },
      trading: { status: 'up', state: 'on', mode: 'paper', breaker: 'normal', positions: 2 },
    },
  })
  details: Record<string, unknown>;
}
