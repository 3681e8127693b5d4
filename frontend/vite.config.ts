import { fileURLToPath } from 'node:url';
import react from '@vitejs/plugin-react';
import { defineConfig } from 'vitest/config';

const gateway = process.env.BACKEND_URL ?? 'http://127.0.0.1:3000';
const port = Number(process.env.FRONTEND_PORT ?? 5173);

// The page calls its own origin alone; both servers hand /api on to the gateway. Vite pipes
// the answer as it comes, so server-sent events arrive unbuffered.
const listen = {
  host: '127.0.0.1',
  port,
  strictPort: true,
  proxy: { '/api': { target: gateway, changeOrigin: false, proxyTimeout: 120_000 } },
};

export default defineConfig({
  plugins: [react()],
  resolve: {
    alias: {
      '@test': fileURLToPath(new URL('./test', import.meta.url)),
      '@': fileURLToPath(new URL('./src', import.meta.url)),
    },
  },
  server: listen,
  preview: listen,
  build: {
    target: 'es2022',
    chunkSizeWarningLimit: 700,
    rolldownOptions: {
      output: {
        // Both pages draw with it; under its own name its size is watched.
        codeSplitting: {
          groups: [
            { name: 'lightweight-charts', test: /node_modules\/(lightweight-charts|fancy-canvas)/ },
          ],
        },
      },
    },
  },
  test: {
    restoreMocks: true,
    // By itself it leaves one core to the person in front of it, which is half of two.
    maxWorkers: '100%',
    coverage: { include: ['src/**'], exclude: ['src/api/schema.d.ts'] },
    projects: [
      {
        // Pure functions need no page, and start at once without one.
        extends: true,
        test: {
          name: 'calculate',
          include: ['src/**/*.test.ts'],
          exclude: ['src/api/client.test.ts'],
        },
      },
      {
        extends: true,
        test: {
          name: 'page',
          environment: 'jsdom',
          setupFiles: ['./test/setup.ts'],
          // A busy machine takes seconds to draw its first page.
          testTimeout: 60_000,
          include: ['src/**/*.test.tsx', 'src/api/client.test.ts'],
        },
      },
    ],
  },
});
