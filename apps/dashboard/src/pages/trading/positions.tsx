import type { Position } from '../../api/types';
import { inR, money, price } from '../../format';
import { href } from '../../router';
import { Badge, Direction } from '../../ui/badge';
import { Empty } from '../../ui/states';
import { Ago } from '../../ui/time';

export function Positions({ positions }: { positions: readonly Position[] }) {
  if (positions.length === 0) return <Empty>Nothing is held.</Empty>;
  return (
    <div class="scroll" tabIndex={0} role="region" aria-label="Open positions">
      <table>
        <thead>
          <tr>
            <th>Symbol</th>
            <th>Direction</th>
            <th>Set-up</th>
            <th class="num">Quantity</th>
            <th class="num">Entry</th>
            <th class="num">Price</th>
            <th class="num">Stop</th>
            <th class="num">Target</th>
            <th class="num">Unrealised</th>
            <th class="num">R</th>
            <th>Stop rests</th>
            <th>Opened</th>
          </tr>
        </thead>
        <tbody>
          {positions.map((held) => (
            <tr key={held.id}>
              <td>
                <a href={href('chart', held.symbol)}>{held.symbol}</a>
              </td>
              <td>
                <Direction of={held.direction} />
              </td>
              <td>{held.setup}</td>
              <td class="num">{held.quantity}</td>
              <td class="num">{price(held.entryPrice)}</td>
              <td class="num">{price(held.price)}</td>
              <td class="num">{price(held.stop)}</td>
              <td class="num">{price(held.target)}</td>
              <td class={`num ${held.unrealizedPnl < 0 ? 'down' : 'up'}`}>{money(held.unrealizedPnl, '')}</td>
              <td class="num">{inR(held.unrealizedR)}</td>
              <td>{held.isProtected ? <Badge tone="good">yes</Badge> : <Badge tone="bad">no stop</Badge>}</td>
              <td>
                <Ago at={held.openedAt} />
              </td>
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  );
}
