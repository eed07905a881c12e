/** What a client may say on a stream connection, and the exact refusals. */

export const METHODS = [
  'SUBSCRIBE',
  'UNSUBSCRIBE',
  'LIST_SUBSCRIPTIONS',
  'SET_PROPERTY',
  'GET_PROPERTY',
] as const;

type RequestId = number | string | null;

export type ControlMessage =
  | {
      readonly kind: 'subscribe' | 'unsubscribe';
      readonly id: RequestId;
      readonly streams: readonly string[];
    }
  | { readonly kind: 'list'; readonly id: RequestId }
  | { readonly kind: 'set-combined'; readonly id: RequestId; readonly isCombined: boolean }
  | { readonly kind: 'get-combined'; readonly id: RequestId }
  | { readonly kind: 'refused'; readonly answer: string };

/** Never throws: whatever does not fit becomes the refusal that Binance sends. */
export function parseControlMessage(text: string): ControlMessage {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    return refused(null, 3, 'Invalid JSON: expected value at line 1 column 1');
  }
  if (typeof value !== 'object' || value === null || Array.isArray(value)) {
    return refused(null, 2, 'Invalid request: expected struct Request at line 1 column 1');
  }
  const { method, params, id } = value as Record<string, unknown>;
  if (!isRequestId(id)) return refused(null, 2, 'Invalid request: request ID must be an unsigned integer');
  if (method === undefined) {
    return refused(id, 2, `Invalid request: missing field \`method\` at line 1 column ${text.length}`);
  }
  return parseMethod(method, params, id ?? null);
}

export function answer(id: RequestId, result: unknown): string {
  return JSON.stringify({ result, id });
}

function parseMethod(method: unknown, params: unknown, id: RequestId): ControlMessage {
  switch (method) {
    case 'SUBSCRIBE':
    case 'UNSUBSCRIBE': {
      if (!Array.isArray(params) || !params.every((name) => typeof name === 'string')) {
        return refused(id, 2, 'Invalid request: params must be an array of stream names');
      }
      return { kind: method === 'SUBSCRIBE' ? 'subscribe' : 'unsubscribe', id, streams: params };
    }
    case 'LIST_SUBSCRIPTIONS':
      return { kind: 'list', id };
    case 'SET_PROPERTY':
    case 'GET_PROPERTY':
      return parseProperty(method, params, id);
    default:
      return refused(
        id,
        2,
        `Invalid request: unknown variant \`${typeof method === 'string' ? method : JSON.stringify(method)}\`, ` +
          `expected one of ${METHODS.map((name) => `\`${name}\``).join(', ')}`,
      );
  }
}

function parseProperty(
  method: 'SET_PROPERTY' | 'GET_PROPERTY',
  params: unknown,
  id: RequestId,
): ControlMessage {
  const [name, value] = Array.isArray(params) ? (params as unknown[]) : [];
  if (typeof name !== 'string') {
    return refused(id, 2, 'Invalid request: property name must be a string');
  }
  const expected = method === 'SET_PROPERTY' ? 2 : 1;
  if ((params as unknown[]).length > expected) {
    return refused(id, 2, 'Invalid request: too many parameters');
  }
  if (name !== 'combined') return refused(id, 0, 'Unknown property');
  if (method === 'GET_PROPERTY') return { kind: 'get-combined', id };
  if (typeof value !== 'boolean') return refused(id, 1, 'Invalid value type: expected Boolean');
  return { kind: 'set-combined', id, isCombined: value };
}

function refused(id: RequestId | undefined, code: number, msg: string): ControlMessage {
  return { kind: 'refused', answer: JSON.stringify({ error: { code, msg }, id: id ?? null }) };
}

function isRequestId(id: unknown): id is RequestId | undefined {
  return (
    id === undefined ||
    id === null ||
    (typeof id === 'number' && Number.isSafeInteger(id) && id >= 0) ||
    (typeof id === 'string' && id.length <= 64)
  );
}
