import { problemOf, unreachable } from './problem';

it('says what the service said', () => {
  const problem = problemOf(404, 'Not Found', {
    code: 'SYMBOL.UNKNOWN',
    detail: '"X" is not followed',
    title: 'Not Found',
  });
  expect([problem.message, problem.code, problem.status]).toEqual([
    '"X" is not followed',
    'SYMBOL.UNKNOWN',
    404,
  ]);
});

it('says of each input what is wrong with it', () => {
  const errors = [
    { field: 'limit', messages: ['limit must not be less than 1'] },
    { field: 'to', messages: ['to must be later', 'to must be a number'] },
  ];
  expect(
    problemOf(400, 'Bad Request', { detail: 'the request is wrong in: limit, to', errors }).message,
  ).toBe(
    'the request is wrong in: limit, to: limit must not be less than 1; to must be later; to must be a number',
  );
});

it.each([[undefined], [null], ['<html>'], [[]], [{}]])('makes a sentence of %j', (body) => {
  expect(problemOf(502, 'Bad Gateway', body).message).toBe('The service answered 502 Bad Gateway.');
});

it('says when nobody answers', () => {
  expect([unreachable().message, unreachable().status]).toEqual(['The service cannot be reached.', 0]);
});
