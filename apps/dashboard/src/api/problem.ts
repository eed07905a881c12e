/** Whatever kept a call from being answered, as an error with a sentence that a person can read. */

/** A problem document (RFC 9457) as the trader writes it. */
export interface ProblemDocument {
  readonly status: number;
  readonly code: string;
  readonly title: string;
  readonly detail: string;
  readonly requestId?: string;
  readonly retryAfterMs?: number;
  readonly errors?: readonly { readonly field: string; readonly messages: readonly string[] }[];
}

/** `status` is 0 where no answer came at all. */
export class ApiProblem extends Error {
  override readonly name = 'ApiProblem';

  constructor(readonly document: ProblemDocument) {
    super(sentenceOf(document));
  }

  get status(): number {
    return this.document.status;
  }

  get code(): string {
    return this.document.code;
  }

  get retryAfterMs(): number | undefined {
    return this.document.retryAfterMs;
  }
}

/** The detail, and each refused input by its name. */
function sentenceOf({ detail, title, errors = [] }: ProblemDocument): string {
  const what = detail === '' ? title : detail;
  const inputs = errors.flatMap(({ messages }) => messages);
  return inputs.length === 0 ? what : `${what}: ${inputs.join('; ')}`;
}

/** What a body says, be it a problem document or not. */
export function problemOf(status: number, statusText: string, body: unknown): ApiProblem {
  const found = typeof body === 'object' && body !== null ? (body as Partial<ProblemDocument>) : {};
  return new ApiProblem({
    ...found,
    status,
    code: found.code ?? `HTTP.${status}`,
    title: found.title ?? statusText,
    detail: found.detail ?? `The service answered ${status} ${statusText}.`.replace(' .', '.'),
  });
}

/** No answer: the service is away, or the network. */
export function unreachable(): ApiProblem {
  return new ApiProblem({
    status: 0,
    code: 'SERVICE.UNREACHABLE',
    title: 'Unreachable',
    detail: 'The service cannot be reached.',
  });
}

/** One sentence for whatever was thrown. */
export function messageOf(thrown: unknown): string {
  return thrown instanceof Error ? thrown.message : String(thrown);
}
