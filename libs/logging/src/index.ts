export { createLogger, PinoLogger } from './pino-logger';
export { Terminal, type Progress } from './terminal';
