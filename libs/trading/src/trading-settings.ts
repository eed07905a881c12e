/** The limits of risk and breaker as the environment sets them. */
import type { AppConfig } from '@slt/config';
import { MINUTE_MS, SECOND_MS } from '@slt/domain';
import { type BreakerSettings, completeBreakerSettings, graded } from './core/breaker';
import { completeRiskLimits, type RiskLimits } from './core/risk';

/** @throws AppError invalid, `RISK.LIMITS` */
export function riskLimitsOf(config: AppConfig): RiskLimits {
  return completeRiskLimits({
    maxPositions: config.MAX_CONCURRENT_ORDERS,
    positionShare: config.RISK_POSITION_SHARE,
    leverageCap: config.RISK_LEVERAGE_CAP,
    marginRatio: config.RISK_MARGIN_RATIO,
    correlatedShare: config.RISK_CORRELATED_SHARE,
    correlation: config.RISK_CORRELATION,
    dailyLoss: config.RISK_DAILY_LOSS,
    drawdown: config.RISK_DRAWDOWN,
    losingStreak: config.RISK_LOSING_STREAK,
    coolDownMs: config.RISK_COOL_DOWN_MINUTES * MINUTE_MS,
    liquidationFactor: config.RISK_LIQUIDATION_FACTOR,
    stopMinCosts: config.RISK_STOP_MIN_COSTS,
    stopMaxShare: config.RISK_STOP_MAX_SHARE,
    signalMaxAgeMs: config.RISK_SIGNAL_MAX_AGE * SECOND_MS,
  });
}

/** @throws AppError invalid, `BREAKER.SETTINGS` */
export function breakerSettingsOf(config: AppConfig): BreakerSettings {
  return completeBreakerSettings({
    isEnabled: config.GRADED_CIRCUIT_BREAKER_ENABLED,
    windowMs: config.CIRCUIT_BREAKER_WINDOW * SECOND_MS,
    minCalls: config.CIRCUIT_BREAKER_MIN_CALLS,
    errorRate: {
      warning: config.CIRCUIT_BREAKER_WARNING_THRESHOLD,
      throttled: config.CIRCUIT_BREAKER_THROTTLED_THRESHOLD,
      blocked: config.CIRCUIT_BREAKER_BLOCKED_THRESHOLD,
    },
    latencyMs: {
      warning: config.CIRCUIT_BREAKER_LATENCY_WARNING,
      throttled: config.CIRCUIT_BREAKER_LATENCY_THROTTLED,
      blocked: config.CIRCUIT_BREAKER_LATENCY_BLOCKED,
    },
    staleStreams: {
      warning: config.CIRCUIT_BREAKER_STALE_WARNING,
      throttled: config.CIRCUIT_BREAKER_STALE_THROTTLED,
      blocked: config.CIRCUIT_BREAKER_STALE_BLOCKED,
    },
    coolDownMs: config.CIRCUIT_BREAKER_TIMEOUT * SECOND_MS,
    recoveryMs: config.CIRCUIT_BREAKER_RECOVERY * SECOND_MS,
    probes: config.CIRCUIT_BREAKER_PROBES,
    dailyLoss: graded(config.RISK_DAILY_LOSS),
    drawdown: graded(config.RISK_DRAWDOWN),
  });
}
