export type * from './cluster';
export type * from './data';
export type * from './events';
export type * from './market';
export type * from './trading';
