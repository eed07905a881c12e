import fc from 'fast-check';
import { parseControlMessage } from './control-message';

const refusal = (message: unknown): unknown => {
  const parsed = parseControlMessage(typeof message === 'string' ? message : JSON.stringify(message));
  return parsed.kind === 'refused' ? JSON.parse(parsed.answer) : parsed;
};

describe('control messages', () => {
  it('reads what a client may say', () => {
    expect(refusal({ method: 'SUBSCRIBE', params: ['a@b'], id: 1 })).toEqual({
      kind: 'subscribe',
      id: 1,
      streams: ['a@b'],
    });
    expect(refusal({ method: 'SET_PROPERTY', params: ['combined', true], id: 'x' })).toEqual({
      kind: 'set-combined',
      id: 'x',
      isCombined: true,
    });
    expect(refusal({ method: 'LIST_SUBSCRIPTIONS' })).toEqual({ kind: 'list', id: null });
  });

  it.each([
    [
      { method: 'NOT_A_METHOD', id: 4 },
      {
        error: {
          code: 2,
          msg:
            'Invalid request: unknown variant `NOT_A_METHOD`, expected one of `SUBSCRIBE`, `UNSUBSCRIBE`, ' +
            '`LIST_SUBSCRIPTIONS`, `SET_PROPERTY`, `GET_PROPERTY`',
        },
        id: 4,
      },
    ],
    [
      { method: 'SUBSCRIBE', id: -1 },
      { error: { code: 2, msg: 'Invalid request: request ID must be an unsigned integer' }, id: null },
    ],
    [
      { method: 'GET_PROPERTY', params: [1], id: 1 },
      { error: { code: 2, msg: 'Invalid request: property name must be a string' }, id: 1 },
    ],
    [
      { method: 'GET_PROPERTY', params: ['combined', true], id: 1 },
      { error: { code: 2, msg: 'Invalid request: too many parameters' }, id: 1 },
    ],
    [
      { method: 'GET_PROPERTY', params: ['other'], id: 1 },
      { error: { code: 0, msg: 'Unknown property' }, id: 1 },
    ],
    [
      { method: 'SET_PROPERTY', params: ['combined', 1], id: 1 },
      { error: { code: 1, msg: 'Invalid value type: expected Boolean' }, id: 1 },
    ],
    ['{', { error: { code: 3, msg: 'Invalid JSON: expected value at line 1 column 1' }, id: null }],
  ])('refuses %j', (message, answer) => expect(refusal(message)).toEqual(answer));

  it('never throws', () => {
    fc.assert(fc.property(fc.oneof(fc.string(), fc.json()), (text) => void parseControlMessage(text)));
  });
});
