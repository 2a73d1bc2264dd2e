/** Whether a value of a store is an integer of so many milliseconds each that `Date` can represent. */
export const isTime = (value: unknown, milliseconds: number): boolean =>
  Number.isSafeInteger(value) && !Number.isNaN(new Date(Number(value) * milliseconds).valueOf());
