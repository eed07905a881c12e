import { Controller, Get, HttpCode, HttpStatus, Inject, Post } from '@nestjs/common';
import { ApiTags } from '@nestjs/swagger';
import { ClusterService, type ClusterStatus, type SymbolState } from '@slt/cluster';
import type { Clock } from '@slt/domain';
import { CLOCK } from '@slt/exchange';
import { Documented, DocumentedChange } from '../docs/documented';
import { ClusterSymbolsDto, type SymbolProgressDto } from './cluster-symbols.dto';
import { ClusterDto } from './cluster.dto';

@ApiTags('cluster')
@Controller({ path: 'cluster', version: '1' })
export class ClusterController {
  constructor(
    private readonly cluster: ClusterService,
    @Inject(CLOCK) private readonly clock: Clock,
  ) {}

  @Get()
  @Documented({ summary: 'Phase, warm-up, streams and lag', answer: ClusterDto })
  status(): ClusterStatus {
    return this.cluster.status();
  }

  @Get('symbols')
  @Documented({ summary: 'How far each symbol is, and what keeps it', answer: ClusterSymbolsDto })
  symbols(): ClusterSymbolsDto {
    return { at: this.clock.now(), symbols: this.cluster.symbols().map(toProgress) };
  }

  @Post('start')
  @HttpCode(HttpStatus.ACCEPTED)
  @DocumentedChange({
    summary: 'Run the market pipeline',
    description: 'Returns at once; the warm-up shows in GET /v1/cluster. Harmless when it runs already.',
    answer: ClusterDto,
    status: HttpStatus.ACCEPTED,
  })
  async start(): Promise<ClusterStatus> {
    await this.cluster.start();
    return this.cluster.status();
  }

  @Post('stop')
  @HttpCode(HttpStatus.OK)
  @DocumentedChange({
    summary: 'Stop the market pipeline',
    description:
      'Streams close and candles in memory are written to the cache. Harmless when it does not run.',
    answer: ClusterDto,
  })
  async stop(): Promise<ClusterStatus> {
    await this.cluster.stop();
    return this.cluster.status();
  }
}

function toProgress({ symbol, state, ready, origin, gapsRepaired, failure }: SymbolState): SymbolProgressDto {
  const reason = failure === undefined ? null : { code: failure.code, message: failure.message };
  return { symbol, state, ready, origin: origin ?? null, gapsRepaired, failure: reason };
}
