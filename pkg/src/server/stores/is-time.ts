/** True for a time of a store that `Date` can represent: an integer in units of `milliseconds`. */
export const isTime = (value: unknown, milliseconds: number): boolean =>
  Number.isSafeInteger(value) && !Number.isNaN(new Date(Number(value) * milliseconds).valueOf());
