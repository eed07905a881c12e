/** Kept equal to package.json by version.spec.ts. */
export const VERSION = '0.1.0';
