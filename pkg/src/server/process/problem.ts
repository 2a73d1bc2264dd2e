/** Why a process cannot start, in a sentence for its operator: without a secret. */
export class Problem extends Error {
  override readonly name = 'Problem';
}
