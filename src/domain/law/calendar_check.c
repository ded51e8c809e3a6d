/* calendar_check: what must be true of a year before deadlines are counted by it.
 *
 * Statutory days: 全国年节及纪念日放假办法 as revised on 2024-11-10, from 2025 on thirteen days (art. 2);
 * before that eleven. One that falls on a weekend is made up for on a working day (art. 6), so a
 * complete arrangement always takes exactly so many days out of the Mondays to Fridays, however
 * it shifts weekends about. That sum finds a forgotten line that no look at single days would.
 */
#include "domain/law/calendar_layer.h"

static bool weekend(int32_t date)
{
    int w = date_weekday(date);
    return w == 0 || w == 6;
}

static bool has_word(struct sv name, const char *word)
{
    size_t n = strlen(word);
    for (size_t i = 0; n > 0 && i + n <= name.n; i++)
        if (memcmp(name.p + i, word, n) == 0)
            return true;
    return false;
}

/* name, days wanted before 2025 and since, and the window (month * 100 + day) in which they fall;
 * without word any name will do (the date says which holiday it is). */
static const struct holiday {
    const char *name, *word;
    int before, since, from, to;
} HOLIDAYS[] = {
    { "元旦（1月1日）", "", 1, 1, 101, 101 },
    { "春节（除夕至初三）", "春节", 3, 4, 120, 224 },
    { "清明节", "清明", 1, 1, 403, 406 },
    { "劳动节（5月1日）", "", 1, 1, 501, 501 },
    { "劳动节（5月2日）", "", 0, 1, 502, 502 },
    { "端午节", "端午", 1, 1, 525, 626 },
    { "中秋节", "中秋", 1, 1, 906, 1010 },
    { "国庆节（10月1日）", "", 1, 1, 1001, 1001 },
    { "国庆节（10月2日）", "", 1, 1, 1002, 1002 },
    { "国庆节（10月3日）", "", 1, 1, 1003, 1003 },
};
enum { N_HOLIDAYS = sizeof HOLIDAYS / sizeof HOLIDAYS[0], THIRTEEN_SINCE = 2025 };

/* A day that may count for something: of this year, and not written before. */
static bool counts(const struct calendar_year *y, size_t i)
{
    int32_t date = y->days[i].date;
    if (date == DATE_NONE || date_civil(date).year != y->year)
        return false;
    for (size_t k = 0; k < i; k++)
        if (y->days[k].date == date)
            return false;
    return true;
}

static int days_found(const struct calendar_year *y, const struct holiday *h)
{
    int n = 0;
    for (size_t i = 0; i < y->n_days; i++) {
        const struct calendar_day *d = &y->days[i];
        struct civil c = date_civil(d->date == DATE_NONE ? 0 : d->date);
        int at = c.month * 100 + c.day;
        n += !d->works && at >= h->from && at <= h->to &&
             (!*h->word || has_word(d->name, h->word)) && counts(y, i);
    }
    return n;
}

/* Days taken out of the Mondays to Fridays, less the weekend days worked for them. */
static int days_taken(const struct calendar_year *y)
{
    int taken = 0;
    for (size_t i = 0; i < y->n_days; i++) {
        const struct calendar_day *d = &y->days[i];
        if (counts(y, i) && d->works == weekend(d->date))
            taken += d->works ? -1 : 1;
    }
    return taken;
}

static void check_statutory(const struct calendar_year *y, struct err *e)
{
    bool now = y->year >= THIRTEEN_SINCE;
    int wanted = now ? 13 : 11;
    int taken = days_taken(y);
    for (size_t i = 0; i < N_HOLIDAYS; i++) {
        const struct holiday *h = &HOLIDAYS[i];
        int want = now ? h->since : h->before;
        int found = days_found(y, h);
        if (found < want)
            err_problem(e, SV("/days"), "holiday_missing", "缺少%s：应有%d天放假，只有%d天",
                        h->name, want, found);
    }
    if (taken < wanted)
        err_problem(e, SV("/days"), "too_few_days",
                    "放假日减去调休上班日只有%d个工作日，法定应有%d天（周末的法定假日要补假）", taken,
                    wanted);
}

/* A working day by mark must turn a rest day into one; a region may not turn a holiday. */
static void check_work(const struct calendar_day *d, struct sv ptr, const struct sv label,
                       const struct calendar *base, struct err *e)
{
    char text[32];
    const char *on = date_chinese(d->date, text);
    int n = (int)label.n;
    if (base && calendar_holiday(base, d->date))
        err_problem(e, ptr, "holiday_kept", "%.*s：%s是国家或上级规定的放假日，不能改为上班", n,
                    label.p, on);
    else if (base ? calendar_works(base, d->date) : !weekend(d->date))
        err_problem(e, ptr, "works_anyway", "%.*s：%s本来就要上班，不是调休上班日", n, label.p, on);
}

static void check_day(const struct calendar_year *y, size_t i, const struct calendar_place *at,
                      const struct calendar *base, struct err *e)
{
    const struct calendar_day *d = &y->days[i];
    struct sv ptr = at[i].pointer;
    char text[32];
    if (d->date == DATE_NONE)
        return;
    if (date_civil(d->date).year != y->year) {
        err_problem(e, ptr, "other_year", "%.*s：%s不在%d年", (int)at[i].label.n, at[i].label.p,
                    date_chinese(d->date, text), y->year);
        return;
    }
    for (size_t k = 0; k < i; k++)
        if (y->days[k].date == d->date) {
            err_problem(e, ptr, "duplicate_day", "%.*s：%s在%.*s已经写过", (int)at[i].label.n,
                        at[i].label.p, date_chinese(d->date, text), (int)at[k].label.n,
                        at[k].label.p);
            return;
        }
    if (d->works)
        check_work(d, ptr, at[i].label, base, e);
}

/* Make-up days of a region need days off that they make up for. */
static void check_balance(const struct calendar_year *y, const struct calendar *base,
                          struct err *e)
{
    int off = 0;
    int work = 0;
    for (size_t i = 0; i < y->n_days; i++) {
        const struct calendar_day *d = &y->days[i];
        if (!counts(y, i))
            continue;
        work += d->works;
        off += !d->works && calendar_works(base, d->date);
    }
    if (work > off)
        err_problem(e, SV("/days"), "work_without_off",
                    "调休上班%d天，多于新增的放假%d天：地区只能增加放假日及其调休", work, off);
}

int calendar_check(const struct calendar_year *y, const struct calendar_place *at,
                   const struct calendar *base, struct err *e)
{
    size_t before = e->n_problems;
    if (y->year < CALENDAR_FIRST || y->year > CALENDAR_LAST)
        err_problem(e, SV("/year"), "out_of_range", "年份应在%d到%d之间", CALENDAR_FIRST,
                    CALENDAR_LAST);
    for (size_t i = 0; i < y->n_days; i++)
        check_day(y, i, at, base, e);
    if (base)
        check_balance(y, base, e);
    else if (y->published)
        check_statutory(y, e);
    return e->n_problems > before ? ERR_INVALID : 0;
}
