import { linkOf } from './page-link';

describe('the link to the next page', () => {
  it('repeats what was asked for, with the new cursor', () => {
    const query = { symbol: 'BTCUSDT', setup: undefined, limit: 2, cursor: 'b2xk' };
    expect(linkOf('/v1/trades', query, 'bmV3')).toBe(
      '</v1/trades?symbol=BTCUSDT&limit=2&cursor=bmV3>; rel="next"',
    );
  });

  it('encodes what would end it', () => {
    expect(linkOf('/v1/signals', { symbol: '币安>;"' }, 'YQ')).toBe(
      '</v1/signals?symbol=%E5%B8%81%E5%AE%89%3E%3B%22&cursor=YQ>; rel="next"',
    );
  });
});
