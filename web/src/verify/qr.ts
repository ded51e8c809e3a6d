// Reading QR codes from a picture or a camera: the browser's own detector where there is one, else jsQR (loaded when first wanted).
interface Detector {
  detect(source: CanvasImageSource): Promise<{ rawValue: string }[]>;
}
interface DetectorClass {
  new (options: { formats: string[] }): Detector;
  getSupportedFormats(): Promise<string[]>;
}

let detector: Promise<Detector | null> | undefined;
function own(): Promise<Detector | null> {
  const Class = (globalThis as { BarcodeDetector?: DetectorClass }).BarcodeDetector;
  detector ??= (async () => {
    if (!Class || !(await Class.getSupportedFormats()).includes('qr_code')) return null;
    return new Class({ formats: ['qr_code'] });
  })().catch(() => null);
  return detector;
}

const canvas = document.createElement('canvas');

/** Pixels of the source with its longer side at most `side`. */
function pixels(source: CanvasImageSource, width: number, height: number, side: number): ImageData | null {
  const scale = Math.min(1, side / Math.max(width, height));
  canvas.width = Math.max(1, Math.round(width * scale));
  canvas.height = Math.max(1, Math.round(height * scale));
  const pen = canvas.getContext('2d', { willReadFrequently: true });
  if (!pen) return null;
  pen.fillStyle = '#fff'; // pictures with a transparent ground
  pen.fillRect(0, 0, canvas.width, canvas.height);
  pen.drawImage(source, 0, 0, canvas.width, canvas.height);
  return pen.getImageData(0, 0, canvas.width, canvas.height);
}

async function read(source: CanvasImageSource, width: number, height: number, sides: number[], invert: boolean): Promise<string> {
  const native = await own();
  const found = await native?.detect(source).catch(() => []);
  if (found?.[0]?.rawValue) return found[0].rawValue;
  const { default: jsQR } = await import('jsqr');
  for (const side of sides) {
    const image = pixels(source, width, height, side);
    const code = image && jsQR(image.data, image.width, image.height, { inversionAttempts: invert ? 'attemptBoth' : 'dontInvert' });
    if (code?.data) return code.data;
  }
  return '';
}

/** The text of the code in a picture; '' when none can be read. Dense codes in large photographs are tried at several sizes. */
export async function readPicture(file: Blob): Promise<string> {
  const picture = await createImageBitmap(file);
  try {
    return await read(picture, picture.width, picture.height, [1000, 1600, 2400, 600], true);
  } finally {
    picture.close();
  }
}

export const readFrame = (video: HTMLVideoElement): Promise<string> => read(video, video.videoWidth, video.videoHeight, [900], false);
