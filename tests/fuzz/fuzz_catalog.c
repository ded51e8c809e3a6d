/* fuzz_catalog: whatever bytes come in, the catalogue's code neither crashes nor leaks.
 *
 * The first byte chooses the door: a catalogue file, guide answers, or form values; the last
 * two against the shipped catalogue ($YZ_SOURCE/catalog/wuhai-2026.json). Built standalone
 * with -fsanitize=fuzzer,address, or linked with a main that runs a corpus.
 */
#include <stdio.h>
#include <stdlib.h>

#include "base/date.h"
#include "domain/catalog/form.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static struct catalog *shipped(void)
{
    static struct catalog *catalog;
    static char text[4 << 20];
    char path[1024];
    if (catalog)
        return catalog;
    const char *root = getenv("YZ_SOURCE");
    snprintf(path, sizeof path, "%s/catalog/wuhai-2026.json", root ? root : ".");
    FILE *f = fopen(path, "rb");
    if (!f)
        abort();
    size_t n = fread(text, 1, sizeof text, f);
    fclose(f);
    struct arena *a = arena_new();
    struct err e;
    err_init(&e, a);
    catalog = catalog_load(sv_make(text, n), SV("wuhai-2026.json"), &e);
    if (!catalog)
        abort();
    arena_free(a);
    return catalog;
}

static void fuzz_file(struct sv text, struct arena *a)
{
    struct err e;
    err_init(&e, a);
    struct catalog *c = catalog_load(text, SV("fuzz.json"), &e);
    if (!c && e.code == 0)
        abort(); /* refused without a word */
    if (c && c->n_industries) {
        struct guide_result g;
        if (guide_run(c, &c->industries[0], NULL, NULL, a, &g, &e) != 0)
            abort();
        json_decref(notice_to_json(c, &g, c->n_regions ? c->regions[0].code : SV("")));
        json_decref(g.prefill);
    }
    catalog_free(c);
}

/* Either refused with a problem, or a result that can be shown. */
static void fuzz_answers(struct sv text, const struct industry *ind, struct arena *a)
{
    struct err e;
    struct guide_result g;
    err_init(&e, a);
    json_t *answers = json_parse(text, &e);
    if (!answers)
        return;
    if (guide_run(shipped(), ind, answers, NULL, a, &g, &e) == 0) {
        json_decref(guide_to_json(shipped(), &g, SV("150302")));
        json_decref(notice_to_json(shipped(), &g, SV("150302")));
        json_decref(g.prefill);
    } else if (e.n_problems == 0) {
        abort();
    }
    json_decref(answers);
}

/* What a complete form passes, a draft passes; problems point into the values. */
static void fuzz_values(struct sv text, struct arena *a)
{
    struct err e;
    struct form f;
    const struct catalog *c = shipped();
    const struct permit_type *all[64];
    err_init(&e, a);
    json_t *values = json_parse(text, &e);
    if (!values)
        return;
    for (size_t i = 0; i < c->n_permits; i++)
        all[i] = &c->permits[i];
    form_build(c, all, c->n_permits, a, &f);
    err_clear(&e);
    int whole = form_check(&f, values, NULL, date_of(2026, 11, 23), true, &e);
    for (size_t i = 0; i < e.n_problems; i++)
        if (!sv_starts(e.problems[i].pointer, SV("/values")))
            abort();
    err_clear(&e);
    int draft = form_check(&f, values, NULL, date_of(2026, 11, 23), false, &e);
    if (whole == 0 && draft != 0)
        abort();
    form_check_materials(&f, values, values, values, NULL, &e);
    form_warn(&f, values, NULL, &e);
    json_decref(values);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    if (size < 1)
        return 0;
    struct arena *a = arena_new();
    struct sv text = sv_make((const char *)data + 1, size - 1);
    if (data[0] % 3 == 0)
        fuzz_file(text, a);
    else if (data[0] % 3 == 1)
        fuzz_answers(text, &shipped()->industries[data[0] / 3 % shipped()->n_industries], a);
    else
        fuzz_values(text, a);
    arena_free(a);
    return 0;
}
