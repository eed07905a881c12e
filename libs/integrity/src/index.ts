export * from './core/finding';
export * from './core/render-report';
export * from './integrity-checker';
