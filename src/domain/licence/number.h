/* number: licence, case and permit numbers with their check characters. Pure.
 *
 * Sources: GB/T 17710 (ISO 7064) MOD 11,10 and MOD 37,36. The licence number WHZH… is the
 * platform's own design (facts: "suggested", not law).
 */
#ifndef YZ_DOMAIN_LICENCE_NUMBER_H
#define YZ_DOMAIN_LICENCE_NUMBER_H

#include "base/buf.h"

/* Check digit of decimal digits, MOD 11,10: '0'..'9'; 0 when s is not all digits. */
char check_mod11_10(struct sv digits);
/* Check character of [0-9A-Z], MOD 37,36: 0 when s holds anything else. */
char check_mod37_36(struct sv s);

/* WHZH + region 6 + industry seq 2 + year 4 + serial 5 + MOD 11,10 digit over the digits. */
void licence_number(struct buf *out, struct sv region, int64_t industry_seq, int year,
                    int64_t serial);
bool licence_number_ok(struct sv number);

/* region6 + yyyymmdd + serial 6 + MOD 37,36 character: 办件编号. */
void case_number(struct buf *out, struct sv region, int32_t date_number, int64_t serial);
bool case_number_ok(struct sv number);

/* Permit number from a catalogue template. Text is copied; in braces:
 *   {region} {year} {serial:N} (zero-padded, N digits) {field:CODE} (a form value)
 *   {check:11,10} (MOD 11,10 over the digits written so far).
 * value(ctx, code) gives a form value ("" when none). False when the template is bad. */
bool permit_number(struct buf *out, struct sv template_, struct sv region, int year,
                   int64_t serial, struct sv (*value)(void *ctx, struct sv code), void *ctx);

#endif
