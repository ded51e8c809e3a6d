// pdf.js, loaded only when somebody looks at a PDF. The character maps of fonts that a file does not
// carry (Chinese files often do not) are served by us, one by one when needed.
import * as pdfjs from 'pdfjs-dist/legacy/build/pdf.mjs';
import worker from 'pdfjs-dist/legacy/build/pdf.worker.min.mjs?url';

pdfjs.GlobalWorkerOptions.workerSrc = worker;
const maps = import.meta.glob<string>('/node_modules/pdfjs-dist/cmaps/*.bcmap', { query: '?url', import: 'default', eager: true });

class Maps {
  async fetch({ name }: { name: string }) {
    const url = maps[`/node_modules/pdfjs-dist/cmaps/${name}.bcmap`];
    if (!url) throw new Error(name);
    const answer = await fetch(url);
    return { cMapData: new Uint8Array(await answer.arrayBuffer()), isCompressed: true };
  }
}

export type PdfFile = Awaited<ReturnType<typeof pdfjs.getDocument>['promise']>;

/** The policy of our pages allows no code made from text, and files are not to be trusted with any. */
export const openPdf = (url: string): Promise<PdfFile> => pdfjs.getDocument({ url, disableRange: true, disableStream: true, isEvalSupported: false, enableXfa: false, CMapReaderFactory: Maps }).promise;
