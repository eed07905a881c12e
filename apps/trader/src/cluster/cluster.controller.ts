import { Controller, Get, HttpCode, HttpStatus, Post } from '@nestjs/common';
import { ApiTags } from '@nestjs/swagger';
import { ClusterService, type ClusterStatus } from '@slt/cluster';
import { Documented, DocumentedChange } from '../docs/documented';
import { ClusterDto } from './cluster.dto';

@ApiTags('cluster')
@Controller({ path: 'cluster', version: '1' })
export class ClusterController {
  constructor(private readonly cluster: ClusterService) {}

  @Get()
  @Documented({ summary: 'Phase, warm-up, streams and lag', answer: ClusterDto })
  status(): ClusterStatus {
    return this.cluster.status();
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
