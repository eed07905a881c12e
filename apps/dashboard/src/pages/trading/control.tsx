/** Start, stop, flatten, halt: each asks, and says what will happen to what is held. */
import { useCallback } from 'preact/hooks';
import type { TradingStatus } from '../../api/types';
import { change } from '../../store/session';
import { refreshTrading } from '../../store/trading';
import { Action } from '../../ui/action';
import { Badge } from '../../ui/badge';
import { Fact, Facts, Panel } from '../../ui/panel';
import { Time } from '../../ui/time';

/** To be typed before real money is traded. */
const LIVE_WORD = 'LIVE';

export function Control({ status }: { status: TradingStatus }) {
  const { state, since, mode, account, halt, obstacle, positions } = status;
  const isLive = mode === 'live';
  const start = useCallback(() => ask('start', 'Trading starts.'), []);
  const stop = useCallback(() => ask('stop', 'Trading stops.'), []);
  const flatten = useCallback(
    () => ask('stop?flatten=true', 'Trading stops, positions are being closed.'),
    [],
  );
  const halted = useCallback(() => ask('halt', 'Trading is halted.'), []);
  const isOff = state === 'off';
  const held = positions.length === 1 ? 'the open position' : `${positions.length} open positions`;
  return (
    <Panel
      title="Control"
      actions={
        <>
          <Action
            run={start}
            danger={isLive}
            disabled={state === 'on' || state === 'reconciling' || state === 'stopping'}
            ask={{
              title: isLive ? 'Trade with REAL MONEY?' : 'Start trading on paper?',
              text: isLive
                ? 'Orders go to the exchange and cost real money. Positions are opened once journal and account agree.'
                : 'Nothing real is bought or sold. Positions are opened once journal and account agree.',
              action: 'Start trading',
              ...(isLive ? { typed: LIVE_WORD, isDangerous: true } : {}),
            }}
          >
            Start …
          </Action>
          <Action
            run={stop}
            disabled={isOff}
            ask={{
              title: 'Stop trading?',
              text: `Nothing is opened any more. What is held stays as it is, ${held} with stops that rest on the exchange, and nobody watches it.`,
              action: 'Stop',
            }}
          >
            Stop …
          </Action>
          <Action
            run={flatten}
            danger
            disabled={isOff}
            ask={{
              title: 'Stop and close everything?',
              text: `Nothing is opened any more, and ${held} are closed at the market, at whatever price it gives.`,
              action: 'Stop and flatten',
              isDangerous: true,
            }}
          >
            Stop and flatten …
          </Action>
          <Action
            run={halted}
            danger
            disabled={state === 'halted'}
            ask={{
              title: 'Halt trading?',
              text: 'Nothing is opened any more, at once. What is held stays and stays protected. Only a start ends it.',
              action: 'Halt',
              isDangerous: true,
            }}
          >
            Halt …
          </Action>
        </>
      }
    >
      <Facts>
        <Fact name="Mode">{isLive ? <Badge tone="bad">LIVE – real money</Badge> : <Badge>paper</Badge>}</Fact>
        <Fact name="State">{state}</Fact>
        <Fact name="Since">
          <Time at={since} />
        </Fact>
        <Fact name="Account">{account ?? 'not held'}</Fact>
      </Facts>
      {halt !== undefined && (
        <p class="failure">
          Halted ({halt.reason}): {halt.detail}
        </p>
      )}
      {obstacle !== undefined && <p class="failure">It does not get on: {obstacle}</p>}
    </Panel>
  );
}

async function ask(what: string, told: string): Promise<string> {
  await change(`/v1/trading/${what}`);
  await refreshTrading();
  return told;
}
