/* date: see date.h. The day arithmetic is the standard proleptic Gregorian era formula. */
#include "base/date.h"

#include <stdio.h>

static int32_t days_from_civil(int y, int m, int d)
{
    y -= m <= 2;
    int era = (y >= 0 ? y : y - 399) / 400;
    int yoe = y - era * 400;
    int doy = (153 * (m + (m > 2 ? -3 : 9)) + 2) / 5 + d - 1;
    int doe = yoe * 365 + yoe / 4 - yoe / 100 + doy;
    return era * 146097 + doe - 719468;
}

struct civil date_civil(int32_t date)
{
    int z = date + 719468;
    int era = (z >= 0 ? z : z - 146096) / 146097;
    int doe = z - era * 146097;
    int yoe = (doe - doe / 1460 + doe / 36524 - doe / 146096) / 365;
    int doy = doe - (365 * yoe + yoe / 4 - yoe / 100);
    int mp = (5 * doy + 2) / 153;
    int m = mp + (mp < 10 ? 3 : -9);
    return (struct civil){ yoe + era * 400 + (m <= 2), m, doy - (153 * mp + 2) / 5 + 1 };
}

int32_t date_of(int year, int month, int day)
{
    if (year < 1900 || year > 2999 || month < 1 || month > 12 || day < 1 || day > 31)
        return DATE_NONE;
    int32_t d = days_from_civil(year, month, day);
    struct civil c = date_civil(d);
    return c.month == month && c.day == day ? d : DATE_NONE;
}

int date_weekday(int32_t date)
{
    int w = (date + 4) % 7;
    return w < 0 ? w + 7 : w;
}

int32_t date_add_years(int32_t date, int years)
{
    struct civil c = date_civil(date);
    int32_t d = date_of(c.year + years, c.month, c.day);
    return d == DATE_NONE ? date_of(c.year + years, c.month, 28) : d;
}

static int number(const char *p, int n)
{
    int v = 0;
    for (int i = 0; i < n; i++)
        v = v * 10 + (p[i] - '0');
    return v;
}

bool date_parse(struct sv s, int32_t *out)
{
    if (s.n != 10 || s.p[4] != '-' || s.p[7] != '-' || !sv_digits(sv_make(s.p, 4), 4) ||
        !sv_digits(sv_make(s.p + 5, 2), 2) || !sv_digits(sv_make(s.p + 8, 2), 2))
        return false;
    int32_t d = date_of(number(s.p, 4), number(s.p + 5, 2), number(s.p + 8, 2));
    if (d == DATE_NONE)
        return false;
    *out = d;
    return true;
}

char *date_format(int32_t date, char out[11])
{
    struct civil c = date_civil(date);
    out[0] = 0;
    if (date != DATE_NONE)
        snprintf(out, 11, "%04u-%02u-%02u", (unsigned)c.year % 10000u, (unsigned)c.month % 100u,
                 (unsigned)c.day % 100u);
    return out;
}

char *date_chinese(int32_t date, char out[32])
{
    struct civil c = date_civil(date);
    out[0] = 0;
    if (date != DATE_NONE)
        snprintf(out, 32, "%d年%d月%d日", c.year, c.month, c.day);
    return out;
}

int32_t date_to_number(int32_t date)
{
    struct civil c = date_civil(date);
    return date == DATE_NONE ? 0 : c.year * 10000 + c.month * 100 + c.day;
}

int32_t date_from_number(int64_t n)
{
    if (n < 19000101 || n > 29991231)
        return DATE_NONE;
    return date_of((int)(n / 10000), (int)(n / 100 % 100), (int)(n % 100));
}

int32_t date_of_ms(int64_t ms)
{
    int64_t local = ms + SHANGHAI_MS;
    int64_t d = local / MS_PER_DAY;
    return (int32_t)(local % MS_PER_DAY < 0 ? d - 1 : d);
}

int64_t date_start_ms(int32_t date)
{
    return (int64_t)date * MS_PER_DAY - SHANGHAI_MS;
}

char *time_format(int64_t ms, char out[32])
{
    int32_t d = date_of_ms(ms);
    int64_t in_day = (ms - date_start_ms(d)) / 1000;
    char day[11];
    snprintf(out, 32, "%sT%02d:%02d:%02d+08:00", date_format(d, day), (int)(in_day / 3600),
             (int)(in_day / 60 % 60), (int)(in_day % 60));
    return out;
}

int32_t date_in_text(struct sv s)
{
    int part[3] = { 0, 0, 0 };
    size_t n = 0;
    for (size_t i = 0; i < s.n && n < 3; i++) {
        if (s.p[i] < '0' || s.p[i] > '9')
            continue;
        for (; i < s.n && s.p[i] >= '0' && s.p[i] <= '9'; i++)
            part[n] = part[n] < 10000 ? part[n] * 10 + (s.p[i] - '0') : part[n];
        n++;
    }
    return n == 3 ? date_of(part[0], part[1], part[2]) : DATE_NONE;
}
