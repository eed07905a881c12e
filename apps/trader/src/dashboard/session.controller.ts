import { Controller, Delete, Get, Header, HttpCode, HttpStatus, Post, Req, Res } from '@nestjs/common';
import { ApiTags } from '@nestjs/swagger';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { AppConfig } from '@slt/config';
import { Documented, DocumentedChange } from '../docs/documented';
import { SessionDto } from './session.dto';
import { SESSION_MS, Sessions } from './sessions';

/** Signing in by the page. Programs send the token with each call instead. */
@ApiTags('operations')
@Controller({ path: 'session', version: '1' })
export class SessionController {
  constructor(
    private readonly sessions: Sessions,
    private readonly config: AppConfig,
  ) {}

  @Get()
  @Header('cache-control', 'no-store')
  @Documented({ summary: 'Who is signed in here', answer: SessionDto })
  read(@Req() request: FastifyRequest): SessionDto {
    return this.describe(this.sessions.of(request));
  }

  @Post()
  @HttpCode(HttpStatus.OK)
  @DocumentedChange({
    summary: 'Sign in',
    description:
      'Give the token as in any change; the answer sets a cookie that takes its place for 12 hours. The cookie is http-only ' +
      'and SameSite=Strict, and a change that relies on it must carry `csrfToken` in the header X-CSRF-Token. ' +
      'Sessions end with the process.',
    answer: SessionDto,
  })
  open(@Req() request: FastifyRequest, @Res({ passthrough: true }) reply: FastifyReply): SessionDto {
    if (this.config.API_TOKEN === undefined) return this.describe(undefined);
    const previous = this.sessions.of(request);
    if (previous !== undefined) this.sessions.close(previous);
    const id = this.sessions.open();
    this.setCookie(request, reply, id, SESSION_MS / 1000);
    return this.describe(id);
  }

  @Delete()
  @DocumentedChange({ summary: 'Sign out', answer: SessionDto })
  close(@Req() request: FastifyRequest, @Res({ passthrough: true }) reply: FastifyReply): SessionDto {
    const id = this.sessions.of(request);
    if (id !== undefined) this.sessions.close(id);
    this.setCookie(request, reply, '', 0);
    return this.describe(undefined);
  }

  private describe(id: string | undefined): SessionDto {
    return {
      required: this.config.API_TOKEN !== undefined,
      signedIn: id !== undefined,
      csrfToken: id === undefined ? null : this.sessions.csrfTokenOf(id),
    };
  }

  private setCookie(
    request: FastifyRequest,
    reply: FastifyReply,
    value: string,
    maxAgeSeconds: number,
  ): void {
    // Behind a proxy that speaks TLS the cookie must not travel without it. The header may be forged, to no effect but this.
    const isSecure = request.headers['x-forwarded-proto'] === 'https' || request.protocol === 'https';
    const attributes = ['Path=/', 'HttpOnly', 'SameSite=Strict', `Max-Age=${maxAgeSeconds}`];
    if (isSecure) attributes.push('Secure');
    reply.header('set-cookie', [`${this.sessions.cookieName}=${value}`, ...attributes].join('; '));
    reply.header('cache-control', 'no-store');
  }
}
