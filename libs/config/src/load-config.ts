/** The one reader of the environment. */
import 'reflect-metadata';
import { plainToInstance } from 'class-transformer';
import { getMetadataStorage, validateSync } from 'class-validator';
import { AppError } from '@slt/domain';
import { AppConfig } from './app-config';

export type Environment = Readonly<Record<string, string | undefined>>;

/**
 * Defaults overridden by what the environment sets; an empty value counts as not set.
 * @throws AppError invalid, `CONFIG.INVALID`, naming every problem at once, never the value of a secret
 */
export function loadConfig(environment: Environment): AppConfig {
  const given = settingNames().flatMap((name) => {
    const value = environment[name]?.trim();
    return value === undefined || value === '' ? [] : [[name, value] as const];
  });
  const config = plainToInstance(AppConfig, Object.fromEntries(given), { exposeDefaultValues: true });
  const problems = [
    ...validateSync(config).flatMap((error) => Object.values(error.constraints ?? {})),
    ...contradictions(config),
  ];
  if (problems.length > 0) {
    throw new AppError(
      'invalid',
      'CONFIG.INVALID',
      `the configuration is wrong:\n${problems.map((p) => `  - ${p}`).join('\n')}`,
    );
  }
  return config;
}

/** Every name that the environment may set, in the order of AppConfig. */
export function settingNames(): string[] {
  const rules = getMetadataStorage().getTargetValidationMetadatas(AppConfig, '', false, false);
  return [...new Set(rules.map((rule) => rule.propertyName))];
}

function contradictions(config: AppConfig): string[] {
  const problems: string[] = [];
  if (!isLoopback(config.HOST) && config.API_TOKEN === undefined) {
    problems.push(`HOST=${config.HOST} listens beyond loopback, which needs API_TOKEN`);
  }
  if (
    config.TRADING_MODE === 'live' &&
    (config.BINANCE_API_KEY === undefined || config.BINANCE_API_SECRET === undefined)
  ) {
    problems.push('TRADING_MODE=live needs BINANCE_API_KEY and BINANCE_API_SECRET');
  }
  if (config.HISTORY_KEEP < config.HISTORY_LIMIT) {
    problems.push(
      `HISTORY_KEEP=${config.HISTORY_KEEP} must not be below HISTORY_LIMIT=${config.HISTORY_LIMIT}`,
    );
  }
  if (Array.isArray(config.HISTORY_INTERVALS) && config.HISTORY_INTERVALS.length === 0) {
    problems.push('HISTORY_INTERVALS must name at least one interval');
  }
  if (config.RISK_CORRELATED_SHARE < config.RISK_POSITION_SHARE) {
    problems.push('RISK_CORRELATED_SHARE must not be below RISK_POSITION_SHARE');
  }
  problems.push(...breakerContradictions(config), ...lonelySettings(config));
  return problems;
}

/** Settings that say nothing without one another. */
function lonelySettings(config: AppConfig): string[] {
  const pairs = [
    ['TELEGRAM_TOKEN', 'TELEGRAM_CHAT_ID'],
    ['WEBHOOK_URL', 'WEBHOOK_SECRET'],
  ] as const;
  return pairs
    .filter(([one, other]) => (config[one] === undefined) !== (config[other] === undefined))
    .map(([one, other]) => `${one} and ${other} need one another`);
}

/** A worse level cannot begin before a better one. */
function breakerContradictions(config: AppConfig): string[] {
  const ladders: (keyof AppConfig)[][] = [
    [
      'CIRCUIT_BREAKER_WARNING_THRESHOLD',
      'CIRCUIT_BREAKER_THROTTLED_THRESHOLD',
      'CIRCUIT_BREAKER_BLOCKED_THRESHOLD',
    ],
    [
      'CIRCUIT_BREAKER_LATENCY_WARNING',
      'CIRCUIT_BREAKER_LATENCY_THROTTLED',
      'CIRCUIT_BREAKER_LATENCY_BLOCKED',
    ],
    ['CIRCUIT_BREAKER_STALE_WARNING', 'CIRCUIT_BREAKER_STALE_THROTTLED', 'CIRCUIT_BREAKER_STALE_BLOCKED'],
  ];
  return ladders
    .filter((names) => names.some((name, i) => i > 0 && config[names[i - 1]!]! > config[name]!))
    .map((names) => `${names.join(', ')} must ascend`);
}

/** Whether anything of OpenTelemetry is to be loaded. */
export function isTracing(config: Pick<AppConfig, 'TRACING' | 'OTEL_EXPORTER_OTLP_ENDPOINT'>): boolean {
  return config.TRACING === 'on' || config.OTEL_EXPORTER_OTLP_ENDPOINT !== undefined;
}

export function isLoopback(host: string): boolean {
  return host === 'localhost' || host === '::1' || /^127(\.\d{1,3}){3}$/.test(host);
}
