import { type ArgumentsHost, Catch, type ExceptionFilter, Logger } from '@nestjs/common';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { type Problem, PROBLEM_TYPE, retryAfterSeconds, toProblem } from './problem';

/** The last stop of everything that is thrown while a request is answered. */
@Catch()
export class ProblemFilter implements ExceptionFilter {
  private readonly logger = new Logger('Http');

  catch(thrown: unknown, host: ArgumentsHost): void {
    const http = host.switchToHttp();
    const request = http.getRequest<FastifyRequest>();
    const reply = http.getResponse<FastifyReply>();
    const problem = toProblem(thrown, { url: request.url, requestId: request.id });
    if (problem.status >= 500) this.report(thrown, problem, request.method);
    if (reply.raw.headersSent) {
      reply.raw.destroy();
      return;
    }
    sendProblem(reply, problem);
  }

  private report(thrown: unknown, problem: Problem, method: string): void {
    const what = `${method} ${problem.instance} answered ${problem.status} ${problem.code} (${problem.requestId})`;
    if (problem.status === 503) this.logger.warn(what);
    else this.logger.error({ err: thrown, msg: what });
  }
}

/** Writes the problem, with its Retry-After header unless one is set already. */
export function sendProblem(reply: FastifyReply, problem: Problem): void {
  if (problem.retryAfterMs !== undefined && !reply.hasHeader('retry-after')) {
    reply.header('retry-after', retryAfterSeconds(problem.retryAfterMs));
  }
  const retryAfter = Number(reply.getHeader('retry-after'));
  const body =
    problem.retryAfterMs === undefined && retryAfter > 0
      ? { ...problem, retryAfterMs: retryAfter * 1000 }
      : problem;
  void reply
    .code(problem.status)
    .header('cache-control', 'no-store')
    .type(PROBLEM_TYPE)
    .send(JSON.stringify(body));
}
