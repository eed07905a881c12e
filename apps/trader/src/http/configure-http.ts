/** The HTTP side of the application before its routes: limits, headers, guards of the border, and error answers. */
import type { Socket } from 'node:net';
import { type SecurityHeadersOptions, VersioningType } from '@nestjs/common';
import { FastifyAdapter, type NestFastifyApplication } from '@nestjs/platform-fastify';
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import { checkHost } from './host-guard';
import { PROBLEM_TYPE, toProblem } from './problem';
import { sendProblem } from './problem.filter';
import { validationPipe } from './validation';

export const BODY_LIMIT_BYTES = 64 * 1024;
const MAX_PARAMETER_LENGTH = 1000;
const REQUEST_TIMEOUT_MS = 30_000;
/** What is being answered when the service stops may take this long; then its connection is cut. */
const LAST_ANSWERS_MS = 500;

export function createAdapter(): FastifyAdapter {
  const adapter: BorderAdapter = new BorderAdapter({
    bodyLimit: BODY_LIMIT_BYTES,
    requestTimeout: REQUEST_TIMEOUT_MS,
    forceCloseConnections: 'idle',
    routerOptions: { maxParamLength: MAX_PARAMETER_LENGTH },
    frameworkErrors: (error: Error, request: FastifyRequest, reply: FastifyReply) =>
      adapter.refuseUnroutable(error, request, reply),
    clientErrorHandler: refuseUnreadable,
  });
  return adapter;
}

type SecurityHook = Parameters<FastifyAdapter['registerSecurityHook']>[0];

/** A path that does not even parse reaches no hook and no exception filter: here it gets headers and a problem. */
class BorderAdapter extends FastifyAdapter {
  private setHeaders: SecurityHook | undefined;

  override registerSecurityHook(hook: SecurityHook): void {
    this.setHeaders = hook;
    super.registerSecurityHook(hook);
  }

  refuseUnroutable(error: Error, request: FastifyRequest, reply: FastifyReply): void {
    try {
      this.setHeaders?.(request, reply.raw);
    } catch {
      // The cross-origin check of the same hook: the request is refused anyway.
    }
    sendProblem(reply, toProblem(error, { url: request.url, requestId: request.id }));
  }
}

/** Everything that must stand before the first request; call before listen(). */
export function configureHttp(app: NestFastifyApplication, boundTo: string): void {
  const fastify: FastifyInstance = app.getHttpAdapter().getInstance();
  fastify.addHook('onRequest', (request, _reply, done) => {
    checkHost(request.headers.host, boundTo);
    done();
  });
  fastify.addHook('preClose', (done) => {
    setTimeout(() => fastify.server.closeAllConnections(), LAST_ANSWERS_MS).unref();
    done();
  });
  app.useSecurityHeaders(SECURITY_HEADERS);
  app.enableCsrfProtection();
  acceptJsonOnly(fastify);
  app.enableVersioning({ type: VersioningType.URI });
  app.useGlobalPipes(validationPipe());
}

/** Tight, with room for the inline styles and images of Swagger UI; plain HTTP on loopback must stay HTTP. */
const SECURITY_HEADERS: SecurityHeadersOptions = {
  contentSecurityPolicy: {
    useDefaults: false,
    directives: {
      defaultSrc: ["'self'"],
      baseUri: ["'none'"],
      connectSrc: ["'self'"],
      fontSrc: ["'self'", 'data:'],
      formAction: ["'self'"],
      frameAncestors: ["'none'"],
      imgSrc: ["'self'", 'data:'],
      objectSrc: ["'none'"],
      scriptSrc: ["'self'"],
      styleSrc: ["'self'", "'unsafe-inline'"],
    },
  },
  strictTransportSecurity: false,
};

/** A body is JSON or refused with 415; an empty one counts as none, whatever its type says. */
function acceptJsonOnly(fastify: FastifyInstance): void {
  fastify.removeAllContentTypeParsers();
  const parse = fastify.getDefaultJsonParser('error', 'error');
  fastify.addContentTypeParser('application/json', { parseAs: 'string' }, (request, body, done) => {
    if (body.length === 0) done(null, undefined);
    else void parse(request, body.toString(), done);
  });
}

/** Bytes that are not HTTP: answered on the bare socket. */
function refuseUnreadable(this: unknown, error: NodeJS.ErrnoException, socket: Socket): void {
  if (error.code === 'ECONNRESET' || !socket.writable) {
    socket.destroy();
    return;
  }
  const [status, reason] = CLIENT_ERRORS[error.code ?? ''] ?? [400, 'Bad Request'];
  const problem = { ...toProblem(new Error(), { url: '', requestId: '' }), ...bareProblem(status, reason) };
  const body = JSON.stringify(problem);
  socket.end(
    `HTTP/1.1 ${status} ${reason}\r\ncontent-type: ${PROBLEM_TYPE}\r\ncontent-length: ${Buffer.byteLength(body)}\r\nconnection: close\r\n\r\n${body}`,
  );
}

const CLIENT_ERRORS: Readonly<Record<string, [number, string]>> = {
  ERR_HTTP_REQUEST_TIMEOUT: [408, 'Request Timeout'],
  HPE_HEADER_OVERFLOW: [431, 'Request Header Fields Too Large'],
};

function bareProblem(status: number, reason: string): Record<string, unknown> {
  const code = status === 400 ? 'REQUEST.INVALID' : `REQUEST.${reason.toUpperCase().replaceAll(' ', '_')}`;
  return {
    type: `urn:slt:problem:${code}`,
    title: reason,
    status,
    code,
    detail: 'This is not a readable HTTP request.',
  };
}
