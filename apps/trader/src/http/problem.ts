/** Every error answer of the service: a problem document of RFC 9457, by the table of kinds in docs/architecture.md. */
import { STATUS_CODES } from 'node:http';
import { HttpException } from '@nestjs/common';
import { AppError, type ErrorKind } from '@slt/domain';

export const PROBLEM_TYPE = 'application/problem+json';
const MAX_INSTANCE_LENGTH = 200;

/** One input that was refused; `field` is the name the caller used. */
export interface FieldProblem {
  field: string;
  messages: string[];
}

export interface Problem {
  type: string;
  title: string;
  status: number;
  detail: string;
  instance: string;
  code: string;
  requestId: string;
  retryAfterMs?: number;
  errors?: FieldProblem[];
}

/** The input that failed validation, field by field. */
export class ValidationError extends AppError {
  constructor(readonly fields: readonly FieldProblem[]) {
    const names = fields.map((field) => field.field).join(', ');
    super('invalid', 'REQUEST.INVALID', `the request is wrong in: ${names}`);
  }
}

const STATUS_BY_KIND: Readonly<Record<ErrorKind, number>> = {
  invalid: 400,
  'not-found': 404,
  rejected: 422,
  transient: 503,
  'outcome-unknown': 502,
  'broken-invariant': 500,
};

const CODE_BY_STATUS: Readonly<Record<number, string>> = {
  400: 'REQUEST.INVALID',
  401: 'REQUEST.UNAUTHENTICATED',
  403: 'REQUEST.FORBIDDEN',
  404: 'REQUEST.NO_SUCH_ROUTE',
  405: 'REQUEST.METHOD_NOT_ALLOWED',
  408: 'REQUEST.TIMEOUT',
  409: 'REQUEST.CONFLICT',
  413: 'REQUEST.TOO_LARGE',
  414: 'REQUEST.URI_TOO_LONG',
  415: 'REQUEST.UNSUPPORTED_MEDIA',
  421: 'REQUEST.WRONG_HOST',
  429: 'REQUEST.TOO_MANY',
  431: 'REQUEST.HEADERS_TOO_LARGE',
  503: 'SERVICE.UNAVAILABLE',
};

export interface ProblemContext {
  url: string;
  requestId: string;
}

/** Whatever was thrown, as a problem; what is none of ours nor HTTP's becomes a 500 that tells nothing. */
export function toProblem(thrown: unknown, context: ProblemContext): Problem {
  const { status, code, detail } = read(thrown);
  return {
    type: `urn:slt:problem:${code}`,
    title: STATUS_CODES[status] ?? 'Error',
    status,
    detail,
    instance: instanceOf(context.url),
    code,
    requestId: context.requestId,
    ...retryAfterOf(thrown, status),
    ...(thrown instanceof ValidationError ? { errors: [...thrown.fields] } : {}),
  };
}

function read(thrown: unknown): { status: number; code: string; detail: string } {
  if (thrown instanceof AppError) {
    const status = STATUS_BY_KIND[thrown.kind];
    return { status, code: thrown.code, detail: status === 500 ? INTERNAL_DETAIL : thrown.message };
  }
  const status = statusOf(thrown);
  if (status === undefined || status === 500) {
    return { status: 500, code: 'SERVICE.INTERNAL', detail: INTERNAL_DETAIL };
  }
  return { status, code: CODE_BY_STATUS[status] ?? 'REQUEST.REFUSED', detail: detailOf(thrown, status) };
}

const INTERNAL_DETAIL = 'Something failed inside the service; its log has the reason under this request id.';

/** The status of a Nest exception, or of Fastify's own errors. */
function statusOf(thrown: unknown): number | undefined {
  if (thrown instanceof HttpException) return thrown.getStatus();
  if (!(thrown instanceof Error) || !('statusCode' in thrown)) return undefined;
  const isFastify = 'code' in thrown && typeof thrown.code === 'string' && thrown.code.startsWith('FST_');
  const status = thrown.statusCode;
  return (isFastify || status === 400) && typeof status === 'number' && status >= 400 && status < 600
    ? status
    : undefined;
}

function detailOf(thrown: unknown, status: number): string {
  if (status === 404) return 'There is no such call; GET /docs lists those there are.';
  return thrown instanceof Error ? thrown.message : (STATUS_CODES[status] ?? 'Error');
}

function retryAfterOf(thrown: unknown, status: number): { retryAfterMs?: number } {
  if (thrown instanceof AppError && thrown.retryAfterMs !== undefined) {
    return { retryAfterMs: Math.ceil(thrown.retryAfterMs) };
  }
  return status === 503 ? { retryAfterMs: DEFAULT_RETRY_AFTER_MS } : {};
}

const DEFAULT_RETRY_AFTER_MS = 1000;

/** The path that was asked for, without its query, which may hold what is not to be repeated. */
function instanceOf(url: string): string {
  return url.split('?', 1)[0]!.slice(0, MAX_INSTANCE_LENGTH);
}

/** Whole seconds for the Retry-After header, never 0. */
export function retryAfterSeconds(retryAfterMs: number): number {
  return Math.max(1, Math.ceil(retryAfterMs / 1000));
}
