/* share_sample: the built-in sample source, for demonstration data and tests. See share_read.h.
 *
 * It knows every well-formed code of the shape 91/92 + six digits + MA + six digits + two check
 * characters, which is also what the sample holders have: what it says follows from the latter six
 * digits, so the same code always gives the same enterprise. Codes whose digits end in 9 are
 * unknown to the register, those that end in 8 have no certificate, so that both can be shown.
 */
#include "service/share_read.h"

#include "domain/law/ids.h"

enum { UNKNOWN_LAST = 9, NO_CERTIFICATE_LAST = 8, SINCE_YEAR = 2015, YEARS = 9 };

static const char *const PERSONS[] = { "张示例", "李示例", "王示例", "刘示例", "陈示例", "杨示例" };
static const char *const BRANDS[] = { "惠民", "悦来", "河畔", "金沙", "滨河", "和顺", "晨光" };
enum { N_PERSONS = sizeof PERSONS / sizeof PERSONS[0],
       N_BRANDS = sizeof BRANDS / sizeof BRANDS[0] };

/* The six digits, or -1 for a code that no sample enterprise has. */
static int64_t serial_of(struct sv uscc)
{
    struct id_verdict v;
    int64_t n;
    if (uscc.n != 18 || !ids_check_uscc(uscc, "", &v) || uscc.p[0] != '9' ||
        (uscc.p[1] != '1' && uscc.p[1] != '2') || !sv_digits(sv_make(uscc.p + 2, 6), 6) ||
        !sv_eq(sv_make(uscc.p + 8, 2), SV("MA")) || !sv_digits(sv_make(uscc.p + 10, 6), 6) ||
        !sv_to_i64(sv_make(uscc.p + 10, 6), &n))
        return -1;
    return n;
}

static const char *founded(int64_t n, struct arena *a)
{
    return arena_printf(a, "%d-%02d-%02d", SINCE_YEAR + (int)(n % YEARS), 1 + (int)(n % 12),
                        1 + (int)(n % 28));
}

json_t *sample_enterprise(struct sv uscc)
{
    int64_t n = serial_of(uscc);
    if (n < 0 || n % 10 == UNKNOWN_LAST)
        return NULL;
    struct arena *a = arena_new();
    bool company = uscc.p[1] == '1';
    json_t *o = json_object();
    json_put_sv(o, "uscc", uscc);
    json_put_sv(o, "name", arena_printf_sv(a, "（示例）乌海市%s%lld号%s", BRANDS[n % N_BRANDS],
                                           (long long)n, company ? "商贸有限责任公司" : "店"));
    json_put_sv(o, "type", company ? SV("有限责任公司") : SV("个体工商户"));
    json_put_sv(o, "legal_person", sv_of(PERSONS[n % N_PERSONS]));
    json_put_sv(o, "address", arena_printf_sv(a, "（示例）内蒙古自治区乌海市示例街%lld号",
                                              (long long)(1 + n % 188)));
    json_put_sv(o, "scope", SV("（示例）食品销售；日用百货销售；餐饮服务；住宿服务"));
    json_put_sv(o, "established_on", sv_of(founded(n, a)));
    if (company)
        json_put_sv(o, "capital", arena_printf_sv(a, "%lld", (long long)(10 + n % 90)));
    json_put_sv(o, "status", SV("存续"));
    arena_free(a);
    return o;
}

static json_t *certificate(struct sv uscc, struct sv name, int64_t n, struct arena *a)
{
    char hex[65];
    struct sm3_hash h;
    json_t *o = json_object();
    bool licence = sv_is(name, "营业执照");
    struct sv number = licence ? uscc : arena_printf_sv(a, "示例%s%06lld", founded(n, a),
                                                        (long long)n);
    sm3(arena_printf_sv(a, "%.*s %.*s", (int)uscc.n, uscc.p, (int)name.n, name.p), &h);
    sm3_hex(&h, hex);
    json_put_sv(o, "name", name);
    json_put_sv(o, "holder", uscc);
    json_put_sv(o, "number", number);
    json_put_sv(o, "issuer", licence ? SV("（示例）市场监督管理局") : SV("（示例）发证机关"));
    json_put_sv(o, "issued_on", sv_of(founded(n, a)));
    json_put_sv(o, "reference", arena_printf_sv(a, "sample:%.*s:%.8s", (int)uscc.n, uscc.p, hex));
    json_put_sv(o, "digest", sv_of(hex));
    return o;
}

json_t *sample_certificates(struct sv uscc, const struct sv *names, size_t n)
{
    int64_t serial = serial_of(uscc);
    if (serial < 0 || serial % 10 == UNKNOWN_LAST || serial % 10 == NO_CERTIFICATE_LAST)
        return NULL;
    struct arena *a = arena_new();
    json_t *o = json_object();
    json_t *items = json_array();
    for (size_t i = 0; i < n; i++)
        json_push(items, certificate(uscc, names[i], serial, a));
    json_put(o, "items", items);
    arena_free(a);
    return o;
}
