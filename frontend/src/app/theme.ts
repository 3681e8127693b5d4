import { createTheme, type MantineColorsTuple } from '@mantine/core';

/** Dark greys with a little blue; 6 is a panel, 7 the page, 5 what is raised, 4 a border. */
const dark: MantineColorsTuple = [
  '#d7dde5',
  '#b7c0cc',
  '#98a3b2',
  '#6b7788',
  '#2b333f',
  '#1d232d',
  '#12161d',
  '#0c0f14',
  '#080a0e',
  '#050608',
];

export const theme = createTheme({
  colors: { dark },
  primaryColor: 'violet',
  primaryShade: { light: 8, dark: 8 },
  autoContrast: true,
  defaultRadius: 3,
  fontFamily: "system-ui, -apple-system, 'Segoe UI', Roboto, 'Liberation Sans', sans-serif",
  fontFamilyMonospace: 'ui-monospace, SFMono-Regular, Menlo, Consolas, monospace',
  cursorType: 'pointer',
  focusRing: 'auto',
  components: {
    Button: { defaultProps: { fw: 500 } },
    InputWrapper: {
      styles: {
        label: { fontWeight: 400, fontSize: 12, color: 'var(--bw-dim)' },
        error: { fontSize: 12, lineHeight: '16px', color: 'var(--bw-down)' },
      },
    },
    Switch: { styles: { label: { fontSize: 12 } } },
    Tooltip: { defaultProps: { openDelay: 250, fz: 12, withArrow: true } },
  },
});
