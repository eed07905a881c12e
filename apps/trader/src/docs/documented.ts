/** What OpenAPI says of a call, in one decorator: so that no call forgets its errors. */
import { STATUS_CODES } from 'node:http';
import { applyDecorators, type Type } from '@nestjs/common';
import {
  ApiBearerAuth,
  ApiExtraModels,
  ApiOperation,
  ApiProduces,
  ApiResponse,
  ApiResponseNoStatusOptions,
  getSchemaPath,
} from '@nestjs/swagger';
import { PROBLEM_TYPE } from '../http/problem';
import { ProblemDto } from './problem.dto';

export interface Documentation {
  summary: string;
  description?: string;
  /** The answer when all is well; an array of it with `isArray`. */
  answer: Type<unknown>;
  isArray?: boolean;
  /** 200 unless told. */
  status?: number;
  answerDescription?: string;
  /** The next page is told by a header. */
  isPaged?: boolean;
  /** The problems it may answer with, besides 400, 421, 429 and 500 that every call may. */
  problems?: readonly number[];
}

const EVERY_CALL = [400, 421, 500];

const LINK_HEADER = {
  Link: {
    description: 'The next page (RFC 8288), where there is one: follow it until it is missing.',
    schema: { type: 'string' as const },
    example: '</v1/trades?limit=20&cursor=MTc5NTM4NDg2MDAwMCBCVENVU0RU>; rel="next"',
  },
};

/** A call that reads. */
export function Documented(documentation: Documentation): MethodDecorator {
  const { answer, isArray = false, status = 200, answerDescription = 'As asked.' } = documentation;
  const headers = documentation.isPaged === true ? { headers: LINK_HEADER } : {};
  return applyDecorators(
    describe(documentation),
    ApiResponse({ status, type: answer, isArray, description: answerDescription, ...headers }),
    problemResponses([...(documentation.problems ?? []), 429]),
  );
}

/** A call that changes something: it needs the token once one is set, and JSON. */
export function DocumentedChange(documentation: Documentation): MethodDecorator {
  return applyDecorators(
    ApiBearerAuth(),
    Documented({ ...documentation, problems: [401, 403, 413, 415, ...(documentation.problems ?? [])] }),
  );
}

/** A call whose answer is no JSON document of ours: metrics, events, pages. */
export function DocumentedText(
  documentation: Omit<Documentation, 'answer' | 'isArray'> & { contentType: string; example: string },
): MethodDecorator {
  const { contentType, example, status = 200, answerDescription = 'As asked.' } = documentation;
  const content = { [contentType]: { schema: { type: 'string' }, example } };
  return applyDecorators(
    describe(documentation),
    ApiProduces(contentType),
    ApiResponse({ status, description: answerDescription, content } as ApiResponseNoStatusOptions & {
      status: number;
    }),
    problemResponses(documentation.problems ?? []),
  );
}

function describe({ summary, description }: Pick<Documentation, 'summary' | 'description'>): MethodDecorator {
  return ApiOperation({ summary, ...(description === undefined ? {} : { description }) });
}

function problemResponses(statuses: readonly number[]): MethodDecorator {
  const all = [...new Set([...statuses, ...EVERY_CALL])].sort((a, b) => a - b);
  return applyDecorators(ApiExtraModels(ProblemDto), ...all.map(problemResponse));
}

function problemResponse(status: number): MethodDecorator {
  const example = { ...EXAMPLE, title: STATUS_CODES[status], status, ...EXAMPLES[status] };
  return ApiResponse({
    status,
    description: STATUS_CODES[status] ?? 'Error',
    content: {
      [PROBLEM_TYPE]: {
        schema: { $ref: getSchemaPath(ProblemDto) },
        example: { ...example, type: `urn:slt:problem:${example.code}` },
      },
    },
  });
}

const EXAMPLE = { instance: '/v1/cluster', requestId: 'req-1a', code: 'SERVICE.INTERNAL' };

const EXAMPLES: Readonly<Record<number, Record<string, unknown>>> = {
  400: {
    code: 'REQUEST.INVALID',
    detail: 'the request is wrong in: limit',
    errors: [{ field: 'limit', messages: ['limit must not be less than 1'] }],
  },
  401: {
    code: 'REQUEST.UNAUTHENTICATED',
    detail: 'This call needs the header "Authorization: Bearer <API_TOKEN>".',
  },
  403: { code: 'REQUEST.FORBIDDEN', detail: 'Cross-origin request rejected' },
  404: { code: 'SYMBOL.UNKNOWN', detail: '"NOSUCHUSDT" is not followed' },
  413: { code: 'REQUEST.TOO_LARGE', detail: 'Request body is too large' },
  415: { code: 'REQUEST.UNSUPPORTED_MEDIA', detail: 'Unsupported Media Type' },
  421: { code: 'REQUEST.WRONG_HOST', detail: 'This service answers only to localhost, 127.0.0.1 and [::1].' },
  422: { code: 'HISTORY.REFRESH_RUNNING', detail: 'a refresh is under way' },
  429: {
    code: 'REQUEST.TOO_MANY',
    detail: 'Too many requests; Retry-After says when to come back.',
    retryAfterMs: 10_000,
  },
  500: { detail: 'Something failed inside the service; its log has the reason under this request id.' },
  503: {
    code: 'EXCHANGE.UNREACHABLE',
    detail: 'the exchange does not answer',
    retryAfterMs: 1000,
  },
};
