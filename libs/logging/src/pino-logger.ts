/** Nest's logger over pino: a line a person can read in a terminal, JSON everywhere else. */
import type { LoggerService } from '@nestjs/common';
import { type DestinationStream, type Logger, pino } from 'pino';
import type { AppConfig } from '@slt/config';
import { createCensor, REDACTED_PATHS } from './secrets';

export class PinoLogger implements LoggerService {
  constructor(private readonly pino: Logger) {}

  log(message: unknown, ...rest: unknown[]): void {
    this.write(isFrameworkTalk(rest.at(-1)) ? 'debug' : 'info', message, rest);
  }

  error(message: unknown, ...rest: unknown[]): void {
    this.write('error', message, rest);
  }

  warn(message: unknown, ...rest: unknown[]): void {
    this.write('warn', message, rest);
  }

  debug(message: unknown, ...rest: unknown[]): void {
    this.write('debug', message, rest);
  }

  verbose(message: unknown, ...rest: unknown[]): void {
    this.write('trace', message, rest);
  }

  fatal(message: unknown, ...rest: unknown[]): void {
    this.write('fatal', message, rest);
  }

  flush(): void {
    this.pino.flush();
  }

  /** Nest appends the context last, and for errors a stack before it. */
  private write(
    level: 'info' | 'error' | 'warn' | 'debug' | 'trace' | 'fatal',
    message: unknown,
    rest: unknown[],
  ): void {
    const context = typeof rest.at(-1) === 'string' ? (rest.pop() as string) : undefined;
    const error = [message, ...rest].find((part) => part instanceof Error);
    const stack = rest.find((part): part is string => typeof part === 'string' && part.includes('\n    at '));
    const fields = {
      ...(context === undefined ? {} : { context }),
      ...(error === undefined ? {} : { err: error }),
      ...(stack === undefined ? {} : { stack }),
    };
    if (isFields(message)) this.pino[level]({ ...fields, ...message });
    else this.pino[level](fields, message instanceof Error ? message.message : String(message));
  }
}

/** What Nest says of every route and module while it starts. */
const FRAMEWORK_CONTEXTS: ReadonlySet<unknown> = new Set([
  'NestFactory',
  'InstanceLoader',
  'RoutesResolver',
  'RouterExplorer',
  'NestApplication',
]);

function isFrameworkTalk(context: unknown): boolean {
  return FRAMEWORK_CONTEXTS.has(context);
}

function isFields(message: unknown): message is Record<string, unknown> {
  return typeof message === 'object' && message !== null && !(message instanceof Error);
}

/** @param destination where the lines go; see terminal.ts */
export function createLogger(config: AppConfig, destination: DestinationStream): PinoLogger {
  const censor = createCensor(config);
  return new PinoLogger(
    pino(
      {
        level: config.LOG_LEVEL,
        base: null,
        timestamp: pino.stdTimeFunctions.isoTime,
        formatters: { level: (label) => ({ level: label }) },
        redact: { paths: REDACTED_PATHS, censor: '[redacted]' },
        hooks: { streamWrite: censor },
      },
      destination,
    ),
  );
}
