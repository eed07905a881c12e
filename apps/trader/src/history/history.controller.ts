import { Body, Controller, Get, HttpCode, HttpStatus, Post } from '@nestjs/common';
import { ApiBody, ApiTags } from '@nestjs/swagger';
import { HistoryService } from '@slt/history';
import { Documented, DocumentedChange } from '../docs/documented';
import { HistoryRefresh } from './history-refresh.service';
import { HistoryDto, RefreshDto, RefreshRequest } from './history.dto';

@ApiTags('history')
@Controller({ path: 'history', version: '1' })
export class HistoryController {
  constructor(
    private readonly history: HistoryService,
    private readonly refresh: HistoryRefresh,
  ) {}

  @Get()
  @Documented({ summary: 'What is cached, how fresh and how whole', answer: HistoryDto, problems: [503] })
  async inventory(): Promise<HistoryDto> {
    const [files, queue] = await Promise.all([this.history.inventory(), this.history.queueHealth()]);
    const whole = files.filter((file) => file.problem === undefined && file.missing === 0).length;
    const refresh = this.refresh.latest;
    return { total: files.length, whole, queue, files, ...(refresh === undefined ? {} : { refresh }) };
  }

  @Post('refresh')
  @HttpCode(HttpStatus.ACCEPTED)
  @ApiBody({ type: RefreshRequest, required: false })
  @DocumentedChange({
    summary: 'Bring the cache up to date',
    description: 'Fans out one job a symbol and returns at once; GET /v1/history shows how far it is.',
    answer: RefreshDto,
    status: HttpStatus.ACCEPTED,
    problems: [404, 422, 503],
  })
  start(@Body() request: RefreshRequest): Promise<RefreshDto> {
    return this.refresh.start(request);
  }
}
