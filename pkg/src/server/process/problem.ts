/** The error for a process that cannot start. Its message is one sentence for the operator, without secrets. */
export class Problem extends Error {
  override readonly name = 'Problem';
}
