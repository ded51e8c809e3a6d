/* fuzz_dates: dates, quantities and codes that people type, taken from raw bytes.
 *
 * What is accepted must survive writing and reading again; what is refused must say why.
 */
#include <stdlib.h>

#include "base/date.h"
#include "domain/law/ids.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void fuzz_date(struct sv s)
{
    int32_t d, again;
    char text[32];
    if (!date_parse(s, &d))
        return;
    if (!date_parse(sv_of(date_format(d, text)), &again) || again != d)
        abort();
    if (date_from_number(date_to_number(d)) != d)
        abort();
    struct civil c = date_civil(d);
    if (date_of(c.year, c.month, c.day) != d || date_weekday(d) < 0 || date_weekday(d) > 6)
        abort();
    date_chinese(d, text);
}

static void said(bool ok, const struct id_verdict *v)
{
    if (ok != v->ok || ok != (v->problem[0] == '\0'))
        abort();
}

static void fuzz_codes(struct sv s)
{
    struct id_verdict v;
    int32_t today = date_of(2026, 11, 23);
    said(ids_check_uscc(s, "统一社会信用代码", &v), &v);
    said(ids_check_citizen(s, "证件号码", today, &v), &v);
    for (int kind = ID_CITIZEN; kind <= ID_FOREIGN_RESIDENT; kind++)
        said(ids_check_document((enum id_kind)kind, s, "证件号码", today, &v), &v);
    said(ids_check_any(s, "证件号码", today, &v), &v);
    said(ids_check_phone(s, "电话", &v), &v);
    said(ids_check_email(s, "邮箱", &v), &v);
    ids_uscc_char(s);
    ids_organisation_char(s);
    ids_citizen_char(s);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct sv s = sv_make((const char *)data, size);
    int64_t n;
    fuzz_date(s);
    fuzz_codes(s);
    sv_to_i64(s, &n);
    sv_to_centi(s, &n);
    return 0;
}
