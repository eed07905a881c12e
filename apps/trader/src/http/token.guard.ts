import { createHash, timingSafeEqual } from 'node:crypto';
import { type CanActivate, type ExecutionContext, Injectable, UnauthorizedException } from '@nestjs/common';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { AppConfig } from '@slt/config';
import { Sessions } from '../dashboard/sessions';
import { isSafeMethod } from './methods';

/**
 * Once API_TOKEN is set, every call that changes anything needs it, or a session that was opened with it; reading and
 * probing stay free.
 */
@Injectable()
export class TokenGuard implements CanActivate {
  constructor(
    private readonly config: AppConfig,
    private readonly sessions: Sessions,
  ) {}

  canActivate(context: ExecutionContext): boolean {
    const expected = this.config.API_TOKEN;
    const request = context.switchToHttp().getRequest<FastifyRequest>();
    if (expected === undefined || isSafeMethod(request.method)) return true;
    const given = bearerOf(request.headers.authorization);
    if (given === undefined ? this.sessions.mayChange(request) : isSame(given, expected)) return true;
    const error = given === undefined ? '' : ', error="invalid_token"';
    const reply = context.switchToHttp().getResponse<FastifyReply>();
    reply.header('www-authenticate', `Bearer realm="SelfLearningTrader"${error}`);
    throw new UnauthorizedException('This call needs the header "Authorization: Bearer <API_TOKEN>".');
  }
}

/** Whether the request has the token itself. */
export function carriesToken({ headers }: Pick<FastifyRequest, 'headers'>, expected: string): boolean {
  const given = bearerOf(headers.authorization);
  return given !== undefined && isSame(given, expected);
}

function bearerOf(header: string | undefined): string | undefined {
  return /^Bearer +([\x21-\x7e]+) *$/i.exec(header ?? '')?.[1];
}

/** Digests have one length whatever was sent, so the comparison takes the same time for every wrong token. */
function isSame(given: string, expected: string): boolean {
  return timingSafeEqual(digest(given), digest(expected));
}

function digest(text: string): Buffer {
  return createHash('sha256').update(text).digest();
}
