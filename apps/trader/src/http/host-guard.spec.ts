import { checkHost } from './host-guard';

describe('checkHost', () => {
  it.each([
    'localhost',
    'localhost:3000',
    'LOCALHOST:3000',
    '127.0.0.1:3000',
    '127.1.2.3',
    '[::1]:3000',
    '[::1]',
  ])('lets %s in', (host) => expect(() => checkHost(host, '127.0.0.1')).not.toThrow());

  it.each([
    undefined,
    '',
    'evil.example',
    'evil.example:3000',
    'localhost.evil.example',
    '127.0.0.1.evil.example',
    'localhost@evil.example',
    'localhost:3000:80',
    '[::1',
    '10.0.0.1:3000',
    '0.0.0.0:3000',
  ])('keeps %p out', (host) => expect(() => checkHost(host, '127.0.0.1')).toThrow(/answers only/));

  it('does not ask when bound beyond loopback, where API_TOKEN guards', () => {
    expect(() => checkHost('trader.internal', '0.0.0.0')).not.toThrow();
  });
});
