// What makes /inspect work without a network, added to the build: icons, the manifest, and the
// service worker bundled by itself (a worker with imports would not start everywhere) with the
// list of files that the page needs and a name made from their contents.
import { createHash } from 'node:crypto';
import { build } from 'esbuild';
import type { Plugin, Rollup } from 'vite';
import { iconPng, iconSvg } from './icon';

const PAGE = 'inspect.html';
const SIZES = [180, 192, 512];

function manifest(): string {
  const png = (size: number, purpose: string) => ({ src: `/inspect-icon-${size}.png`, sizes: `${size}x${size}`, type: 'image/png', purpose });
  return JSON.stringify({
    id: '/inspect',
    name: '一业一证现场核查',
    short_name: '现场核查',
    lang: 'zh-CN',
    start_url: '/inspect',
    scope: '/inspect',
    display: 'standalone',
    background_color: '#f3f5f8',
    theme_color: '#123f7d',
    icons: [{ src: '/inspect-icon.svg', sizes: 'any', type: 'image/svg+xml', purpose: 'any' }, png(192, 'any'), png(512, 'any'), png(512, 'maskable')],
  });
}

/** Every script and style that the page loads, followed through its imports. */
function filesOf(bundle: Rollup.OutputBundle): string[] {
  const found = new Set<string>();
  const follow = (name: string) => {
    const chunk = bundle[name];
    if (found.has(name) || chunk?.type !== 'chunk') return;
    found.add(name);
    for (const style of chunk.viteMetadata?.importedCss ?? []) found.add(style);
    chunk.imports.forEach(follow);
  };
  for (const one of Object.values(bundle)) if (one.type === 'chunk' && one.facadeModuleId?.endsWith(PAGE)) follow(one.fileName);
  return [...found];
}

const sourceOf = (one: Rollup.OutputAsset | Rollup.OutputChunk | undefined) => (one?.type === 'chunk' ? one.code : (one?.source ?? ''));

export function offline(): Plugin {
  return {
    name: 'offline',
    apply: 'build',
    enforce: 'post',
    async generateBundle(_options, bundle) {
      this.emitFile({ type: 'asset', fileName: 'inspect-icon.svg', source: iconSvg() });
      for (const size of SIZES) this.emitFile({ type: 'asset', fileName: `inspect-icon-${size}.png`, source: iconPng(size) });
      this.emitFile({ type: 'asset', fileName: 'manifest.webmanifest', source: manifest() });
      const files = filesOf(bundle);
      if (files.length === 0) this.error(`${PAGE} is not in the build`);
      const version = createHash('sha256').update(sourceOf(bundle[PAGE]));
      for (const name of files) version.update(name).update(sourceOf(bundle[name]));
      const shell = ['/inspect', '/manifest.webmanifest', '/inspect-icon.svg', '/inspect-icon-192.png', ...files.map((name) => `/${name}`)];
      const worker = await build({
        entryPoints: ['src/inspect/sw.ts'],
        bundle: true,
        minify: true,
        write: false,
        format: 'iife',
        target: 'es2020',
        charset: 'utf8',
        define: { SHELL: JSON.stringify(shell), VERSION: JSON.stringify(version.digest('hex').slice(0, 16)) },
      });
      this.emitFile({ type: 'asset', fileName: 'inspect-sw.js', source: worker.outputFiles[0]?.text ?? '' });
    },
  };
}
