import type { BreakerLevel, TradingState } from '../api/types';
import { instant, zoneName } from '../format';
import { wallNow } from '../store/clock';
import { type Theme, theme, zone } from '../store/preferences';
import { notify } from '../store/notices';
import { askToSignIn, session, signOut } from '../store/session';
import { trading } from '../store/trading';
import { messageOf } from '../api/problem';
import { Badge, type Tone } from '../ui/badge';
import { ConnectionState } from './connection';
import { openHelp } from './help';

/** What must be seen at any time: whether this is real money, what trading does, and whether the page is up to date. */
export function Header() {
  return (
    <header class="head">
      <a class="brand" href="#/">
        SelfLearningTrader
      </a>
      <div class="head-state" role="group" aria-label="State">
        <Mode />
        <Trading />
        <ConnectionState />
      </div>
      <div class="head-tools">
        <Clock />
        <ThemeSwitch />
        <button type="button" class="quiet" aria-label="Keyboard and help" onClick={openHelp}>
          ?
        </button>
        <Account />
      </div>
    </header>
  );
}

function Mode() {
  const mode = trading.value?.mode;
  if (mode === undefined) return null;
  return mode === 'live' ? (
    <strong class="mode live" data-mode="live">
      <span aria-hidden="true">●</span> LIVE – real money
    </strong>
  ) : (
    <strong class="mode paper" data-mode="paper">
      Paper
    </strong>
  );
}

const STATE_TONES: Readonly<Record<TradingState, Tone>> = {
  off: 'plain',
  reconciling: 'info',
  on: 'good',
  stopping: 'warn',
  halted: 'bad',
};

const BREAKER_TONES: Readonly<Record<BreakerLevel, Tone>> = {
  normal: 'plain',
  warning: 'warn',
  throttled: 'warn',
  blocked: 'bad',
};

function Trading() {
  const status = trading.value;
  if (status === undefined) return null;
  const { state, halt, obstacle, breaker } = status;
  const why = halt === undefined ? obstacle : `${halt.reason}: ${halt.detail}`;
  const reasons = breaker.reasons.map(
    ({ code, value, threshold }) => `${code} ${value} (limit ${threshold})`,
  );
  return (
    <>
      <Badge tone={STATE_TONES[state]} {...(why === undefined ? {} : { title: why })}>
        Trading {state}
      </Badge>
      <Badge tone={BREAKER_TONES[breaker.level]} title={reasons.join('; ') || 'nothing is wrong'}>
        Breaker {breaker.level}
      </Badge>
    </>
  );
}

function Clock() {
  const now = wallNow.value;
  const other = zone.value === 'utc' ? 'local' : 'utc';
  const text = `${instant(now, zone.value, 'time')} ${zoneName(zone.value, now)}`;
  return (
    <button
      type="button"
      class="quiet num clock"
      title={`${instant(now, other)} ${zoneName(other, now)}`}
      onClick={() => {
        zone.value = other;
      }}
    >
      {text}
      <span class="visually-hidden">Show times in {other === 'utc' ? 'UTC' : 'your own zone'}</span>
    </button>
  );
}

const NEXT_THEME: Readonly<Record<Theme, Theme>> = { system: 'dark', dark: 'light', light: 'system' };
const THEME_SIGNS: Readonly<Record<Theme, string>> = { system: '◐', dark: '☾', light: '☀' };

function ThemeSwitch() {
  return (
    <button
      type="button"
      class="quiet"
      aria-label={`Colours: ${theme.value}; change to ${NEXT_THEME[theme.value]}`}
      title={`Colours: ${theme.value}`}
      onClick={() => {
        theme.value = NEXT_THEME[theme.value];
      }}
    >
      <span aria-hidden="true">{THEME_SIGNS[theme.value]}</span>
    </button>
  );
}

function Account() {
  const known = session.value;
  if (known?.required !== true) return null;
  if (!known.signedIn) {
    return (
      <button type="button" onClick={() => void askToSignIn()}>
        Sign in
      </button>
    );
  }
  const leave = (): void => {
    signOut().then(
      () => notify('Signed out.'),
      (error: unknown) => notify(messageOf(error), 'error'),
    );
  };
  return (
    <button type="button" class="quiet" onClick={leave}>
      Sign out
    </button>
  );
}
