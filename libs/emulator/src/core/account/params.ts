/** A call's parameters by name, as text; undefined when it was not sent. */
export type Params = (name: string) => string | undefined;

/** Parameters from an element of a batch list: numbers and booleans become their text. */
export function paramsOf(values: Readonly<Record<string, unknown>>): Params {
  return (name) => {
    const value = values[name];
    if (value === undefined || value === null) return undefined;
    return typeof value === 'object' ? JSON.stringify(value) : String(value as string | number | boolean);
  };
}
