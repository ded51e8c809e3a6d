/* date: civil calendar dates and the Asia/Shanghai clock.
 *
 * A legal date is a plain calendar date (int32_t days since 1970-01-01) in Asia/Shanghai,
 * which is UTC+8 all year (no daylight saving since 1991). Instants are milliseconds UTC.
 * Written dates before 1900 or after 2999 are refused: they are typing errors.
 */
#ifndef YZ_BASE_DATE_H
#define YZ_BASE_DATE_H

#include "base/sv.h"

enum { DATE_NONE = INT32_MIN };
#define MS_PER_DAY INT64_C(86400000)
#define SHANGHAI_MS (INT64_C(8) * 3600 * 1000)

struct civil {
    int year;
    int month; /* 1..12 */
    int day;   /* 1..31 */
};

int32_t date_of(int year, int month, int day); /* DATE_NONE when no such day */
struct civil date_civil(int32_t date);
int date_weekday(int32_t date); /* 0 = Sunday .. 6 = Saturday */

/* Same day `years` later; 29 February becomes 28 February. */
int32_t date_add_years(int32_t date, int years);

/* "YYYY-MM-DD" exactly. */
bool date_parse(struct sv s, int32_t *out);
/* out needs 11 bytes; DATE_NONE gives "". Returns out. */
char *date_format(int32_t date, char out[11]);
/* "2026年11月23日"; out needs 32 bytes. Returns out. */
char *date_chinese(int32_t date, char out[32]);
/* 20261123, as used in codes and payloads; DATE_NONE gives 0. */
int32_t date_to_number(int32_t date);
int32_t date_from_number(int64_t yyyymmdd); /* DATE_NONE when no such day */

/* The Shanghai calendar date of an instant, and the instant its day begins / ends. */
int32_t date_of_ms(int64_t ms);
int64_t date_start_ms(int32_t date);

/* "2026-11-23T10:20:30+08:00"; out needs 32 bytes. Returns out. */
char *time_format(int64_t ms, char out[32]);

/* Year, month and day: the first three numbers in a text (2026年11月23日); DATE_NONE when they are no
 * date. */
int32_t date_in_text(struct sv s);

#endif
