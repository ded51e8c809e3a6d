/* number: see number.h.
 *
 * A number that would not fit its fixed width is an error of the caller (a serial that has
 * run out, a region that is none): the buffer then fails instead of giving a number that
 * collides with another one.
 */
#include "domain/licence/number.h"

#include "base/date.h"
#include "base/utf8.h"

static const char ALNUM[] = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ";

enum { VALUE_MAX = 128, SERIAL_DIGITS_MAX = 18 };

static bool is_digit(char c)
{
    return c >= '0' && c <= '9';
}

char check_mod11_10(struct sv digits)
{
    int p = 10;
    for (size_t i = 0; i < digits.n; i++) {
        if (!is_digit(digits.p[i]))
            return 0;
        int s = (p + (digits.p[i] - '0')) % 10;
        p = (s ? s : 10) * 2 % 11;
    }
    return (char)('0' + (11 - p) % 10);
}

char check_mod37_36(struct sv s)
{
    int p = 36;
    for (size_t i = 0; i < s.n; i++) {
        char c = s.p[i];
        if (!is_digit(c) && (c < 'A' || c > 'Z'))
            return 0;
        int v = is_digit(c) ? c - '0' : c - 'A' + 10;
        int t = (p + v) % 36;
        p = (t ? t : 36) * 2 % 37;
    }
    return ALNUM[(37 - p) % 36];
}

/* v in exactly n digits. */
static bool add_digits(struct buf *out, int64_t v, size_t n)
{
    char digits[SERIAL_DIGITS_MAX];
    if (v < 0 || n == 0 || n > sizeof digits)
        return false;
    for (size_t i = n; i-- > 0; v /= 10)
        digits[i] = (char)('0' + v % 10);
    if (v != 0)
        return false;
    buf_add(out, digits, n);
    return true;
}

/* The part of out written since from. */
static struct sv since(const struct buf *out, size_t from)
{
    return sv_skip(buf_sv(out), from);
}

void licence_number(struct buf *out, struct sv region, int64_t industry_seq, int year,
                    int64_t serial)
{
    size_t from = out->n;
    buf_str(out, "WHZH");
    buf_sv_add(out, region);
    if (!sv_digits(region, 6) || !add_digits(out, industry_seq, 2) || year < 1900 ||
        !add_digits(out, year, 4) || !add_digits(out, serial, 5)) {
        out->failed = true;
        return;
    }
    if (buf_ok(out))
        buf_byte(out, (unsigned char)check_mod11_10(since(out, from + 4)));
}

bool licence_number_ok(struct sv number)
{
    enum { DIGITS = 6 + 2 + 4 + 5 };
    if (number.n != 4 + DIGITS + 1 || !sv_starts(number, SV("WHZH")))
        return false;
    struct sv digits = sv_make(number.p + 4, DIGITS);
    return sv_digits(digits, DIGITS) && check_mod11_10(digits) == number.p[number.n - 1];
}

void case_number(struct buf *out, struct sv region, int32_t date_number, int64_t serial)
{
    size_t from = out->n;
    buf_sv_add(out, region);
    if (!sv_digits(region, 6) || date_from_number(date_number) == DATE_NONE ||
        !add_digits(out, date_number, 8) || !add_digits(out, serial, 6)) {
        out->failed = true;
        return;
    }
    if (buf_ok(out))
        buf_byte(out, (unsigned char)check_mod37_36(since(out, from)));
}

bool case_number_ok(struct sv number)
{
    int64_t day = 0;
    if (number.n != 21 || !sv_digits(sv_make(number.p, 20), 20))
        return false;
    sv_to_i64(sv_make(number.p + 6, 8), &day);
    return date_from_number(day) != DATE_NONE &&
           check_mod37_36(sv_make(number.p, 20)) == number.p[20];
}

/* Check digit over the digits among what was written since from. */
static bool add_check(struct buf *out, size_t from)
{
    struct sv s = since(out, from);
    struct buf digits;
    buf_init(&digits, 4096);
    for (size_t i = 0; i < s.n; i++)
        if (is_digit(s.p[i]))
            buf_byte(&digits, (unsigned char)s.p[i]);
    bool ok = digits.n > 0 && buf_ok(&digits);
    if (ok)
        buf_byte(out, (unsigned char)check_mod11_10(buf_sv(&digits)));
    buf_done(&digits);
    return ok;
}

struct number_facts {
    struct sv region;
    int year;
    int64_t serial;
    struct sv (*value)(void *ctx, struct sv code);
    void *ctx;
};

/* One {…} of a template, without the braces. */
static bool add_part(struct buf *out, size_t from, struct sv part, const struct number_facts *f)
{
    struct sv arg = part;
    struct sv name = sv_cut(&arg, ':');
    int64_t width = 0;
    if (sv_is(part, "region")) {
        buf_sv_add(out, f->region);
        return sv_digits(f->region, 6);
    }
    if (sv_is(part, "year"))
        return f->year >= 1900 && add_digits(out, f->year, 4);
    if (sv_is(name, "serial"))
        return sv_to_i64(arg, &width) && width > 0 && width <= SERIAL_DIGITS_MAX &&
               add_digits(out, f->serial, (size_t)width);
    if (sv_is(part, "check:11,10"))
        return add_check(out, from);
    if (sv_is(name, "field") && arg.n && f->value) {
        struct sv v = f->value(f->ctx, arg);
        buf_sv_add(out, v);
        return v.n <= VALUE_MAX && utf8_clean(v) && !memchr(v.p ? v.p : "", '\n', v.n) &&
               !memchr(v.p ? v.p : "", '\t', v.n);
    }
    return false;
}

bool permit_number(struct buf *out, struct sv template_, struct sv region, int year,
                   int64_t serial, struct sv (*value)(void *ctx, struct sv code), void *ctx)
{
    const struct number_facts facts = { region, year, serial, value, ctx };
    size_t from = out->n;
    struct sv rest = template_;
    bool ok = rest.n > 0;
    while (ok && rest.n) {
        const char *close;
        if (rest.p[0] == '}') {
            ok = false;
        } else if (rest.p[0] != '{') {
            buf_byte(out, (unsigned char)rest.p[0]);
            rest = sv_skip(rest, 1);
        } else if (!(close = memchr(rest.p, '}', rest.n))) {
            ok = false;
        } else {
            struct sv part = sv_make(rest.p + 1, (size_t)(close - rest.p) - 1);
            ok = add_part(out, from, part, &facts);
            rest = sv_skip(rest, part.n + 2);
        }
    }
    if (ok && buf_ok(out))
        return true;
    if (out->n > from) { /* leave no half number behind */
        out->n = from;
        out->p[from] = 0;
    }
    return false;
}
