/** Several who hear of decisions and trades, each in its turn. */
import type { PortfolioListener } from './portfolio';

export function listeners(each: readonly (PortfolioListener | undefined)[]): PortfolioListener {
  const all = each.filter((one) => one !== undefined);
  if (all.length === 1) return all[0]!;
  return {
    decided: (signal, decision) => {
      for (const one of all) one.decided(signal, decision);
    },
    retracted: (signalId, reason) => {
      for (const one of all) one.retracted(signalId, reason);
    },
    traded: (trade) => {
      for (const one of all) one.traded(trade);
    },
  };
}
