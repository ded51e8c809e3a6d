// Three entries: the portal (index.html, served for every page that is not the API), the workbench
// (office.html, under /office) and the inspector's phone page (inspect.html, at /inspect), which
// also gets its service worker, manifest and icons. The server embeds dist/ as it is.
import vue from '@vitejs/plugin-vue';
import { defineConfig } from 'vite';
import { offline } from './build/offline';

const server = process.env.YZ_SERVER ?? 'http://127.0.0.1:8080';

export default defineConfig({
  plugins: [vue(), offline()],
  build: {
    target: 'es2020',
    cssTarget: 'chrome80',
    assetsInlineLimit: 0, // the content security policy allows no data: scripts or styles
    modulePreload: { polyfill: false },
    rollupOptions: { input: ['index.html', 'office.html', 'inspect.html'] },
  },
  server: { proxy: { '/api': server, '/v': server } },
});
