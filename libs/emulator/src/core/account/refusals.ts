/** Refusals of the account side with Binance's codes and texts (reference A7). */
import { RestError } from '../rest-error';

const refuse = (code: number, message: string): RestError => new RestError(400, code, message);

export const emptyParameter = (name: string): RestError => refuse(-1105, `Parameter '${name}' was empty.`);
export const notRequired = (name: string): RestError =>
  refuse(-1106, `Parameter '${name}' sent when not required.`);
export const tooPrecise = (): RestError =>
  refuse(-1111, 'Precision is over the maximum defined for this asset.');
export const invalidTimeInForce = (): RestError => refuse(-1115, 'Invalid timeInForce.');
export const invalidOrderType = (): RestError => refuse(-1116, 'Invalid orderType.');
export const invalidSide = (): RestError => refuse(-1117, 'Invalid side.');
export const badCombination = (): RestError => refuse(-1128, 'Combination of optional parameters invalid.');
export const noOrderId = (client = 'origClientOrderId', id = 'orderId'): RestError =>
  refuse(-1102, `Param '${client}' or '${id}' must be sent, but both were empty/null!`);

export const invalidCallbackRate = (): RestError => refuse(-2007, 'Invalid callBack rate.');
export const unknownOrder = (): RestError => refuse(-2011, 'Unknown order sent.');
export const noSuchOrder = (): RestError => refuse(-2013, 'Order does not exist.');
export const balanceInsufficient = (): RestError => refuse(-2018, 'Balance is insufficient.');
export const marginInsufficient = (): RestError => refuse(-2019, 'Margin is insufficient.');
export const wouldTrigger = (): RestError => refuse(-2021, 'Order would immediately trigger.');
export const reduceOnlyRejected = (): RestError => refuse(-2022, 'ReduceOnly Order is rejected.');
export const tooManyOpenOrders = (): RestError => refuse(-2025, 'Reach max open order limit.');
export const positionTooLarge = (): RestError =>
  refuse(-2027, 'Exceeded the maximum allowable position at current leverage.');
export const leverageTooSmall = (): RestError =>
  refuse(-2028, 'Leverage is smaller than permitted: insufficient margin balance.');

export const priceNegative = (): RestError => refuse(-4001, 'Price less than 0.');
export const priceAboveMax = (): RestError => refuse(-4002, 'Price greater than max price.');
export const quantityNotPositive = (): RestError => refuse(-4003, 'Quantity less than zero.');
export const quantityBelowMin = (): RestError => refuse(-4004, 'Quantity less than min quantity.');
export const quantityAboveMax = (): RestError => refuse(-4005, 'Quantity greater than max quantity.');
export const stopPriceNotPositive = (): RestError => refuse(-4006, 'Stop price less than zero.');
export const stopPriceAboveMax = (): RestError => refuse(-4007, 'Stop price greater than max price.');
export const priceBelowMin = (): RestError => refuse(-4013, 'Price less than min price.');
export const priceOffTick = (): RestError => refuse(-4014, 'Price not increased by tick size.');
export const clientIdTooLong = (): RestError =>
  refuse(-4015, 'Client order id length should be less than 36 chars');
export const priceTooHigh = (cap: string): RestError =>
  refuse(-4016, `Limit price can't be higher than ${cap}.`);
export const quantityOffStep = (): RestError => refuse(-4023, 'Qty not increased by step size.');
export const priceTooLow = (floor: string): RestError =>
  refuse(-4024, `Limit price can't be lower than ${floor}.`);
export const invalidLeverage = (leverage: string): RestError =>
  refuse(-4028, `Leverage ${leverage} is not valid`);
export const invalidWorkingType = (): RestError => refuse(-4031, 'Invalid working type.');
export const tooManyToCancel = (): RestError => refuse(-4032, 'Exceed max cancel order size.');
export const tooManyAlgoOrders = (): RestError => refuse(-4045, 'Reach max stop order limit.');
export const sameMarginType = (): RestError => refuse(-4046, 'No need to change margin type.');
export const marginTypeHasOrders = (): RestError =>
  refuse(-4047, 'Margin type cannot be changed if there exists open orders.');
export const marginTypeHasPosition = (): RestError =>
  refuse(-4048, 'Margin type cannot be changed if there exists position.');
export const notIsolated = (): RestError => refuse(-4049, 'Add margin only support for isolated position.');
export const crossInsufficient = (): RestError => refuse(-4050, 'Cross balance insufficient.');
export const isolatedInsufficient = (): RestError => refuse(-4051, 'Isolated balance insufficient.');
export const noPositionForMargin = (): RestError =>
  refuse(-4054, 'Cannot add position margin: position is 0.');
export const amountNotPositive = (): RestError => refuse(-4055, 'Amount must be positive.');
export const samePositionMode = (): RestError => refuse(-4059, 'No need to change position side.');
export const invalidPositionSide = (): RestError => refuse(-4060, 'Invalid position side.');
export const wrongPositionSide = (): RestError =>
  refuse(-4061, "Order's position side does not match user's setting.");
export const positionModeHasOrders = (): RestError =>
  refuse(-4067, 'Position side cannot be changed if there exists open orders.');
export const positionModeHasPosition = (): RestError =>
  refuse(-4068, 'Position side cannot be changed if there exists position.');
export const wrongBatchSize = (): RestError => refuse(-4082, 'Invalid number of batch place orders.');
export const duplicateClientId = (): RestError => refuse(-4116, 'ClientOrderId is duplicated.');
export const isTriggering = (): RestError => refuse(-4117, 'Stop order is in triggering process.');
export const conditionalNotHere = (): RestError =>
  refuse(
    -4120,
    'Order type not supported for this endpoint. Please use the Algo Order API endpoints instead.',
  );
export const closePositionExists = (): RestError =>
  refuse(-4130, 'An open stop or take profit order with GTE and closePosition in the direction is existing.');
export const counterpartyTooFar = (): RestError =>
  refuse(-4131, "The counterparty's best price does not meet the PERCENT_PRICE filter limit.");
export const invalidActivatePrice = (): RestError => refuse(-4135, 'Invalid activation price.');
export const quantityWithClose = (): RestError =>
  refuse(-4137, 'Quantity must be zero with closePosition equals true.');
export const reduceOnlyWithClose = (): RestError =>
  refuse(-4138, 'Reduce only must be true with closePosition equals true.');
export const notYetTrading = (): RestError => refuse(-4140, 'Invalid symbol status for opening position.');
export const symbolClosed = (): RestError => refuse(-4141, 'Symbol is closed.');
export const leverageReductionIsolated = (): RestError =>
  refuse(-4161, 'Leverage reduction is not supported in Isolated Margin Mode with open positions.');
export const notionalTooSmall = (min: string): RestError =>
  refuse(-4164, `Order's notional must be no smaller than ${min} (unless you choose reduce only).`);
export const intervalTooLong = (days: number): RestError =>
  refuse(-4165, `Invalid time interval: Maximum time interval is ${days} days`);
export const multiAssetsWithIsolated = (): RestError =>
  refuse(
    -4167,
    'Unable to adjust to Multi-Assets mode with symbols of USDⓈ-M Futures under isolated-margin mode.',
  );
export const isolatedWithMultiAssets = (): RestError =>
  refuse(-4168, 'Unable to adjust to isolated-margin mode under the Multi-Assets mode.');
export const multiAssetsHasOrders = (): RestError =>
  refuse(-4170, 'Unable to adjust Multi-Assets Mode with open orders in USDⓈ-M Futures.');
export const sameMultiAssets = (): RestError =>
  refuse(-4171, 'Adjusted asset mode is currently set and does not need to be adjusted repeatedly.');
export const priceAboveStopCap = (cap: string): RestError =>
  refuse(-4183, `Limit price can't be higher than ${cap}.`);
export const priceBelowStopFloor = (floor: string): RestError =>
  refuse(-4184, `Limit price can't be lower than ${floor}.`);
export const gteNeedsPosition = (): RestError =>
  refuse(-4509, 'Time in Force (TIF) GTE can only be used with open positions.');

export const fokRejected = (): RestError =>
  refuse(
    -5021,
    'Due to the order could not be filled immediately, the FOK order has been rejected. ' +
      'The order will not be recorded in the order history.',
  );
export const postOnlyRejected = (): RestError =>
  refuse(
    -5022,
    'Due to the order could not be executed as maker, the Post Only order will be rejected. ' +
      'The order will not be recorded in the order history.',
  );
export const onlyLimitOrders = (): RestError => refuse(-5025, 'Only limit order is supported.');
export const tooManyAmendments = (): RestError => refuse(-5026, 'Exceed maximum modify order limit.');
export const nothingToAmend = (): RestError => refuse(-5027, 'No need to modify the order.');
export const goodTillDateOutOfRange = (): RestError =>
  refuse(
    -5040,
    'The goodTillDate timestamp must be greater than the current time plus 600 seconds and smaller than 253402300799000.',
  );
