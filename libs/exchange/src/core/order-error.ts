/**
 * Binance's codes for what concerns orders and the account, in our words. All of them are answers of an exchange that
 * has understood and done nothing. What stands in no table here is ORDER.REJECTED for a change, EXCHANGE.BAD_REQUEST
 * for a question.
 */
import { type ErrorKind, isAppError } from '@slt/domain';

interface Meaning {
  readonly kind: ErrorKind;
  readonly code: string;
}

const REJECTIONS: Readonly<Record<string, readonly number[]>> = {
  'ORDER.BALANCE_INSUFFICIENT': [-2018],
  'ORDER.MARGIN_INSUFFICIENT': [-2019],
  'ORDER.WOULD_TRIGGER': [-2021],
  'ORDER.REDUCE_ONLY': [-2022, -4118],
  'ORDER.IN_LIQUIDATION': [-2023],
  'ORDER.POSITION_INSUFFICIENT': [-2024],
  'ORDER.TOO_MANY_OPEN': [-2025, -4045],
  'ORDER.POSITION_TOO_LARGE': [-2027],
  'ORDER.LEVERAGE_TOO_SMALL': [-2028],
  'ORDER.BAD_QUANTITY': [-4003, -4004, -4005, -4023],
  'ORDER.BAD_PRICE': [-4013, -4014],
  'ORDER.BAD_PRECISION': [-1111],
  'ORDER.BAD_CLIENT_ID': [-4015],
  'ORDER.PRICE_OUT_OF_RANGE': [-4016, -4024, -4131, -4183, -4184, -4210, -4211],
  'ORDER.BELOW_MIN_NOTIONAL': [-4164],
  'ORDER.DUPLICATE': [-4116],
  'ORDER.TRIGGERING': [-4117],
  'ORDER.WRONG_SERVICE': [-4120],
  'ORDER.PROTECTION_EXISTS': [-4130],
  'ORDER.SYMBOL_CLOSED': [-4140, -4141],
  'ORDER.ONLY_REDUCE_ALLOWED': [-4400],
  'ORDER.AGREEMENT_MISSING': [-4411],
  'ORDER.NO_POSITION': [-4509],
  'ORDER.NOT_FILLABLE': [-2020, -5021],
  'ORDER.WOULD_TAKE': [-5022],
  'ACCOUNT.UNCHANGED': [-4046, -4059, -4171],
  'ACCOUNT.IN_USE': [-4047, -4048, -4067, -4068, -4161, -4168],
  'ACCOUNT.BAD_LEVERAGE': [-4028],
  'ACCOUNT.WRONG_POSITION_MODE': [-4061],
};

/** What was asked about is not there. */
const ABSENCES: Readonly<Record<string, readonly number[]>> = {
  'ORDER.UNKNOWN': [-2011],
  'ORDER.NOT_FOUND': [-2013],
  'EXCHANGE.LISTEN_KEY_GONE': [-1125],
};

const MEANINGS: ReadonlyMap<number, Meaning> = new Map([
  ...meanings('rejected', REJECTIONS),
  ...meanings('not-found', ABSENCES),
]);

/** @param code the exchange's; undefined result: the code says nothing about orders */
export function orderMeaning(code: number): Meaning | undefined {
  return MEANINGS.get(code);
}

/** Whether a call failed because neither order service knows the order, or not as an open one. */
export function isOrderAbsent(error: unknown): boolean {
  return isAppError(error, 'ORDER.UNKNOWN') || isAppError(error, 'ORDER.NOT_FOUND');
}

function meanings(kind: ErrorKind, table: Readonly<Record<string, readonly number[]>>): [number, Meaning][] {
  return Object.entries(table).flatMap(([code, numbers]) =>
    numbers.map((number): [number, Meaning] => [number, { kind, code }]),
  );
}
