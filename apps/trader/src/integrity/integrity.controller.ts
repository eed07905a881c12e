import { Body, Controller, Get, HttpCode, HttpStatus, Post, Query } from '@nestjs/common';
import { ApiBody, ApiTags } from '@nestjs/swagger';
import { AppConfig } from '@slt/config';
import { listQuarantine } from '@slt/history';
import { type IntegrityReport, IntegrityService, type RepairReport } from '@slt/integrity';
import { Documented, DocumentedChange } from '../docs/documented';
import { IntegrityDto, IntegrityQuery, RepairDto, RepairRequest } from './integrity.dto';
import { QuarantinedDto } from './quarantine.dto';

@ApiTags('integrity')
@Controller({ path: 'integrity', version: '1' })
export class IntegrityController {
  constructor(
    private readonly integrity: IntegrityService,
    private readonly config: AppConfig,
  ) {}

  @Get()
  @Documented({
    summary: 'Is the cache whole?',
    description: 'The last report, or a new one when there is none yet or `fresh=true`.',
    answer: IntegrityDto,
    problems: [400, 503],
  })
  async report(@Query() { fresh }: IntegrityQuery): Promise<IntegrityReport> {
    const latest = fresh ? undefined : this.integrity.latest();
    return latest ?? this.integrity.check();
  }

  @Get('quarantine')
  @Documented({
    summary: 'Broken files that were moved aside, and why',
    description: 'Newest first. They lie in `quarantine/` of DATA_DIR; nobody but a person deletes them.',
    answer: QuarantinedDto,
    isArray: true,
  })
  quarantine(): Promise<QuarantinedDto[]> {
    return listQuarantine(this.config.DATA_DIR);
  }

  @Post('repair')
  @HttpCode(HttpStatus.OK)
  @ApiBody({ type: RepairRequest, required: false })
  @DocumentedChange({
    summary: 'Move broken files aside and fetch what is missing',
    description: 'Only what is broken is fetched. Answers when it is done; broken files stay in quarantine.',
    answer: RepairDto,
    problems: [404, 503],
  })
  repair(@Body() request: RepairRequest): Promise<RepairReport> {
    return this.integrity.repair(request.files);
  }
}
