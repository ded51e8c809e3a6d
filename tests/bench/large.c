/* large: see large.h. Loading is compared with jansson parsing the same bytes into a tree. */
#include "large.h"

#include <stdio.h>

#include "../unit/generate.h"
#include "domain/catalog/contradict.h"
#include "domain/catalog/guide.h"
#include "domain/catalog/shape.h"
#include "sys/clock.h"
#include "sys/embed.h"

enum { LARGE_INDUSTRIES = 300, LARGE_PERMITS = 800, LOADS = 5 };

static double ms_since(int64_t begin)
{
    return (double)(clock_monotonic_us() - begin) / 1000;
}

/* The slowest guide of all industries, each with all its first options. */
static double slowest_guide(const struct catalog *c)
{
    double worst = 0;
    for (size_t i = 0; i < c->n_industries; i++) {
        const struct industry *ind = &c->industries[i];
        struct arena *a = arena_new();
        struct guide_result g = { 0 };
        struct err e;
        json_t *answers = json_object();
        err_init(&e, a);
        for (size_t q = 0; q < ind->n_questions; q++)
            json_put(answers, ind->questions[q].code.p,
                     json_pack("[s]", ind->questions[q].options[0].code.p));
        int64_t begin = clock_monotonic_us();
        guide_run(c, ind, answers, NULL, a, &g, &e);
        double took = ms_since(begin);
        worst = took > worst ? took : worst;
        json_decref(g.prefill);
        json_decref(answers);
        arena_free(a);
    }
    return worst;
}

void bench_large_catalog(void)
{
    const struct embed_file *f = embed_find(SV("catalog/wuhai-2026.json"));
    struct arena *a = arena_new();
    struct contradictions found;
    struct err e;
    double parse = 1e9, load = 1e9, guide = 0;
    err_init(&e, a);
    json_t *shipped = f ? json_parse(sv_make((const char *)f->body, f->n), &e) : NULL;
    json_t *doc = generate_catalog(shipped, 7, LARGE_INDUSTRIES, LARGE_PERMITS, a);
    struct sv text = shape_text(doc, a);
    int64_t compare = 0;
    for (int i = 0; i < LOADS; i++) {
        int64_t begin = clock_monotonic_us();
        json_decref(json_loadb(text.p, text.n, 0, NULL));
        parse = ms_since(begin) < parse ? ms_since(begin) : parse;
        begin = clock_monotonic_us();
        struct catalog *c = catalog_load(text, SV("large"), &e);
        load = ms_since(begin) < load ? ms_since(begin) : load;
        guide = c ? slowest_guide(c) : 0;
        begin = clock_monotonic_us();
        if (c)
            catalog_contradictions(c, a, &found);
        compare = clock_monotonic_us() - begin;
        catalog_free(c);
    }
    printf("(f) catalogue of %d industries and %d permits (%.1f MB): load and prove %.0f ms, jansson "
           "alone %.0f ms, ratio %.1f; slowest guide %.2f ms; contradictions %.0f ms\n",
           LARGE_INDUSTRIES, LARGE_PERMITS, (double)text.n / 1e6, load, parse, load / parse, guide,
           (double)compare / 1000);
    json_decref(doc);
    json_decref(shipped);
    arena_free(a);
}
