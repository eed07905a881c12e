import { Controller, Get, Header, HttpStatus, Res, VERSION_NEUTRAL } from '@nestjs/common';
import { ApiServiceUnavailableResponse, ApiTags } from '@nestjs/swagger';
import { SkipThrottle } from '@nestjs/throttler';
import type { FastifyReply } from 'fastify';
import { Documented } from '../docs/documented';
import { VERSION } from '../version';
import { LivenessDto, ReadinessDto, StartupDto } from './health.dto';
import { HealthService } from './health.service';

@ApiTags('health')
@SkipThrottle({ read: true, change: true })
@Controller({ path: 'health', version: VERSION_NEUTRAL })
export class HealthController {
  constructor(private readonly health: HealthService) {}

  @Get('live')
  @Header('cache-control', 'no-store')
  @Documented({ summary: 'Is the process up?', description: 'Depends on nothing else.', answer: LivenessDto })
  live(): LivenessDto {
    return { status: 'ok', uptimeSeconds: Math.round(process.uptime() * 10) / 10, version: VERSION };
  }

  @Get('ready')
  @Header('cache-control', 'no-store')
  @Documented({
    summary: 'Is the market warm?',
    description:
      '200 while enough symbols (WARMUP_MIN_READY) have whole history and a running stream, else 503; both with the ' +
      'warm-up and the state of what the service stands on.',
    answer: ReadinessDto,
  })
  @ApiServiceUnavailableResponse({ type: ReadinessDto, description: 'Not warm, or no longer.' })
  async ready(@Res({ passthrough: true }) reply: FastifyReply): Promise<ReadinessDto> {
    const readiness = await this.health.readiness();
    reply.code(readiness.ready ? HttpStatus.OK : HttpStatus.SERVICE_UNAVAILABLE);
    return readiness;
  }

  @Get('startup')
  @Header('cache-control', 'no-store')
  @Documented({
    summary: 'Has the first warm-up ended?',
    description: 'For the startup probe: 503 until the first warm-up has ended, 200 from then on.',
    answer: StartupDto,
  })
  @ApiServiceUnavailableResponse({ type: StartupDto, description: 'Still warming up.' })
  startup(@Res({ passthrough: true }) reply: FastifyReply): StartupDto {
    const startup = this.health.startup();
    reply.code(startup.started ? HttpStatus.OK : HttpStatus.SERVICE_UNAVAILABLE);
    return startup;
  }
}
