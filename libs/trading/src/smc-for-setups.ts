/** The SMC engine of whoever trades by candles: it feeds the set-ups of one symbol and nobody else. */
import { intervalMs } from '@slt/domain';
import { DEFAULT_SMC_OPTIONS, SmcEngine } from '@slt/smc';
import type { SetupEngine } from './core/setups';

/** Tells what these set-ups, and exits, wait for, and no other events. */
export function smcForSetups(setups: SetupEngine): SmcEngine {
  const options = { ...DEFAULT_SMC_OPTIONS, intervalMs: intervalMs(setups.interval) };
  return new SmcEngine(options, setups.interests(options.atrLength));
}
