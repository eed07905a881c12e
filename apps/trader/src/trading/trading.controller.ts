import { Controller, Get, HttpCode, HttpStatus, Post, Query } from '@nestjs/common';
import { ApiTags } from '@nestjs/swagger';
import { TradingService, type TradingStatus } from '@slt/trading';
import { Documented, DocumentedChange } from '../docs/documented';
import { StopQuery, TradingDto } from './trading.dto';
import { TradingKeeper } from './trading-keeper.service';

@ApiTags('trading')
@Controller({ path: 'trading', version: '1' })
export class TradingController {
  constructor(
    private readonly trading: TradingService,
    private readonly keeper: TradingKeeper,
  ) {}

  @Get()
  @Documented({ summary: 'State, mode, breaker, equity, positions, limits', answer: TradingDto })
  status(): TradingStatus {
    return this.trading.status();
  }

  @Post('start')
  @HttpCode(HttpStatus.ACCEPTED)
  @DocumentedChange({
    summary: 'Start trading',
    description:
      'Takes the account over and reconciles it with the exchange; new positions are opened once both agree ' +
      '(state `on`). Harmless when it runs already; after a halt it starts anew. From then on it is wanted: an account ' +
      'that is lost unasked, as while the database is away, is taken up again.',
    answer: TradingDto,
    status: HttpStatus.ACCEPTED,
    problems: [422, 503],
  })
  async start(): Promise<TradingStatus> {
    await this.keeper.start();
    return this.trading.status();
  }

  @Post('stop')
  @HttpCode(HttpStatus.ACCEPTED)
  @DocumentedChange({
    summary: 'Stop trading',
    description:
      'Opens nothing any more, waits for what is under way, then lets the account go. Positions stay, with their stops ' +
      'resting on the exchange; `flatten=true` closes them at market first.',
    answer: TradingDto,
    status: HttpStatus.ACCEPTED,
  })
  stop(@Query() { flatten }: StopQuery): TradingStatus {
    this.keeper.stop(flatten);
    return this.trading.status();
  }

  @Post('halt')
  @HttpCode(HttpStatus.OK)
  @DocumentedChange({
    summary: 'Halt trading at once',
    description: 'Opens nothing any more; what is held stays and stays protected. Only a start ends it.',
    answer: TradingDto,
  })
  halt(): TradingStatus {
    this.trading.halt('hand', 'by POST /v1/trading/halt');
    return this.trading.status();
  }

  @Post('breaker/reset')
  @HttpCode(HttpStatus.OK)
  @DocumentedChange({
    summary: 'Reset the circuit breaker',
    description: 'Forgets calls and cool-downs. What is still measured as bad counts again at once.',
    answer: TradingDto,
  })
  resetBreaker(): TradingStatus {
    this.trading.resetBreaker();
    return this.trading.status();
  }
}
