export * from '../core/rest-error';
