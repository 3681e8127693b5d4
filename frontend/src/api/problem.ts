/** RFC 9457 problem as the gateway sends it; `field`, `row` and `limit` say where it lies. */
export interface Problem {
  type: string;
  title: string;
  status: number;
  detail: string;
  field?: string | null;
  row?: number | null;
  limit?: number | null;
  choices?: string[] | null;
  request_id?: string | null;
}

export class ApiError extends Error {
  override readonly name = 'ApiError';
  readonly problem: Problem;

  constructor(problem: Problem) {
    super(problem.detail);
    this.problem = problem;
  }
}

const UNREACHABLE = 'urn:bellwether:problem:gateway-unreachable';

/**
 * A problem from whatever came back. A proxy whose upstream is down answers 502 in plain text,
 * which carries nothing a reader can act on; it is replaced by a sentence that does.
 *
 * @param status HTTP status of the answer.
 * @param body Parsed body: a problem, other JSON, text or nothing.
 * @param fallback Detail to use where the body holds none.
 */
export function toProblem(status: number, body: unknown, fallback?: string): Problem {
  if (typeof body === 'object' && body !== null && 'detail' in body) {
    const given = body as Partial<Problem>;
    if (typeof given.detail === 'string') {
      return {
        ...given,
        type: given.type ?? 'about:blank',
        title: given.title ?? 'The request was refused',
        status: given.status ?? status,
        detail: given.detail,
      };
    }
  }
  if (status >= 502 && status <= 504) {
    return {
      type: UNREACHABLE,
      title: 'The gateway is not answering',
      status,
      detail: fallback ?? 'The page reached its own server, but the gateway behind it is down.',
    };
  }
  return {
    type: 'about:blank',
    title: 'Unexpected answer',
    status,
    detail: fallback ?? `The gateway answered with status ${status} and no explanation.`,
  };
}

/** Problem of anything thrown by a query or mutation. */
export function problemOf(error: unknown): Problem {
  if (error instanceof ApiError) return error.problem;
  const detail = error instanceof Error ? error.message : String(error);
  return { type: 'about:blank', title: 'Something went wrong in the page', status: 0, detail };
}

/** Whether asking again may help: the gateway was away, overloaded or not ready yet. */
export function isTransient(problem: Problem): boolean {
  return problem.status === 429 || (problem.status >= 500 && problem.status <= 504);
}
