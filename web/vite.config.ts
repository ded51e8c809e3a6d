// Four entries: the portal (index.html, served for every page that is not the API), the workbench
// (office.html, under /office), the inspector's phone page (inspect.html, at /inspect) and the verifier (verify.html, at /verify);
// the last two also get their service workers, manifests and icons. The server embeds dist/ as it is.
import vue from '@vitejs/plugin-vue';
import { defineConfig } from 'vite';
import { languages } from './build/languages';
import { offline } from './build/offline';

/**
 * Few files for a page, as each is a way to the server and back: what every page needs, the guide with its notice, and all
 * pages on which a case is filled in (which then open without the network, too). What a named chunk imports goes with it
 * unless it is named itself, so what small pages share (the inspection's is at most 80 KB) has names. The rest is the bundler's.
 */
const CHUNKS: [string, RegExp][] = [
  ['router', /node_modules\/vue-router\//],
  ['vue', /node_modules\/(?:@vue|vue|openapi-fetch)\/|vite\/preload-helper|plugin-vue:export-helper/],
  ['base', /src\/(?:api\/client|shared\/(?:strings|format|icons|load|problems|session)|shared\/case\/query|shared\/components\/(?:AsyncView|Icon))\./],
  ['parts', /src\/shared\/(?:ids|idb|components\/ConfirmDialog)\./],
  ['guide', /src\/shared\/(?:cond\.|case\/(?:guide|GuideOutcome|GuideQuestion|EffectCard|UnsureMark)\.)/],
  ['filling', /src\/shared\/(?:case-form|form|materials|uploads|preview|case\/(?:FormPage|SectionPage|MaterialsPage|CheckPage|FieldInput|PersonInput|TableInput|MaterialCard|AnswersView|SaveMark|display)|components\/(?:ErrorSummary|FilePreview|TurnedImage))\./],
];
const chunkOf = (id: string): string | undefined => CHUNKS.find(([, pattern]) => pattern.test(id))?.[0];

const server = process.env.YZ_SERVER ?? 'http://127.0.0.1:8080';

export default defineConfig({
  plugins: [vue(), languages(), offline()],
  build: {
    target: 'es2020',
    cssTarget: 'chrome80',
    assetsInlineLimit: 0, // the content security policy allows no data: scripts or styles
    modulePreload: { polyfill: false },
    rollupOptions: {
      input: ['index.html', 'office.html', 'inspect.html', 'verify.html'],
      output: { manualChunks: chunkOf },
    },
  },
  server: { proxy: { '/api': server, '/v/': server, '/V/': server } },
});
