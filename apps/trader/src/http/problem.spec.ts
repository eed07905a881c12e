import { NotFoundException, UnauthorizedException } from '@nestjs/common';
import { AppError, ERROR_KINDS } from '@slt/domain';
import { retryAfterSeconds, toProblem, ValidationError } from './problem';

const context = { url: '/v1/symbols/X?token=secret', requestId: 'req-1' };

describe('toProblem', () => {
  it('maps every kind of AppError to its status', () => {
    const statuses = ERROR_KINDS.map((kind) => toProblem(new AppError(kind, 'A.B', 'why'), context).status);
    expect(statuses).toEqual([400, 404, 422, 503, 502, 500]);
  });

  it('carries code, detail, instance and when to retry', () => {
    const error = new AppError('transient', 'EXCHANGE.RATE_LIMITED', 'spent', { retryAfterMs: 1500.2 });
    expect(toProblem(error, context)).toEqual({
      type: 'urn:slt:problem:EXCHANGE.RATE_LIMITED',
      title: 'Service Unavailable',
      status: 503,
      detail: 'spent',
      instance: '/v1/symbols/X',
      code: 'EXCHANGE.RATE_LIMITED',
      requestId: 'req-1',
      retryAfterMs: 1501,
    });
  });

  it('tells the fields that were refused', () => {
    const problem = toProblem(new ValidationError([{ field: 'limit', messages: ['too low'] }]), context);
    expect(problem).toMatchObject({ status: 400, errors: [{ field: 'limit', messages: ['too low'] }] });
  });

  it.each<[unknown, string]>([
    [new Error('password=hunter2'), 'an unknown error'],
    [new AppError('broken-invariant', 'X.Y', 'password=hunter2'), 'a broken invariant'],
    [Object.assign(new Error('password=hunter2'), { statusCode: 418 }), 'a foreign status'],
    ['password=hunter2', 'a thrown text'],
    [undefined, 'nothing'],
  ])('tells nothing of the inside: %#', (thrown) => {
    const problem = toProblem(thrown, context);
    expect(problem.status).toBe(500);
    expect(JSON.stringify(problem)).not.toContain('hunter2');
  });

  it('keeps the status of HTTP exceptions and of Fastify', () => {
    const tooLarge = Object.assign(new Error('too large'), {
      code: 'FST_ERR_CTP_BODY_TOO_LARGE',
      statusCode: 413,
    });
    expect(toProblem(new NotFoundException(), context)).toMatchObject({
      status: 404,
      code: 'REQUEST.NO_SUCH_ROUTE',
    });
    expect(toProblem(new UnauthorizedException('no token'), context)).toMatchObject({
      status: 401,
      detail: 'no token',
    });
    expect(toProblem(tooLarge, context)).toMatchObject({ status: 413, code: 'REQUEST.TOO_LARGE' });
  });

  it('rounds Retry-After up to whole seconds, never to 0', () => {
    expect([0, 1, 1000, 1001].map(retryAfterSeconds)).toEqual([1, 1, 1, 2]);
  });
});
