/** Listen keys (reference A2, A6): the API key alone will do, nothing is signed. */
import type { Exchange } from '../../exchange';
import { RestError } from '../../rest/rest-error';
import type { AccountCall, AccountRoute } from '../account-call';
import type { AccountStreams } from '../account-streams';
import type { ListenKeys } from '../listen-keys';

const PATH = '/fapi/v1/listenKey';

export interface ListenKeyParts {
  readonly exchange: Exchange;
  readonly listenKeys: ListenKeys;
  readonly streams: AccountStreams;
}

export function listenKeyRoutes({ exchange, listenKeys, streams }: ListenKeyParts): readonly AccountRoute[] {
  const open = ({ account }: AccountCall): unknown => ({ listenKey: listenKeys.open(account.name) });
  const renew = ({ account, params }: AccountCall): unknown => {
    const event = { target: 'rest', path: PATH, method: 'PUT', params } as const;
    const death = exchange.faults.hit('dead-listen-key', event);
    if (death !== undefined) streams.killKey(account.name, death.rule.connections ?? 'silent');
    const listenKey = listenKeys.renew(account.name);
    if (listenKey === undefined) throw new RestError(400, -1125, 'This listenKey does not exist.');
    return { listenKey };
  };
  const end = ({ account }: AccountCall): unknown => {
    streams.killKey(account.name, 'closed');
    return {};
  };
  return [
    { method: 'POST', path: PATH, isKeyOnly: true, handle: open },
    { method: 'PUT', path: PATH, isKeyOnly: true, handle: renew },
    { method: 'DELETE', path: PATH, isKeyOnly: true, handle: end },
  ];
}
