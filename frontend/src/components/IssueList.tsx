import { Table, Text } from '@mantine/core';
import type { Issue } from '@/api/types';
import { formatInteger } from '@/lib/format';
import { countRows, describeKind } from '@/lib/issues';
import classes from './IssueList.module.css';

/** What was odd about an uploaded file, by row, and what was done about it. */
export function IssueList({ issues }: { issues: readonly Issue[] }) {
  if (issues.length === 0) return <Text size="sm">Nothing odd was found in the file.</Text>;
  const rows = countRows(issues);
  return (
    <>
      <Text size="sm">
        {formatInteger(rows)} {rows === 1 ? 'row' : 'rows'} with something to know about:
      </Text>
      {/* biome-ignore lint/a11y/noNoninteractiveTabindex: a scrolling region must be reachable */}
      <section className={classes.issues} tabIndex={0} aria-label="Issues">
        <Table fz="xs" verticalSpacing={3} stickyHeader>
          <Table.Thead>
            <Table.Tr>
              <Table.Th className={classes.number}>Row</Table.Th>
              <Table.Th>What</Table.Th>
              <Table.Th>Done</Table.Th>
              <Table.Th className={classes.number}>Rows</Table.Th>
            </Table.Tr>
          </Table.Thead>
          <Table.Tbody>
            {issues.map((issue) => (
              <Table.Tr key={`${issue.row} ${issue.kind} ${issue.message}`}>
                <Table.Td className={classes.number}>{formatInteger(issue.row)}</Table.Td>
                <Table.Td>
                  <strong>{describeKind(issue.kind)}.</strong> {issue.message}
                </Table.Td>
                <Table.Td>{issue.action}</Table.Td>
                <Table.Td className={classes.number}>{formatInteger(issue.count)}</Table.Td>
              </Table.Tr>
            ))}
          </Table.Tbody>
        </Table>
      </section>
    </>
  );
}
