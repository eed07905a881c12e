import { Controller, Get, Header, VERSION_NEUTRAL } from '@nestjs/common';
import { ApiTags } from '@nestjs/swagger';
import { SkipThrottle } from '@nestjs/throttler';
import { DocumentedText } from '../docs/documented';
import { MetricsRegistry } from './metrics-registry';

const CONTENT_TYPE = 'text/plain; version=0.0.4; charset=utf-8';

@ApiTags('operations')
@SkipThrottle({ read: true, change: true })
@Controller({ path: 'metrics', version: VERSION_NEUTRAL })
export class MetricsController {
  constructor(private readonly metrics: MetricsRegistry) {}

  @Get()
  @Header('content-type', CONTENT_TYPE)
  @DocumentedText({
    summary: 'Metrics for Prometheus',
    contentType: 'text/plain',
    example:
      '# HELP slt_cluster_ready 1 when enough symbols are whole and streaming\n# TYPE slt_cluster_ready gauge\nslt_cluster_ready 1\n',
  })
  text(): Promise<string> {
    return this.metrics.text();
  }
}
