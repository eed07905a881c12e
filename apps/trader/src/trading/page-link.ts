/** The next page of a list, as RFC 8288 has it: the same call with the cursor of where the page before ended. */
import type { FastifyReply, FastifyRequest } from 'fastify';

/** @param query as it was understood; what is undefined was not asked for */
export function linkOf(path: string, query: object, cursor: string): string {
  const asked = Object.entries({ ...query, cursor }).filter(([, value]) => value !== undefined);
  const text = new URLSearchParams(asked.map(([name, value]): [string, string] => [name, String(value)]));
  return `<${path}?${text.toString()}>; rel="next"`;
}

export interface Call {
  readonly request: FastifyRequest;
  readonly reply: FastifyReply;
}

/** Without effect on the last page. */
export function linkNext({ request, reply }: Call, query: object, next: string | undefined): void {
  if (next === undefined) return;
  void reply.header('link', linkOf(request.url.split('?', 1)[0]!, query, next));
}
