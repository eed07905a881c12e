/** Contracts on stocks and the like are traded only once an agreement is signed. */
import type { Params } from '../../core/account';
import { RestError } from '../../rest/rest-error';
import type { AccountCall } from '../account-call';

/** @throws RestError -4411 */
export function checkAgreement({ account, exchange }: AccountCall, params: Params): void {
  if (account.hasSignedAgreement) return;
  const symbol = exchange.market.find(params('symbol') ?? '');
  if (symbol?.contractType !== 'TRADIFI_PERPETUAL') return;
  throw new RestError(400, -4411, 'Please sign TradFi-Perps agreement contract fapi.');
}

export function signAgreement({ account }: AccountCall): string {
  account.hasSignedAgreement = true;
  return 'SUCCESS';
}
