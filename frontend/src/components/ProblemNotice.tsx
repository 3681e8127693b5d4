import { Alert, Button, Text } from '@mantine/core';
import type { ReactNode } from 'react';
import { isTransient, type Problem, TIMED_OUT, UNREACHABLE } from '@/api/problem';

interface ProblemNoticeProps {
  problem: Problem;
  onRetry?: () => void;
  /** What to do next, where asking again is not it. */
  children?: ReactNode;
}

/** Where in the file or the request a problem lies: `Row 17, field close`. */
function locate(problem: Problem): string | null {
  const parts = [
    problem.row === undefined || problem.row === null ? null : `row ${problem.row}`,
    problem.field ? `field ${problem.field}` : null,
  ].filter((part) => part !== null);
  if (parts.length === 0) return null;
  const text = parts.join(', ');
  return text.charAt(0).toUpperCase() + text.slice(1);
}

/** What was refused, where it lies, and what to do about it. */
export function ProblemNotice({ problem, onRetry, children }: ProblemNoticeProps) {
  const place = locate(problem);
  return (
    <Alert color="red" variant="outline" title={problem.title} role="alert" p="sm">
      {place !== null && (
        <Text size="sm" fw={600}>
          {place}
        </Text>
      )}
      <Text size="sm">{problem.detail}</Text>
      {[UNREACHABLE, TIMED_OUT].includes(problem.type) && (
        <Text size="sm" mt={4}>
          Start the services with <code>make up</code>, then try again.
        </Text>
      )}
      {children !== undefined && (
        <Text size="sm" mt={4}>
          {children}
        </Text>
      )}
      {onRetry !== undefined && (
        <Button size="xs" variant="default" mt="xs" onClick={onRetry}>
          {isTransient(problem) ? 'Try again' : 'Ask again'}
        </Button>
      )}
      {problem.request_id ? (
        <Text size="xs" mt={6} c="var(--bw-dim)">
          Request {problem.request_id}
        </Text>
      ) : null}
    </Alert>
  );
}
