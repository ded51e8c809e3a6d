/* fuzz_json: a request body, from bytes to a struct.
 *
 * What is accepted can be written and read again to the same text; what is refused is refused
 * with sentences that are text themselves, each problem with a pointer.
 */
#include <stdlib.h>

#include "base/json.h"
#include "base/utf8.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

struct sample {
    struct sv name, note;
    int64_t days;
    bool sure;
    json_t *values, *list;
};
#define AT(member) offsetof(struct sample, member)
static const struct json_field FIELDS[] = {
    { "name", "名称", JSON_K_TEXT, true, AT(name), 0, 5 },
    { "note", "备注", JSON_K_TEXT, false, AT(note), 0, 0 },
    { "days", "天数", JSON_K_INT, true, AT(days), 1, 30 },
    { "sure", "确认", JSON_K_BOOL, false, AT(sure), 0, 0 },
    { "values", "内容", JSON_K_OBJECT, false, AT(values), 0, 0 },
    { "list", "列表", JSON_K_ARRAY, false, AT(list), 0, 0 },
};

static void must(bool ok)
{
    if (!ok)
        abort();
}

static void check_decode(const json_t *v, struct arena *a)
{
    struct err e;
    struct sample s = { .days = -1 };
    err_init(&e, a);
    int rc = json_decode(v, FIELDS, sizeof FIELDS / sizeof FIELDS[0], &s, &e);
    must((rc == 0) == (e.code == 0));
    if (rc == ERR_INVALID)
        must(e.n_problems > 0);
    for (size_t i = 0; i < e.n_problems; i++)
        must(sv_starts(e.problems[i].pointer, SV("/")) && utf8_valid(e.problems[i].pointer) &&
             utf8_valid(e.problems[i].message));
    if (rc == 0)
        must(s.name.n > 0 && utf8_count(s.name) <= 5 && utf8_clean(s.name) && s.days >= 1 &&
             s.days <= 30 && utf8_count(s.note) <= 200);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct arena *a = arena_new();
    struct err e;
    err_init(&e, a);
    json_t *v = json_parse(sv_make((const char *)data, size), &e);
    must((v == NULL) == (e.code == ERR_MALFORMED));
    if (v) {
        struct sv once = json_dump(a, v, true);
        json_t *again = json_parse(once, &e);
        must(again && sv_eq(json_dump(a, again, true), once));
        json_decref(again);
        check_decode(v, a);
        json_decref(v);
    } else {
        must(e.detail && utf8_valid(sv_of(e.detail)));
    }
    arena_free(a);
    return 0;
}
