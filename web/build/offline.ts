// What makes /inspect and /verify work without a network, added to the build: icons, the manifest, and the
// service worker bundled by itself (a worker with imports would not start everywhere) with the
// list of files that the page needs and a name made from their contents.
import { createHash } from 'node:crypto';
import { build } from 'esbuild';
import type { Plugin, Rollup } from 'vite';
import { iconPng, iconSvg, type Drawing } from './icon';

interface App {
  drawing: Drawing; // also the name of the page, its worker and its source folder
  name: string;
  short: string;
  manifest: string;
}
const APPS: App[] = [
  { drawing: 'inspect', name: '一业一证现场核查', short: '现场核查', manifest: 'manifest.webmanifest' },
  { drawing: 'verify', name: '一业一证证照核验', short: '证照核验', manifest: 'verify.webmanifest' },
];
const SIZES = [180, 192, 512];

function manifest({ drawing, name, short }: App): string {
  const png = (size: number, purpose: string) => ({ src: `/${drawing}-icon-${size}.png`, sizes: `${size}x${size}`, type: 'image/png', purpose });
  return JSON.stringify({
    id: `/${drawing}`,
    name,
    short_name: short,
    lang: 'zh-CN',
    start_url: `/${drawing}`,
    scope: `/${drawing}`,
    display: 'standalone',
    background_color: '#f3f5f8',
    theme_color: '#123f7d',
    icons: [{ src: `/${drawing}-icon.svg`, sizes: 'any', type: 'image/svg+xml', purpose: 'any' }, png(192, 'any'), png(512, 'any'), png(512, 'maskable')],
  });
}

/** Every script and style that the page loads, at once or when it is wanted, followed through its imports. */
function filesOf(bundle: Rollup.OutputBundle, page: string): string[] {
  const found = new Set<string>();
  const follow = (name: string) => {
    const chunk = bundle[name];
    if (found.has(name) || chunk?.type !== 'chunk') return;
    found.add(name);
    for (const style of chunk.viteMetadata?.importedCss ?? []) found.add(style);
    chunk.imports.forEach(follow);
    chunk.dynamicImports.forEach(follow);
  };
  for (const one of Object.values(bundle)) if (one.type === 'chunk' && one.facadeModuleId?.endsWith(`/${page}`)) follow(one.fileName);
  return [...found];
}

const sourceOf = (one: Rollup.OutputAsset | Rollup.OutputChunk | undefined) => (one?.type === 'chunk' ? one.code : (one?.source ?? ''));

export function offline(): Plugin {
  return {
    name: 'offline',
    apply: 'build',
    enforce: 'post',
    async generateBundle(_options, bundle) {
      for (const app of APPS) {
        const { drawing } = app;
        const page = `${drawing}.html`;
        this.emitFile({ type: 'asset', fileName: `${drawing}-icon.svg`, source: iconSvg(drawing) });
        for (const size of SIZES) this.emitFile({ type: 'asset', fileName: `${drawing}-icon-${size}.png`, source: iconPng(drawing, size) });
        this.emitFile({ type: 'asset', fileName: app.manifest, source: manifest(app) });
        const files = filesOf(bundle, page);
        if (files.length === 0) this.error(`${page} is not in the build`);
        const version = createHash('sha256').update(sourceOf(bundle[page]));
        for (const name of files) version.update(name).update(sourceOf(bundle[name]));
        const shell = [`/${drawing}`, `/${app.manifest}`, `/${drawing}-icon.svg`, `/${drawing}-icon-192.png`, ...files.map((name) => `/${name}`)];
        const worker = await build({
          entryPoints: [`src/${drawing}/sw.ts`],
          bundle: true,
          minify: true,
          write: false,
          format: 'iife',
          target: 'es2020',
          charset: 'utf8',
          define: { SHELL: JSON.stringify(shell), VERSION: JSON.stringify(version.digest('hex').slice(0, 16)) },
        });
        this.emitFile({ type: 'asset', fileName: `${drawing}-sw.js`, source: worker.outputFiles[0]?.text ?? '' });
      }
    },
  };
}
