import { Tooltip, UnstyledButton } from '@mantine/core';
import classes from './Term.module.css';

/** A word with its definition, on hover, on focus and on touch. */
export function Term({ word, definition }: { word: string; definition: string }) {
  return (
    <Tooltip
      label={definition}
      multiline
      maw={280}
      position="left"
      events={{ hover: true, focus: true, touch: true }}
    >
      <UnstyledButton className={classes.term}>{word}</UnstyledButton>
    </Tooltip>
  );
}
