/** Calls to the trader: JSON both ways, cookies of this host only, problems as `ApiProblem`. */
import { problemOf, unreachable } from './problem';

export interface CallOptions {
  readonly signal?: AbortSignal;
  /** Statuses beyond 2xx that carry an answer, such as 503 of a probe. */
  readonly accept?: readonly number[];
}

export interface ChangeOptions extends CallOptions {
  readonly method?: 'POST' | 'PUT' | 'PATCH' | 'DELETE';
  readonly body?: unknown;
  readonly headers?: Readonly<Record<string, string>>;
}

/** @throws ApiProblem; an abort stays an AbortError */
export function get<Answer>(path: string, options: CallOptions = {}): Promise<Answer> {
  return call<Answer>(path, {}, options);
}

/**
 * The bare call; pages use `change` of store/session, which signs in where that is needed.
 * @throws ApiProblem
 */
export function send<Answer>(path: string, options: ChangeOptions = {}): Promise<Answer> {
  const { method = 'POST', body, headers = {} } = options;
  const withBody =
    body === undefined
      ? { headers }
      : { headers: { ...headers, 'content-type': 'application/json' }, body: JSON.stringify(body) };
  return call<Answer>(path, { method, ...withBody }, options);
}

/** `/v1/symbols/…`: each part percent-encoded. */
export function pathOf(...parts: readonly string[]): string {
  return `/${parts.map(encodeURIComponent).join('/')}`;
}

async function call<Answer>(
  path: string,
  init: RequestInit,
  { signal, accept = [] }: CallOptions,
): Promise<Answer> {
  let response: Response;
  try {
    response = await fetch(path, {
      ...init,
      ...(signal === undefined ? {} : { signal }),
      credentials: 'same-origin',
      cache: 'no-store',
      redirect: 'error',
    });
  } catch (error) {
    if (signal?.aborted === true) throw error;
    throw unreachable();
  }
  const body: unknown = await response.json().catch(() => undefined);
  if (!response.ok && !accept.includes(response.status)) {
    throw problemOf(response.status, response.statusText, body);
  }
  return body as Answer;
}
