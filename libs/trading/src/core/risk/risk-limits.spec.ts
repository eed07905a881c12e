import { isAppError } from '@slt/domain';
import { completeRiskLimits, DEFAULT_RISK_LIMITS, riskShareOf } from './risk-limits';

describe('risk limits', () => {
  it('have defaults that pass their own check', () => {
    expect(completeRiskLimits()).toEqual(DEFAULT_RISK_LIMITS);
    expect(completeRiskLimits({ leverageCap: 10 }).leverageCap).toBe(10);
  });

  it('are refused with every problem in one message', () => {
    const wrong = { leverageCap: 2.5, dailyLoss: 0, drawdown: NaN, positionShare: 0.5, tiers: [] };
    try {
      completeRiskLimits(wrong);
      throw new Error('not refused');
    } catch (error) {
      expect(isAppError(error, 'RISK.LIMITS')).toBe(true);
      const { message } = error as Error;
      for (const name of ['leverageCap', 'dailyLoss', 'drawdown', 'correlatedShare', 'tier']) {
        expect(message).toContain(name);
      }
    }
  });

  it('refuse tiers that do not ascend', () => {
    const tiers = [
      { confidence: 0.7, share: 0.01 },
      { confidence: 0.6, share: 0.005 },
    ];
    expect(() => completeRiskLimits({ tiers })).toThrow(/ascending/);
  });

  it('risk 0.5, 1 and 2 per cent by confidence', () => {
    const share = (confidence: number): number => riskShareOf(confidence, DEFAULT_RISK_LIMITS);
    expect([0, 0.5999, 0.6, 0.6999, 0.7, 0.8499, 0.85, 1, NaN].map(share)).toEqual([
      0, 0, 0.005, 0.005, 0.01, 0.01, 0.02, 0.02, 0,
    ]);
  });
});
