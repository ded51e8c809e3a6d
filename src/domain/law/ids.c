/* ids: see ids.h. */
#include "domain/law/ids.h"

#include <stdarg.h>
#include <stdio.h>

static const char USCC_ALPHABET[] = "0123456789ABCDEFGHJKLMNPQRTUWXY"; /* no I O S V Z */

static bool is_digit(char c)
{
    return c >= '0' && c <= '9';
}

static bool is_upper(char c)
{
    return c >= 'A' && c <= 'Z';
}

static bool is_lower(char c)
{
    return c >= 'a' && c <= 'z';
}

static bool all_digits(struct sv s)
{
    for (size_t i = 0; i < s.n; i++)
        if (!is_digit(s.p[i]))
            return false;
    return s.n > 0;
}

static struct sv part(struct sv s, size_t from, size_t n)
{
    return sv_make(s.p + from, n);
}

__attribute__((format(printf, 2, 3))) static bool wrong(struct id_verdict *v, const char *fmt, ...)
{
    va_list ap;
    va_start(ap, fmt);
    vsnprintf(v->problem, sizeof v->problem, fmt, ap);
    va_end(ap);
    v->ok = false;
    return false;
}

static bool right(struct id_verdict *v)
{
    v->ok = true;
    return true;
}

static void start(struct id_verdict *v)
{
    v->ok = false;
    v->problem[0] = v->warning[0] = '\0';
}

/* What people do: paste blanks, use full-width digits. Says so instead of "bad character". */
static bool plain_ascii(struct sv s, const char *label, struct id_verdict *v)
{
    for (size_t i = 0; i < s.n; i++) {
        unsigned char c = (unsigned char)s.p[i];
        if (c == ' ' || c == '\t')
            return wrong(v, "%s中间或两端有空格，请去掉空格", label);
        if (c < 0x20 || c > 0x7e)
            return wrong(v, "%s中有全角字符或汉字，请用半角数字和字母填写", label);
    }
    return true;
}

/* ---- GB 32100 ---- */

static int uscc_value(char c)
{
    const char *at = c ? strchr(USCC_ALPHABET, c) : NULL;
    return at ? (int)(at - USCC_ALPHABET) : -1;
}

char ids_uscc_char(struct sv first17)
{
    static const int WEIGHTS[17] = { 1,  3,  9,  27, 19, 26, 16, 17, 20,
                                     29, 25, 13, 8,  24, 10, 30, 28 };
    int sum = 0;
    if (first17.n != 17)
        return 0;
    for (size_t i = 0; i < 17; i++) {
        int value = uscc_value(first17.p[i]);
        if (value < 0)
            return 0;
        sum += value * WEIGHTS[i];
    }
    return USCC_ALPHABET[(31 - sum % 31) % 31];
}

char ids_organisation_char(struct sv first8)
{
    static const int WEIGHTS[8] = { 3, 7, 9, 10, 5, 8, 4, 2 };
    int sum = 0;
    if (first8.n != 8)
        return 0;
    for (size_t i = 0; i < 8; i++) {
        char c = first8.p[i];
        if (!is_digit(c) && !is_upper(c))
            return 0;
        sum += (is_digit(c) ? c - '0' : c - 'A' + 10) * WEIGHTS[i];
    }
    int check = 11 - sum % 11;
    return check == 10 ? 'X' : check == 11 ? '0' : (char)('0' + check);
}

bool ids_check_uscc(struct sv s, const char *label, struct id_verdict *v)
{
    start(v);
    if (!plain_ascii(s, label, v))
        return false;
    for (size_t i = 0; i < s.n; i++)
        if (is_lower(s.p[i]))
            return wrong(v, "%s第%zu位“%c”是小写字母，请用大写字母填写", label, i + 1, s.p[i]);
    if (s.n != 18)
        return wrong(v, "%s应为18位，现在是%zu位，请核对营业执照", label, s.n);
    for (size_t i = 0; i < 18; i++)
        if (uscc_value(s.p[i]) < 0)
            return wrong(v, "%s第%zu位不能是“%c”（不使用I、O、S、V、Z），请核对营业执照", label,
                         i + 1, s.p[i]);
    if (!all_digits(part(s, 2, 6)))
        return wrong(v, "%s第3至8位是登记机关行政区划码，应为6位数字，请核对营业执照", label);
    if (ids_uscc_char(part(s, 0, 17)) != s.p[17])
        return wrong(v, "%s第18位校验码不对，请核对营业执照", label);
    if (ids_organisation_char(part(s, 8, 8)) != s.p[16])
        snprintf(v->warning, sizeof v->warning,
                 "%s第9至17位的主体标识码（组织机构代码）校验码不一致，请核对", label);
    return right(v);
}

/* ---- GB 11643 ---- */

char ids_citizen_char(struct sv first17)
{
    static const int WEIGHTS[17] = { 7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2 };
    int sum = 0;
    if (first17.n != 17 || !all_digits(first17))
        return 0;
    for (size_t i = 0; i < 17; i++)
        sum += (first17.p[i] - '0') * WEIGHTS[i];
    return "10X98765432"[sum % 11];
}

static bool known_province(struct sv s)
{
    static const char CODES[] = "11 12 13 14 15 21 22 23 31 32 33 34 35 36 37 41 42 43 44 45 46 "
                                "50 51 52 53 54 61 62 63 64 65 71 81 82 83 91";
    for (size_t i = 0; i + 1 < sizeof CODES; i += 3)
        if (memcmp(CODES + i, s.p, 2) == 0)
            return true;
    return false;
}

bool ids_check_citizen(struct sv s, const char *label, int32_t today, struct id_verdict *v)
{
    int64_t birth;
    start(v);
    if (!plain_ascii(s, label, v))
        return false;
    if (s.n == 15 && all_digits(s))
        return wrong(v, "%s是15位的旧号码，请填写18位公民身份号码", label);
    if (s.n != 18)
        return wrong(v, "%s应为18位公民身份号码，现在是%zu位", label, s.n);
    if (!all_digits(part(s, 0, 17)))
        return wrong(v, "%s前17位应为数字，请核对身份证", label);
    if (s.p[17] == 'x')
        return wrong(v, "%s最后一位是小写x，请用大写X填写", label);
    if (!is_digit(s.p[17]) && s.p[17] != 'X')
        return wrong(v, "%s最后一位应为数字或大写X，请核对身份证", label);
    if (!known_province(s))
        return wrong(v, "%s前两位“%.2s”不是省级行政区划码，请核对身份证", label, s.p);
    sv_to_i64(part(s, 6, 8), &birth);
    int32_t born = date_from_number(birth);
    if (born == DATE_NONE)
        return wrong(v, "%s第7至14位“%.8s”不是有效的出生日期，请核对身份证", label, s.p + 6);
    if (born > today)
        return wrong(v, "%s中的出生日期“%.8s”晚于今天，请核对身份证", label, s.p + 6);
    if (ids_citizen_char(part(s, 0, 17)) != s.p[17])
        return wrong(v, "%s第18位校验码不对，请核对身份证", label);
    return right(v);
}

/* ---- other documents ---- */

/* '9' a digit, 'A' an upper-case letter, '*' either, anything else itself. */
static bool like(struct sv s, const char *shape)
{
    if (s.n != strlen(shape))
        return false;
    for (size_t i = 0; i < s.n; i++) {
        char c = s.p[i], want = shape[i];
        bool ok = want == '9'   ? is_digit(c)
                  : want == 'A' ? is_upper(c)
                  : want == '*' ? is_digit(c) || is_upper(c)
                                : c == want;
        if (!ok)
            return false;
    }
    return true;
}

/* Chinese passports have a letter E or G and 8 places; others are 5-17 letters and digits. */
static bool passport_ok(struct sv s)
{
    bool digit = false;
    if (s.n < 5 || s.n > 17)
        return false;
    for (size_t i = 0; i < s.n; i++) {
        digit = digit || is_digit(s.p[i]);
        if (!is_digit(s.p[i]) && !is_upper(s.p[i]))
            return false;
    }
    return digit;
}

static bool foreign_resident_ok(struct sv s, struct id_verdict *v, const char *label)
{
    if (s.n == 15) /* until 2023 */
        return like(s, "AAA999999999999") ||
               wrong(v, "%s（外国人永久居留身份证旧版）应为3个大写字母加12位数字", label);
    if (s.n != 18 || s.p[0] != '9' || !all_digits(part(s, 0, 17)))
        return wrong(v, "%s（外国人永久居留身份证）应为以9开头的18位号码，或旧版15位号码", label);
    return ids_citizen_char(part(s, 0, 17)) == s.p[17] ||
           wrong(v, "%s第18位校验码不对，请核对外国人永久居留身份证", label);
}

bool ids_kind(struct sv word, enum id_kind *out)
{
    static const char *const WORDS[] = { "citizen", "passport", "hk_macao", "taiwan",
                                         "foreign_resident" };
    for (size_t i = 0; i < sizeof WORDS / sizeof *WORDS; i++)
        if (sv_is(word, WORDS[i])) {
            *out = (enum id_kind)i;
            return true;
        }
    return false;
}

bool ids_check_document(enum id_kind kind, struct sv s, const char *label, int32_t today,
                        struct id_verdict *v)
{
    bool ok = false;
    if (kind == ID_CITIZEN)
        return ids_check_citizen(s, label, today, v);
    start(v);
    if (!plain_ascii(s, label, v))
        return false;
    for (size_t i = 0; i < s.n; i++)
        if (is_lower(s.p[i]))
            return wrong(v, "%s第%zu位“%c”是小写字母，请用大写字母填写", label, i + 1, s.p[i]);
    switch (kind) {
    case ID_PASSPORT:
        ok = passport_ok(s) || wrong(v, "%s（护照）应为5至17位大写字母和数字", label);
        break;
    case ID_HK_MACAO:
        ok = (s.n && (s.p[0] == 'H' || s.p[0] == 'M') &&
              (like(sv_skip(s, 1), "99999999") || like(sv_skip(s, 1), "9999999999"))) ||
             wrong(v, "%s（港澳居民来往内地通行证）应为H或M加8位或10位数字", label);
        break;
    case ID_TAIWAN:
        ok = like(s, "99999999") || wrong(v, "%s（台湾居民来往大陆通行证）应为8位数字", label);
        break;
    default:
        ok = foreign_resident_ok(s, v, label);
        break;
    }
    return ok && right(v);
}

bool ids_check_any(struct sv s, const char *label, int32_t today, struct id_verdict *v)
{
    start(v);
    if (!plain_ascii(s, label, v))
        return false;
    if (s.n == 18 && all_digits(part(s, 0, 17)) && s.p[0] != '9')
        return ids_check_citizen(s, label, today, v);
    if (s.n == 18)
        return ids_check_uscc(s, label, v) ||
               (s.p[0] == '9' && ids_check_document(ID_FOREIGN_RESIDENT, s, label, today, v)) ||
               ids_check_uscc(s, label, v); /* the likelier of the two speaks */
    if (s.n == 15 && all_digits(s))
        return wrong(v, "%s是15位的旧号码，请填写18位公民身份号码", label);
    for (size_t i = 0; i < s.n; i++)
        if (!is_digit(s.p[i]) && !is_upper(s.p[i]))
            return wrong(v, "%s第%zu位“%c”不对，证件号码只能是数字和大写字母", label, i + 1,
                         s.p[i]);
    return (s.n >= 5 && s.n <= 20) ? right(v) : wrong(v, "%s应为5至20位，现在是%zu位", label, s.n);
}

/* ---- phone and e-mail ---- */

/* 0473-1234567, 04731234567, 010-12345678: area code of 3 places (010, 02x) or 4, then 7 or
 * 8 digits, then perhaps an extension "-801" of 1 to 6 digits. */
static bool landline_ok(struct sv s)
{
    if (s.n < 10 || s.p[0] != '0')
        return false;
    size_t area = s.p[1] == '1' || s.p[1] == '2' ? 3 : 4;
    if (!all_digits(part(s, 0, area)))
        return false;
    s = sv_skip(s, area);
    if (s.p[0] == '-')
        s = sv_skip(s, 1);
    bool extension = s.n && memchr(s.p, '-', s.n);
    struct sv local = sv_cut(&s, '-');
    if (!all_digits(local) || local.n < 7 || local.n > 8)
        return false;
    return !extension || (all_digits(s) && s.n <= 6);
}

bool ids_check_phone(struct sv s, const char *label, struct id_verdict *v)
{
    start(v);
    if (!plain_ascii(s, label, v))
        return false;
    if (s.n && s.p[0] == '+')
        return wrong(v, "%s请不要写国际区号“+86”，直接填11位手机号", label);
    if (s.n && s.p[0] == '1' && all_digits(s)) {
        if (s.n != 11)
            return wrong(v, "%s是手机号，应为11位，现在是%zu位", label, s.n);
        if (s.p[1] < '3')
            return wrong(v, "%s不是有效的手机号（第2位应为3至9）", label);
        return right(v);
    }
    return landline_ok(s) ? right(v)
                          : wrong(v, "%s应为11位手机号，或带区号的座机，如0473-1234567", label);
}

static bool domain_ok(struct sv domain)
{
    size_t labels = 0;
    if (domain.n > 190)
        return false;
    while (domain.n || !labels) {
        bool more = domain.n && memchr(domain.p, '.', domain.n);
        struct sv one = sv_cut(&domain, '.');
        if (!one.n || one.n > 63 || one.p[0] == '-' || one.p[one.n - 1] == '-' ||
            (more && !domain.n))
            return false;
        for (size_t i = 0; i < one.n; i++)
            if (!is_digit(one.p[i]) && !is_upper(one.p[i]) && !is_lower(one.p[i]) &&
                one.p[i] != '-')
                return false;
        labels++;
    }
    return labels >= 2;
}

bool ids_check_email(struct sv s, const char *label, struct id_verdict *v)
{
    struct sv domain = s;
    start(v);
    if (!plain_ascii(s, label, v))
        return false;
    if (!s.n || !memchr(s.p, '@', s.n))
        return wrong(v, "%s应含有“@”，如 name@example.com", label);
    struct sv local = sv_cut(&domain, '@');
    bool ok = local.n >= 1 && local.n <= 64 && local.p[0] != '.' && local.p[local.n - 1] != '.';
    for (size_t i = 0; ok && i < local.n; i++) {
        char c = local.p[i];
        ok = is_digit(c) || is_upper(c) || is_lower(c) || strchr(".!#$%&'*+/=?^_`{|}~-", c);
        ok = ok && !(c == '.' && i && local.p[i - 1] == '.');
    }
    return ok && domain_ok(domain) ? right(v) : wrong(v, "%s的格式不对，应如 name@example.com", label);
}

bool ids_mobile_ok(struct sv s)
{
    return sv_digits(s, 11) && s.p[0] == '1' && s.p[1] >= '3';
}
