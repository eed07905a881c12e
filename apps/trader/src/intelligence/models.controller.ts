import { Controller, Get, HttpCode, HttpStatus, Param, Post } from '@nestjs/common';
import { ApiTags } from '@nestjs/swagger';
import { Documented, DocumentedChange } from '../docs/documented';
import { ModelParams } from './model.dto';
import { ModelsReader } from './models-reader.service';
import { ModelsDto } from './models.dto';
import { ModelRegistry, TrainingService } from '@slt/intelligence';

@ApiTags('models')
@Controller({ path: 'models', version: '1' })
export class ModelsController {
  constructor(
    private readonly reader: ModelsReader,
    private readonly registry: ModelRegistry,
    private readonly training: TrainingService,
  ) {}

  @Get()
  @Documented({
    summary: 'What learned from outcomes, how well, and who judges',
    description: 'Also with LEARNING=off; then nothing changes in it.',
    answer: ModelsDto,
    problems: [503],
  })
  models(): Promise<ModelsDto> {
    return this.reader.read();
  }

  @Post('train')
  @HttpCode(HttpStatus.ACCEPTED)
  @DocumentedChange({
    summary: 'Train a challenger now',
    description:
      'On the newest outcomes, off the event loop; `training` tells when it has ended. It judges only where it is better ' +
      'than the champion on log loss and on R after costs, on signals that neither had seen.',
    answer: ModelsDto,
    status: HttpStatus.ACCEPTED,
    problems: [422, 503],
  })
  train(): Promise<ModelsDto> {
    this.training.start();
    return this.reader.read();
  }

  @Post('rollback')
  @HttpCode(HttpStatus.OK)
  @DocumentedChange({
    summary: 'Back to the model that judged before',
    answer: ModelsDto,
    problems: [422, 503],
  })
  async rollback(): Promise<ModelsDto> {
    await this.registry.rollback();
    return this.reader.read();
  }

  @Post(':id/promote')
  @HttpCode(HttpStatus.OK)
  @DocumentedChange({
    summary: 'Let a model judge, whatever was found of it',
    description: 'Harmless for the champion itself.',
    answer: ModelsDto,
    problems: [404, 422, 503],
  })
  async promote(@Param() { id }: ModelParams): Promise<ModelsDto> {
    await this.registry.promote(id, 'hand', 'by POST /v1/models/{id}/promote');
    return this.reader.read();
  }
}
