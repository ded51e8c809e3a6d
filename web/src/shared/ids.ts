// Check digits and shapes of the numbers that people type: the same rules as src/domain/law.

const USCC_ALPHABET = '0123456789ABCDEFGHJKLMNPQRTUWXY';
const USCC_WEIGHTS = [1, 3, 9, 27, 19, 26, 16, 17, 20, 29, 25, 13, 8, 24, 10, 30, 28];
const ID_WEIGHTS = [7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2];
const PROVINCES = new Set(
  '11 12 13 14 15 21 22 23 31 32 33 34 35 36 37 41 42 43 44 45 46 50 51 52 53 54 61 62 63 64 65 71 81 82 83 91'.split(' '),
);

/** GB 32100-2015 unified social credit code. */
export function usccValid(text: string): boolean {
  const code = text.trim().toUpperCase();
  if (!/^[0-9A-HJ-NPQRTUWXY]{2}\d{6}[0-9A-HJ-NPQRTUWXY]{10}$/.test(code)) return false;
  const sum = USCC_WEIGHTS.reduce((total, weight, i) => total + weight * USCC_ALPHABET.indexOf(code.charAt(i)), 0);
  return USCC_ALPHABET[(31 - (sum % 31)) % 31] === code[17];
}

/** A real calendar day written YYYY-MM-DD. */
export function dateValid(text: string): boolean {
  const match = /^(\d{4})-(\d{2})-(\d{2})$/.exec(text);
  if (!match) return false;
  const [year, month, day] = [Number(match[1]), Number(match[2]), Number(match[3])];
  if (year < 1900 || month < 1 || month > 12 || day < 1) return false;
  return day <= new Date(Date.UTC(year, month, 0)).getUTCDate();
}

const citizenCheck = (id: string) => '10X98765432'[ID_WEIGHTS.reduce((total, weight, i) => total + weight * Number(id[i]), 0) % 11] === id[17];

/** GB 11643-1999 citizen number; today (YYYY-MM-DD) bounds the birthday. */
export function idcardValid(text: string, today: string): boolean {
  const id = text.trim().toUpperCase();
  if (!/^\d{17}[\dX]$/.test(id) || !PROVINCES.has(id.slice(0, 2))) return false;
  const birthday = `${id.slice(6, 10)}-${id.slice(10, 12)}-${id.slice(12, 14)}`;
  if (!dateValid(birthday) || birthday > today) return false;
  return citizenCheck(id);
}

export function mobileValid(text: string): boolean {
  return /^1[3-9]\d{9}$/.test(text.trim());
}

/** A mobile number, or a fixed line with its area code. */
export function phoneValid(text: string): boolean {
  return mobileValid(text) || /^0\d{2,3}-?[2-9]\d{6,7}(-\d{1,6})?$/.test(text.trim());
}

export function emailValid(text: string): boolean {
  return text.length <= 254 && /^[^\s@]+@[^\s@.]+(\.[^\s@.]+)+$/.test(text.trim());
}

/** Documents other than the citizen id; kind as in the catalogue's id_type. */
export function documentValid(kind: string, text: string, today: string): boolean {
  const id = text.trim().toUpperCase();
  switch (kind) {
    case 'passport':
      return /^[0-9A-Z]{5,17}$/.test(id) && /\d/.test(id);
    case 'hk_macao':
      return /^[HM](\d{8}|\d{10})$/.test(id);
    case 'taiwan':
      return /^\d{8}$/.test(id);
    case 'foreign_resident':
      return /^[A-Z]{3}\d{12}$/.test(id) || (/^9\d{16}[\dX]$/.test(id) && citizenCheck(id));
    default:
      return idcardValid(id, today);
  }
}

/** Any document of a person or an organisation. */
export function anyDocumentValid(text: string, today: string): boolean {
  const id = text.trim().toUpperCase();
  if (/^\d{17}[\dX]$/.test(id) && !id.startsWith('9')) return idcardValid(id, today);
  if (id.length === 18) return usccValid(id) || documentValid('foreign_resident', id, today);
  return /^[0-9A-Z]{5,20}$/.test(id) && !/^\d{15}$/.test(id);
}
