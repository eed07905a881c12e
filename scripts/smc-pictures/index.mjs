/**
 * The pictures of docs/smc.md. The engine is an argument, so that the build and the tests draw with the code they have.
 * A picture shows what the engine said and nothing else; it throws if the engine did not say what the text beside it claims.
 */
import { drawEqualLevels, drawLiquidity } from './levels.mjs';
import { drawDealingRange } from './range.mjs';
import { drawBreaks, drawPivots } from './structure.mjs';
import { drawPeriods, drawSessions } from './times.mjs';
import { drawFairValueGap, drawOrderBlock } from './zones.mjs';

const PICTURES = {
  'smc-pivots.svg': drawPivots,
  'smc-breaks.svg': drawBreaks,
  'smc-order-block.svg': drawOrderBlock,
  'smc-fair-value-gap.svg': drawFairValueGap,
  'smc-equal-levels.svg': drawEqualLevels,
  'smc-liquidity.svg': drawLiquidity,
  'smc-dealing-range.svg': drawDealingRange,
  'smc-periods.svg': drawPeriods,
  'smc-sessions.svg': drawSessions,
};

/** @returns `{ name, svg }` of each, the same bytes every time. @throws when a claimed event is missing */
export function drawAll(SmcEngine) {
  return Object.entries(PICTURES).map(([name, draw]) => ({ name, svg: draw(SmcEngine) }));
}
