import {
  Controller,
  Get,
  HttpStatus,
  Req,
  Res,
  UnauthorizedException,
  VERSION_NEUTRAL,
} from '@nestjs/common';
import { ApiExcludeController } from '@nestjs/swagger';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { AppConfig } from '@slt/config';
import { Sessions } from '../dashboard/sessions';
import { carriesToken } from '../http/token.guard';
import { BOARD_PATH, BOARD_POLICY, QueueBoard } from './queue-board.service';

/** A board of the job queues for people. Unlike other reading it needs the token, since jobs hold what callers put into them. */
@ApiExcludeController()
@Controller({ path: 'queues', version: VERSION_NEUTRAL })
export class QueuesController {
  constructor(
    private readonly board: QueueBoard,
    private readonly sessions: Sessions,
    private readonly config: AppConfig,
  ) {}

  @Get(['', '*'])
  async show(@Req() request: FastifyRequest, @Res() reply: FastifyReply): Promise<void> {
    const { API_TOKEN } = this.config;
    if (
      API_TOKEN !== undefined &&
      !carriesToken(request, API_TOKEN) &&
      this.sessions.of(request) === undefined
    ) {
      if (request.headers.accept?.includes('text/html') === true) {
        // The page has the form.
        return reply.redirect('/#/data', HttpStatus.FOUND);
      }
      throw new UnauthorizedException(
        'The queues need the token: sign in at the dashboard, or send it as a bearer.',
      );
    }
    if (request.url === BOARD_PATH) return reply.redirect(`${BOARD_PATH}/`, HttpStatus.FOUND);
    const { status, type, isLasting, body } = await this.board.answer(request.url);
    await reply
      .code(status)
      .type(type)
      .header('content-security-policy', BOARD_POLICY)
      .header('cache-control', isLasting ? 'private, max-age=31536000, immutable' : 'no-store')
      .send(body);
  }
}
