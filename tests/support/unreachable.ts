/** What npm, cargo and Deno print where they reach no registry, or one without the package. A test is skipped for this alone. */
export const UNREACHABLE =
  /ENOTFOUND|EAI_AGAIN|ECONNREFUSED|ETIMEDOUT|spurious network error|failed to (?:download|query|lookup|get successful)|error sending request|Error getting response|npm package .* does not exist|[Cc]ould(?:n't| not) resolve host/;
