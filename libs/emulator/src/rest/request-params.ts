/** What a request asks, wherever its parameters stand: in the query, or in a form as its body; the query goes first. */
import type { FastifyRequest } from 'fastify';
import type { QueryOf } from '../limits/weights';

/** Of a parameter that is given twice, the first counts. */
export function paramsOfRequest(request: FastifyRequest): QueryOf {
  const query = request.query as Readonly<Record<string, string | string[] | undefined>>;
  const form = new URLSearchParams(rawBody(request));
  return (name) => {
    const value = query[name];
    return (Array.isArray(value) ? value[0] : value) ?? form.get(name) ?? undefined;
  };
}

export function pathOf(url: string): string {
  const end = url.indexOf('?');
  return end < 0 ? url : url.slice(0, end);
}

/** As sent: nothing decoded. */
export function rawQuery(url: string): string {
  const start = url.indexOf('?');
  return start < 0 ? '' : url.slice(start + 1);
}

/** As sent; bodies of the emulator's own calls are JSON and none of ours. */
export function rawBody(request: FastifyRequest): string {
  return typeof request.body === 'string' ? request.body : '';
}
