/**
 * Formats a time for the reader, in the time zone of the browser: `09:30:00`, with the day if it is not today.
 * @param milliseconds - Unix time
 */
export function formatTime(milliseconds: number): string {
  const date = new Date(milliseconds);
  if (Number.isNaN(date.getTime())) return `${milliseconds}`;
  const isToday = date.toDateString() === new Date().toDateString();
  // Swedish has the order of ISO 8601.
  return isToday ? date.toLocaleTimeString('sv-SE') : date.toLocaleString('sv-SE');
}
