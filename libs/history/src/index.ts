export * from './history.types';
export * from './quarantine';
