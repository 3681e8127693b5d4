import { Button, Modal, Stack } from '@mantine/core';
import { useMutation, useQueryClient } from '@tanstack/react-query';
import { useState } from 'react';
import { problemOf } from '@/api/problem';
import { ProblemNotice } from '@/components/ProblemNotice';
import { type UploadRequest, uploadDataset } from '../api/uploadDataset';
import { offeredColumns } from '../calculate/columns';
import classes from './Upload.module.css';
import { UploadForm } from './UploadForm';
import { UploadResult } from './UploadResult';
import { useFileDrop } from './useFileDrop';

type Options = Omit<UploadRequest, 'file'>;
const AS_IT_IS: Options = { symbol: '', column: '', repair: false };

interface UploadProps {
  opened: boolean;
  onOpened: (opened: boolean) => void;
  onUploaded: (symbol: string) => void;
}

/** The button, the dialogue behind it, and the page itself as a place to drop a file on. */
export function Upload({ opened, onOpened, onUploaded }: UploadProps) {
  const [file, setFile] = useState<File | null>(null);
  const [options, setOptions] = useState<Options>(AS_IT_IS);
  const cache = useQueryClient();
  const upload = useMutation({
    mutationFn: uploadDataset,
    onSuccess: (dataset) => {
      for (const key of ['candles', 'signals', 'evaluation']) {
        void cache.invalidateQueries({ queryKey: [key, dataset.symbol] });
      }
      void cache.invalidateQueries({ queryKey: ['symbols'] });
      onUploaded(dataset.symbol);
    },
  });

  // Closed by whomever, the dialogue begins afresh when it opens again.
  function begin() {
    upload.reset();
    setFile(null);
    setOptions(AS_IT_IS);
  }

  function send(chosen: File, as: Options) {
    setFile(chosen);
    setOptions(as);
    onOpened(true);
    upload.mutate({ file: chosen, ...as });
  }

  const dataset = upload.data;
  const problem = upload.error === null ? null : problemOf(upload.error);
  const columns = offeredColumns(problem);
  const dragging = useFileDrop((dropped) =>
    send(dropped, opened && dataset === undefined ? options : AS_IT_IS),
  );
  return (
    <>
      <Button size="xs" variant="default" onClick={() => onOpened(true)}>
        Upload CSV
      </Button>
      {dragging && <div className={classes.veil}>Drop a CSV of candles to upload it</div>}
      <Modal
        opened={opened}
        onClose={() => onOpened(false)}
        title={dataset === undefined ? 'Upload candles' : `Uploaded ${file?.name ?? ''}`}
        onExitTransitionEnd={begin}
        size="lg"
        closeButtonProps={{ 'aria-label': 'Close' }}
      >
        {dataset !== undefined && file !== null ? (
          <UploadResult
            dataset={dataset}
            repaired={options.repair}
            onShow={() => onOpened(false)}
            onRepair={() => send(file, { ...options, repair: true })}
          />
        ) : (
          <Stack gap="md">
            {problem !== null && (
              <ProblemNotice problem={problem}>
                {columns.length > 0 ? 'Choose one below and upload again.' : undefined}
              </ProblemNotice>
            )}
            <UploadForm
              request={options}
              file={file}
              busy={upload.isPending}
              columns={columns}
              onChange={(change) => setOptions({ ...options, ...change })}
              onFile={(chosen) => send(chosen, options)}
              onSubmit={() => file !== null && send(file, options)}
            />
          </Stack>
        )}
      </Modal>
    </>
  );
}
