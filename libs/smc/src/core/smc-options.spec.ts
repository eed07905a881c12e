import { AppError } from '@slt/domain';
import { completeOptions, DEFAULT_SMC_OPTIONS, parseOptions, type SmcOptions } from './smc-options';
import { SmcEngine } from './smc-engine';

function messageOf(given: Record<string, unknown>): string {
  try {
    completeOptions(given as Partial<SmcOptions>);
  } catch (error) {
    expect(error).toBeInstanceOf(AppError);
    expect(error).toMatchObject({ kind: 'invalid', code: 'SMC.OPTIONS' });
    return (error as AppError).message;
  }
  throw new Error('no error');
}

describe('options of the engine', () => {
  it('take the defaults of the definitions', () => {
    expect(new SmcEngine().options).toEqual({
      intervalMs: 60_000,
      swingSize: 50,
      internalSize: 5,
      equalSize: 3,
      equalThreshold: 0.1,
      atrLength: 200,
      gapAtrLength: 14,
      gapFilter: 0,
      volatilityFactor: 2,
      mitigation: 'wick',
      blockLimit: 100,
      breakerLimit: 100,
      gapLimit: 500,
      poolLimit: 100,
    });
  });

  it('keep what is given, and take undefined for the default', () => {
    expect(completeOptions({ swingSize: 20, mitigation: 'close' })).toEqual({
      ...DEFAULT_SMC_OPTIONS,
      swingSize: 20,
      mitigation: 'close',
    });
    expect(completeOptions({ swingSize: undefined } as unknown as Partial<SmcOptions>)).toEqual(
      DEFAULT_SMC_OPTIONS,
    );
  });

  it.each([
    ['swingSize', [0, 501, 1.5, NaN, Infinity, '5', null], [1, 500]],
    ['internalSize', [0, 501], [1, 500]],
    ['equalSize', [0, 501], [1, 500]],
    ['atrLength', [1, 1001, 2.5], [2, 1000]],
    ['gapAtrLength', [1, 1001], [2, 1000]],
    ['equalThreshold', [-0.1, NaN, Infinity], [0, 0.25]],
    ['gapFilter', [-1, Infinity], [0, 1.5]],
    ['volatilityFactor', [-1, NaN], [0, 2.5]],
    ['blockLimit', [0, 10_001, 0.5], [1, 10_000]],
    ['breakerLimit', [0, 10_001], [1, 10_000]],
    ['gapLimit', [0, 10_001], [1, 10_000]],
    ['poolLimit', [0, 10_001], [1, 10_000]],
    ['intervalMs', [0, 86_400_001, 0.5], [1, 86_400_000]],
    ['mitigation', ['body', 1, null], ['wick', 'close']],
  ])('hold %s to its range', (name, wrong, right) => {
    for (const value of wrong) expect(messageOf({ [name]: value })).toContain(name);
    for (const value of right) expect(completeOptions({ [name]: value })).toMatchObject({ [name]: value });
  });

  it('name every problem in one message, unknown names too', () => {
    expect(messageOf({ swingSize: 0, mitigation: 'body', speed: 9 })).toBe(
      'swingSize is 0, not a whole number 1…500; mitigation is "body", not wick or close; there is no option speed',
    );
  });

  it('know none of what every object has', () => {
    expect(messageOf({ toString: 5 })).toBe('there is no option toString');
    expect(parseOptions(null)).toBe('null is no set of options');
  });
});
