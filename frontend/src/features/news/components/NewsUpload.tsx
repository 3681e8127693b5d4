import { Button, FileButton, Group, Modal, Stack, Text, TextInput } from '@mantine/core';
import { useMutation, useQueryClient } from '@tanstack/react-query';
import { useState } from 'react';
import { problemOf } from '@/api/problem';
import type { NewsUpload as Uploaded } from '@/api/types';
import { IssueList } from '@/components/IssueList';
import { ProblemNotice } from '@/components/ProblemNotice';
import { formatInteger } from '@/lib/format';
import { uploadNews } from '../api/uploadNews';
import classes from './NewsPanel.module.css';

/** Headlines of one's own, from a file: the button and the dialogue behind it. */
export function NewsUpload({ symbol }: { symbol: string }) {
  const [opened, setOpened] = useState(false);
  const [file, setFile] = useState<File | null>(null);
  const [name, setName] = useState(symbol);
  const cache = useQueryClient();
  const upload = useMutation({
    mutationFn: uploadNews,
    onSuccess: ({ symbols }) => {
      for (const one of symbols) {
        void cache.invalidateQueries({ queryKey: ['news', one] });
        void cache.invalidateQueries({ queryKey: ['sentiment', one] });
      }
    },
  });

  function send(chosen: File) {
    setFile(chosen);
    upload.mutate({ file: chosen, symbol: name });
  }

  function begin() {
    upload.reset();
    setFile(null);
    setName(symbol);
  }

  return (
    <>
      <Button size="compact-xs" variant="default" onClick={() => setOpened(true)}>
        Add headlines…
      </Button>
      <Modal
        opened={opened}
        onClose={() => setOpened(false)}
        title={upload.data === undefined ? 'Add headlines' : `Added from ${file?.name ?? ''}`}
        onExitTransitionEnd={begin}
        size="lg"
        closeButtonProps={{ 'aria-label': 'Close' }}
      >
        {upload.data !== undefined ? (
          <Added uploaded={upload.data} onClose={() => setOpened(false)} />
        ) : (
          <Stack gap="sm">
            {upload.error !== null && <ProblemNotice problem={problemOf(upload.error)} />}
            <Group gap="sm">
              <FileButton
                accept=".csv,.gz,.zip,text/csv"
                inputProps={{ 'aria-label': 'CSV file of headlines' }}
                onChange={(chosen) => chosen !== null && send(chosen)}
              >
                {(button) => (
                  <Button size="xs" variant="default" disabled={upload.isPending} {...button}>
                    Choose a file
                  </Button>
                )}
              </FileButton>
              {file !== null && <Text size="sm">{file.name}</Text>}
            </Group>
            <Text size="xs" c="var(--bw-dim)">
              A CSV with the columns <code>date</code> and <code>headline</code>, and if you have
              them <code>symbol</code>, <code>source</code> and <code>url</code>. A date without a
              time counts from the next session on.
            </Text>
            <TextInput
              size="xs"
              label="Symbol of the rows that name none"
              value={name}
              onChange={(event) => setName(event.currentTarget.value.trim())}
            />
            {file !== null && (
              <Button
                size="xs"
                w="fit-content"
                loading={upload.isPending}
                onClick={() => send(file)}
              >
                Upload {file.name}
              </Button>
            )}
          </Stack>
        )}
      </Modal>
    </>
  );
}

function Added({ uploaded, onClose }: { uploaded: Uploaded; onClose: () => void }) {
  const { items, added, duplicates, symbols, start, end, issues } = uploaded;
  return (
    <Stack gap="sm" role="status">
      <dl className={classes.facts}>
        <div>
          <dt>Headlines</dt>
          <dd>
            {formatInteger(items)} in the file, {formatInteger(added)} of them new,{' '}
            {formatInteger(duplicates)} known already
          </dd>
        </div>
        <div>
          <dt>Symbols</dt>
          <dd>{symbols.join(', ')}</dd>
        </div>
        <div>
          <dt>Dates</dt>
          <dd>
            {start.slice(0, 10)} – {end.slice(0, 10)}
          </dd>
        </div>
      </dl>
      <IssueList issues={issues} />
      <Button size="xs" w="fit-content" onClick={onClose} data-autofocus>
        Show the news
      </Button>
    </Stack>
  );
}
