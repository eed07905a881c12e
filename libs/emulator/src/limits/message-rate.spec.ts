import { MessageRate } from './message-rate';

it('admits so many messages in any second, not one more', () => {
  const rate = new MessageRate(3);
  expect([0, 100, 200, 300].map((at) => rate.admit(at))).toEqual([true, true, true, false]);
  expect([1_000, 1_050, 1_100].map((at) => rate.admit(at))).toEqual([true, false, true]);
});
