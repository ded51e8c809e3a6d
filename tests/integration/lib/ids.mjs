// Valid made-up codes, computed from the standards (not from the program): GB 32100, GB 11714, GB 11643.
const USCC = '0123456789ABCDEFGHJKLMNPQRTUWXY';
const ORG = '0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ';

function organisation(eight) {
  const w = [3, 7, 9, 10, 5, 8, 4, 2];
  const c = 11 - ([...eight].reduce((s, ch, i) => s + ORG.indexOf(ch) * w[i], 0) % 11);
  return c === 10 ? 'X' : c === 11 ? '0' : String(c);
}

/** The n-th sole trader (92) of a region. */
export function uscc(n, region = '150302') {
  const eight = `MA${String(n % 1000000).padStart(6, '0')}`;
  const body = `92${region}${eight}${organisation(eight)}`;
  const sum = [...body].reduce((s, ch, i) => s + USCC.indexOf(ch) * (3 ** i % 31), 0);
  return body + USCC[(31 - (sum % 31)) % 31];
}

export function citizenId(n, region = '150302') {
  const body = `${region}1990${String(1 + (n % 12)).padStart(2, '0')}${String(1 + (n % 28)).padStart(2, '0')}${String(n % 1000).padStart(3, '0')}`;
  const w = [7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2];
  return body + '10X98765432'[[...body].reduce((s, ch, i) => s + Number(ch) * w[i], 0) % 11];
}

let phones = 0;
/** A phone number that nobody has used in this run. */
export const phone = () => `199${String((process.pid % 9000) + 1000)}${String(phones++ % 10000).padStart(4, '0')}`;
