import { Button } from '@mantine/core';
import { useState } from 'react';
import classes from './ExperimentDetail.module.css';

interface ConfirmButtonProps {
  word: string;
  /** What is asked before it is done, and the word that does it. */
  question: string;
  confirm: string;
  /** The word that leaves things as they are. */
  keep: string;
  pending: boolean;
  onConfirm: () => void;
}

/** The button that was pressed is gone; who uses the keyboard goes on at what changes nothing. */
const takeFocus = (button: HTMLButtonElement | null) => button?.focus();

/** A button that asks in its own place before it does what cannot be undone. */
export function ConfirmButton(props: ConfirmButtonProps) {
  const { word, question, confirm, keep, pending, onConfirm } = props;
  const [asking, setAsking] = useState(false);
  if (!asking) {
    return (
      <Button size="xs" variant="default" loading={pending} onClick={() => setAsking(true)}>
        {word}
      </Button>
    );
  }
  return (
    <>
      <span className={classes.confirm} role="alert">
        {question}
      </span>
      <Button
        size="xs"
        color="red"
        loading={pending}
        onClick={() => {
          setAsking(false);
          onConfirm();
        }}
      >
        {confirm}
      </Button>
      <Button size="xs" variant="default" ref={takeFocus} onClick={() => setAsking(false)}>
        {keep}
      </Button>
    </>
  );
}
