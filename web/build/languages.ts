// What the switch must know of a language before its texts are loaded: `file.ts?about` is a module with
// tag and name only, so that Chinese users load nothing else of it.
import { build } from 'esbuild';
import { basename } from 'node:path';
import type { Plugin } from 'vite';
import type { Language } from '../src/shared/language';

const ABOUT = '?about';

/** Runs a language file, which imports nothing but types. */
export async function languageOf(file: string): Promise<Language> {
  const { outputFiles } = await build({ entryPoints: [file], bundle: true, write: false, format: 'esm', charset: 'utf8', logLevel: 'silent' });
  const code = Buffer.from(outputFiles[0]?.contents ?? []).toString('base64');
  const { language } = (await import(`data:text/javascript;base64,${code}`)) as { language?: Language };
  if (language?.tag !== basename(file, '.ts')) throw new Error(`${file}: its tag is ${language?.tag}`);
  return language;
}

export function languages(): Plugin {
  return {
    name: 'languages',
    enforce: 'pre',
    async load(id) {
      if (!id.endsWith(ABOUT)) return null;
      const { tag, name } = await languageOf(id.slice(0, -ABOUT.length));
      return `export default ${JSON.stringify({ tag, name })};`;
    },
  };
}
