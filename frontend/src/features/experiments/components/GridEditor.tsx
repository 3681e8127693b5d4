import { Button, Select, TextInput, UnstyledButton } from '@mantine/core';
import type { GridLine } from '../calculate/draft';
import { describeUnits } from '../calculate/grid';
import { findSetting, SWEPT } from '../calculate/settings';
import classes from './ExperimentForm.module.css';
import type { FieldsProps } from './fieldProps';

/** Settings that are varied, the values of each, and how many units that makes. */
export function GridEditor({ draft, edit, wrong }: FieldsProps) {
  const { grid, seeds } = draft;
  const change = (id: number, part: Partial<GridLine>) =>
    edit({ grid: grid.map((line) => (line.id === id ? { ...line, ...part } : line)) });
  const units = describeUnits(grid, seeds.length);

  function add() {
    const free = SWEPT.find(({ path }) => grid.every((line) => line.path !== path));
    if (free === undefined) return;
    const id = Math.max(-1, ...grid.map((line) => line.id)) + 1;
    edit({ grid: [...grid, { id, path: free.path, values: free.initial }] });
  }

  return (
    <fieldset className={classes.grid}>
      <legend>Grid</legend>
      {grid.map((line, index) => {
        const lists = findSetting(line.path)?.shape.endsWith('s') === true;
        return (
          <div key={line.id} className={classes.line}>
            <Select
              size="xs"
              aria-label={`Setting ${index + 1} of the grid`}
              allowDeselect={false}
              data={SWEPT.filter(
                ({ path }) => path === line.path || grid.every((other) => other.path !== path),
              ).map(({ path, word }) => ({ value: path, label: word }))}
              value={line.path}
              onChange={(path) =>
                path !== null && change(line.id, { path, values: findSetting(path)?.initial ?? '' })
              }
            />
            <TextInput
              size="xs"
              aria-label={`Values ${index + 1} of the grid`}
              placeholder={lists ? '64, 32; 128, 64' : '0.1, 0.2'}
              title={lists ? 'Lists, separated by semicolons' : 'Values, separated by commas'}
              classNames={{ input: classes.number }}
              value={line.values}
              onChange={(event) => change(line.id, { values: event.currentTarget.value })}
              error={wrong[`grid.${line.path}`]}
            />
            <UnstyledButton
              className={classes.remove}
              aria-label={`Remove setting ${index + 1} of the grid`}
              onClick={() => edit({ grid: grid.filter(({ id }) => id !== line.id) })}
            >
              ✕
            </UnstyledButton>
          </div>
        );
      })}
      <div className={classes.foot}>
        <Button size="compact-xs" variant="default" onClick={add}>
          Add a setting
        </Button>
        <span role="status">{wrong.grid ?? units ?? ''}</span>
      </div>
    </fieldset>
  );
}
