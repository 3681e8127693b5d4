import { expect, test } from 'vitest';
import {
  ApiError,
  describeWaiting,
  isTransient,
  problemOf,
  RESTART_FAILURES,
  toProblem,
} from './problem';

test('a problem is kept with its place', () => {
  const body = { type: 'urn:x', title: 'Unreadable', status: 422, detail: 'Row 3.', row: 3 };
  expect(toProblem(422, body)).toEqual(body);
});

test('a proxy’s plain text becomes a sentence that can be acted on', () => {
  const problem = toProblem(502, 'Bad Gateway');
  expect(problem.type).toBe('urn:bellwether:problem:gateway-unreachable');
  expect(problem.title).toBe('The gateway is not answering');
});

test('an answer without explanation says its status', () => {
  expect(toProblem(418, {}).detail).toContain('418');
});

test('only outages are asked again', () => {
  expect([429, 500, 502, 503, 504].every((status) => isTransient(toProblem(status, null)))).toBe(
    true,
  );
  expect([400, 404, 422].some((status) => isTransient(toProblem(status, null)))).toBe(false);
});

test('whatever is thrown has a problem', () => {
  expect(problemOf(new ApiError(toProblem(404, { detail: 'No.' }))).detail).toBe('No.');
  expect(problemOf(new TypeError('x is not a function')).detail).toBe('x is not a function');
});

test('while a service may be restarting, that is said and nothing else', () => {
  const away = new ApiError(toProblem(502, 'Bad Gateway'));
  const model = new ApiError(
    toProblem(503, { type: 'urn:bellwether:problem:model-service-unavailable', detail: 'No.' }),
  );
  const refused = new ApiError(toProblem(404, { detail: 'No.' }));
  const say = (failureReason: unknown, isFetching = true, failureCount = 1) =>
    describeWaiting({ isFetching, failureReason, failureCount });
  expect(say(away)).toBe('The gateway is starting or restarting; trying again');
  expect(say(model)).toBe('The model service is starting or restarting; trying again');
  expect(say(away, false)).toBeNull();
  expect(say(model, true, RESTART_FAILURES + 1)).toMatch(/^The model service is not answering/);
  expect(say(refused)).toBeNull();
  expect(say(null)).toBeNull();
});
