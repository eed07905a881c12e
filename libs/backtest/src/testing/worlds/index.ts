export { type Ending, TIME_BARRIER } from './course';
export { type Knowledge, oracle } from './oracle';
export type { Fate } from './planted-walk';
export {
  nullWorld,
  type PlantedOptions,
  plantedWorld,
  type World,
  WORLD_START,
  type WorldOptions,
} from './world';
export * from './figures';
export * from './scenarios';
export { type Judged, judgeBy, learn, type Trial } from './trial';
