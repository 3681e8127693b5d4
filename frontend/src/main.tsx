import '@mantine/core/styles.css';
import '@mantine/dates/styles.css';
import './app/page.css';
import { StrictMode } from 'react';
import { createRoot } from 'react-dom/client';
import { App } from './app/App';

const RELOADED = 'bellwether-reloaded';
const LEAST_MS = 30_000;

// A page that stood open while the page was updated asks for parts that are gone. All of its state
// is in the address, so that it is fetched anew; not over and over where that does not help.
window.addEventListener('vite:preloadError', (event) => {
  const last = Number(sessionStorage.getItem(RELOADED) ?? 0);
  if (Date.now() - last < LEAST_MS) return;
  sessionStorage.setItem(RELOADED, String(Date.now()));
  event.preventDefault();
  window.location.reload();
});

const root = document.getElementById('root');
if (root === null) throw new Error('index.html has no element #root');
createRoot(root).render(
  <StrictMode>
    <App />
  </StrictMode>,
);
