// The icons of the phone pages, drawn once as shapes: written as SVG, and as PNG for what takes no SVG (home screens). On a full
// square, so that any mask may cut it: a clipboard with a tick, and the corners of a code with a tick.
import { deflateSync } from 'node:zlib';

type Point = [number, number];
interface Line {
  points: Point[];
  width: number;
  colour: string;
  closed?: boolean;
}
const SIZE = 64;
const GROUND = '#123f7d';
const WHITE = '#ffffff';
export type Drawing = 'inspect' | 'verify';
const DRAWINGS: Record<Drawing, Line[]> = {
  inspect: [
    { points: [[20, 19], [44, 19], [44, 49], [20, 49]], width: 3.5, colour: WHITE, closed: true },
    { points: [[27, 18], [37, 18]], width: 7, colour: WHITE },
    { points: [[26, 34], [30.5, 39], [38.5, 28]], width: 4, colour: WHITE },
  ],
  verify: [
    { points: [[17, 26], [17, 17], [26, 17]], width: 4, colour: WHITE },
    { points: [[38, 17], [47, 17], [47, 26]], width: 4, colour: WHITE },
    { points: [[47, 38], [47, 47], [38, 47]], width: 4, colour: WHITE },
    { points: [[26, 47], [17, 47], [17, 38]], width: 4, colour: WHITE },
    { points: [[24, 32.5], [30, 39], [41, 25.5]], width: 5, colour: WHITE },
  ],
};

const corners = (line: Line): Point[] => (line.closed && line.points[0] ? [...line.points, line.points[0]] : line.points);

export function iconSvg(drawing: Drawing): string {
  const paths = DRAWINGS[drawing].map((line) => `<path d="M${corners(line).map((p) => p.join(' ')).join('L')}" stroke="${line.colour}" stroke-width="${line.width}"/>`);
  return `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${SIZE} ${SIZE}"><rect width="${SIZE}" height="${SIZE}" fill="${GROUND}"/><g fill="none" stroke-linecap="round" stroke-linejoin="round">${paths.join('')}</g></svg>`;
}

function distance([x, y]: Point, [ax, ay]: Point, [bx, by]: Point): number {
  const [dx, dy] = [bx - ax, by - ay];
  const t = Math.max(0, Math.min(1, ((x - ax) * dx + (y - ay) * dy) / (dx * dx + dy * dy || 1)));
  return Math.hypot(x - ax - t * dx, y - ay - t * dy);
}
const rgb = (hex: string) => [1, 3, 5].map((i) => parseInt(hex.slice(i, i + 2), 16));

/** Colour of a point: how much of a pixel of this size each line covers, by its distance. */
function colourAt(lines: Line[], at: Point, pixel: number): number[] {
  let colour = rgb(GROUND);
  for (const line of lines) {
    const points = corners(line);
    const away = Math.min(...points.slice(1).map((end, i) => distance(at, points[i] ?? end, end)));
    const cover = Math.max(0, Math.min(1, (line.width / 2 - away) / pixel + 0.5));
    const over = rgb(line.colour);
    colour = colour.map((c, i) => c + ((over[i] ?? 0) - c) * cover);
  }
  return colour;
}

function crc32(bytes: Uint8Array): number {
  let crc = -1;
  for (const byte of bytes) {
    crc ^= byte;
    for (let k = 0; k < 8; k++) crc = (crc >>> 1) ^ (crc & 1 ? 0xedb88320 : 0);
  }
  return ~crc >>> 0;
}
const latin = (text: string) => Uint8Array.from(text, (letter) => letter.charCodeAt(0));
const joined = (parts: Uint8Array[]) => Uint8Array.from(parts.flatMap((part) => [...part]));
const number32 = (n: number) => Uint8Array.of(n >>> 24, (n >>> 16) & 255, (n >>> 8) & 255, n & 255);
function chunk(type: string, data: Uint8Array): Uint8Array {
  const body = joined([latin(type), data]);
  return joined([number32(data.length), body, number32(crc32(body))]);
}

export function iconPng(drawing: Drawing, size: number): Uint8Array {
  const rows = new Uint8Array(size * (size * 3 + 1));
  for (let y = 0; y < size; y++) {
    for (let x = 0; x < size; x++) {
      const colour = colourAt(DRAWINGS[drawing], [((x + 0.5) * SIZE) / size, ((y + 0.5) * SIZE) / size], SIZE / size);
      colour.forEach((c, i) => (rows[y * (size * 3 + 1) + 1 + x * 3 + i] = Math.round(c)));
    }
  }
  const head = joined([number32(size), number32(size), Uint8Array.of(8, 2, 0, 0, 0)]);
  return joined([latin('\x89PNG\r\n\x1a\n'), chunk('IHDR', head), chunk('IDAT', new Uint8Array(deflateSync(rows, { level: 9 }))), chunk('IEND', new Uint8Array(0))]);
}
