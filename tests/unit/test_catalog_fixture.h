/* test_catalog_fixture: the shipped catalogue and small helpers for the catalogue's tests. */
#ifndef YZ_TEST_CATALOG_FIXTURE_H
#define YZ_TEST_CATALOG_FIXTURE_H

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <time.h>

#include <cmocka.h>

#include "base/date.h"
#include "domain/catalog/form.h"

#define UNUSED __attribute__((unused))

UNUSED static struct sv fixture_read(struct arena *a, const char *name)
{
    const char *root = getenv("YZ_SOURCE");
    char *path = arena_printf(a, "%s/%s", root ? root : ".", name);
    FILE *f = fopen(path, "rb");
    if (!f)
        fail_msg("cannot open %s (set YZ_SOURCE to the repository)", path);
    size_t cap = 4 << 20;
    char *p = arena_alloc(a, cap);
    size_t n = fread(p, 1, cap, f);
    fclose(f);
    assert_true(n < cap);
    return sv_make(p, n);
}

UNUSED static json_t *fixture_json(struct arena *a, const char *name)
{
    struct err e;
    err_init(&e, a);
    json_t *v = json_parse(fixture_read(a, name), &e);
    if (!v)
        fail_msg("%s: %s", name, err_text(&e));
    return v;
}

UNUSED static void fixture_print(const struct err *e)
{
    for (size_t i = 0; i < e->n_problems; i++)
        print_message("%.*s  %.*s  %.*s\n", (int)e->problems[i].pointer.n,
                      e->problems[i].pointer.p ? e->problems[i].pointer.p : "",
                      (int)e->problems[i].code.n, e->problems[i].code.p,
                      (int)e->problems[i].message.n, e->problems[i].message.p);
}

UNUSED static struct catalog *fixture_catalog(struct arena *a)
{
    struct err e;
    err_init(&e, a);
    struct catalog *c = catalog_load(fixture_read(a, "catalog/wuhai-2026.json"),
                                     SV("wuhai-2026.json"), &e);
    fixture_print(&e);
    if (!c)
        fail_msg("%s", err_text(&e));
    return c;
}

/* Text with ' for ", so that tables stay readable. New reference. */
UNUSED static json_t *fixture_text(const char *text)
{
    char copy[4000];
    json_error_t je;
    size_t n = strlen(text);
    assert_true(n < sizeof copy);
    for (size_t i = 0; i <= n; i++)
        copy[i] = text[i] == '\'' ? '"' : text[i];
    json_t *v = json_loads(copy, JSON_DECODE_ANY, &je);
    if (!v)
        fail_msg("bad JSON in the test, %s: %s", je.text, text);
    return v;
}

UNUSED static bool fixture_has(const struct err *e, const char *pointer, const char *code)
{
    for (size_t i = 0; i < e->n_problems; i++)
        if (sv_is(e->problems[i].pointer, pointer) && sv_is(e->problems[i].code, code))
            return true;
    return false;
}

UNUSED static double fixture_seconds(void)
{
    struct timespec t;
    clock_gettime(CLOCK_MONOTONIC, &t);
    return (double)t.tv_sec + 1e-9 * (double)t.tv_nsec;
}

/* Calls each(ctx, answers) for every complete set of answers of the industry: options of a
 * single question one by one, of a multi question every non-empty set (an exclusive option
 * only alone). Questions that a client would not show are not answered. */
struct combinations {
    const struct industry *ind;
    void (*each)(void *ctx, json_t *answers);
    void *ctx;
    size_t n;
};

/* show_if of the shipped catalogue is always {"answer","op":"has","value"}. */
UNUSED static bool fixture_visible(const json_t *show_if, const json_t *answers)
{
    const json_t *given = json_object_get(answers, json_sv(show_if, "answer").p
                                                       ? json_sv(show_if, "answer").p : "");
    if (!show_if)
        return true;
    for (size_t i = 0; i < json_array_size(given); i++)
        if (sv_eq(json_text(json_array_get(given, i)), json_sv(show_if, "value")))
            return true;
    return false;
}

UNUSED static void fixture_walk(struct combinations *k, const json_t *questions, size_t q,
                                json_t *answers)
{
    if (q == k->ind->n_questions) {
        k->n++;
        k->each(k->ctx, answers);
        return;
    }
    const struct question *question = &k->ind->questions[q];
    if (!fixture_visible(json_object_get(json_array_get(questions, q), "show_if"), answers)) {
        fixture_walk(k, questions, q + 1, answers);
        return;
    }
    size_t n = question->n_options;
    for (size_t mask = 1; mask < (size_t)1 << n; mask++) {
        json_t *chosen = json_array();
        bool alone = (mask & (mask - 1)) == 0, exclusive = false;
        for (size_t i = 0; i < n; i++)
            if (mask >> i & 1) {
                json_push_sv(chosen, question->options[i].code);
                exclusive = exclusive || question->options[i].exclusive;
            }
        if (alone || (question->multi && !exclusive)) {
            json_object_set_new(answers, question->code.p, json_incref(chosen));
            fixture_walk(k, questions, q + 1, answers);
            json_object_del(answers, question->code.p);
        }
        json_decref(chosen);
    }
}

UNUSED static size_t fixture_combinations(const struct catalog *c, const struct industry *ind,
                                          void (*each)(void *, json_t *), void *ctx)
{
    struct combinations k = { ind, each, ctx, 0 };
    json_t *answers = json_object();
    json_t *list = json_object_get(c->source, "industries");
    json_t *questions = json_object_get(json_array_get(list, (size_t)(ind - c->industries)),
                                        "questions");
    fixture_walk(&k, questions, 0, answers);
    json_decref(answers);
    return k.n;
}

#endif
