/** What order requests say before they reach the account: batches, and what system protection spares (-1008). */
import { paramsOf } from '../core/account';
import type { QueryOf } from '../limits/weights';

export function reducesRisk(method: string, params: QueryOf): boolean {
  if (method === 'DELETE') return true;
  if (method !== 'POST') return false;
  const orders = ordersOf(params);
  return orders.length > 0 && orders.every(isReducing);
}

function isReducing(order: QueryOf): boolean {
  const [side, positionSide] = [order('side'), order('positionSide')];
  return (
    order('reduceOnly') === 'true' ||
    order('closePosition') === 'true' ||
    (positionSide === 'LONG' && side === 'SELL') ||
    (positionSide === 'SHORT' && side === 'BUY')
  );
}

function ordersOf(params: QueryOf): QueryOf[] {
  const batch = params('batchOrders');
  return batch === undefined ? [params] : (parseBatch(batch) ?? []).map(paramsOf);
}

/** The elements of a batch list; undefined when it is none. */
export function parseBatch(text: string): Record<string, unknown>[] | undefined {
  try {
    const list: unknown = JSON.parse(text);
    return Array.isArray(list) && list.every(isObject) ? list : undefined;
  } catch {
    return undefined;
  }
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
