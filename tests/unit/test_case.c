/* case: its state follows from its items, and a licence is issued only when the rules allow. */
#include "domain/case/case.h"
#include "test.h"

static struct arena *arena;
static struct err err;

static int setup(void **state)
{
    (void)state;
    arena = arena_new();
    err_init(&err, arena);
    return 0;
}

static int teardown(void **state)
{
    (void)state;
    arena_free(arena);
    return 0;
}

/* Calls each for every choice of states for 1 to 4 items. */
static void every_combination(void (*each)(const enum item_state *items, size_t n))
{
    for (size_t n = 1; n <= 4; n++) {
        size_t total = 1;
        for (size_t i = 0; i < n; i++)
            total *= ITEM_STATES - ITEM_RECEIVED;
        for (size_t code = 0; code < total; code++) {
            enum item_state items[4];
            size_t rest = code;
            for (size_t i = 0; i < n; i++, rest /= ITEM_STATES - ITEM_RECEIVED)
                items[i] = (enum item_state)(ITEM_RECEIVED + rest % (ITEM_STATES - ITEM_RECEIVED));
            each(items, n);
        }
    }
}

static struct case_facts count(const enum item_state *items, size_t n)
{
    struct case_facts f = { .submitted = true };
    for (size_t i = 0; i < n; i++)
        f.count[items[i]]++;
    return f;
}

/* The sentences of docs, read item by item instead of by counts. */
static enum case_state by_items(const enum item_state *items, size_t n)
{
    bool all_received = true, any_open = false, any_decided = false, all_withdrawn = true;
    for (size_t i = 0; i < n; i++) {
        all_received = all_received && items[i] == ITEM_RECEIVED;
        any_open = any_open || item_open(items[i]);
        any_decided = any_decided || items[i] == ITEM_GRANTED || items[i] == ITEM_DENIED;
        all_withdrawn = all_withdrawn && items[i] == ITEM_WITHDRAWN;
    }
    if (all_received)
        return CASE_SUBMITTED;
    if (any_open)
        return CASE_IN_PROGRESS;
    if (any_decided)
        return CASE_DECIDED;
    return all_withdrawn ? CASE_WITHDRAWN : CASE_ENDED;
}

static size_t combinations;

static void check_derive(const enum item_state *items, size_t n)
{
    struct case_facts f = count(items, n);
    combinations++;
    assert_int_equal(case_derive(&f), by_items(items, n));
    f.submitted = false;
    assert_int_equal(case_derive(&f), CASE_DRAFT);
    f.submitted = f.issued = true;
    assert_int_equal(case_derive(&f), CASE_ISSUED);
    f.archived = true;
    assert_int_equal(case_derive(&f), CASE_ARCHIVED);
}

static void test_derive(void **state)
{
    (void)state;
    every_combination(check_derive);
    assert_int_equal(combinations, 8 + 64 + 512 + 4096);
}

static void test_derive_examples(void **state)
{
    (void)state;
    struct case_facts f = { 0 };
    assert_int_equal(case_derive(&f), CASE_DRAFT);
    f = (struct case_facts){ .submitted = true, .count[ITEM_RECEIVED] = 3 };
    assert_int_equal(case_derive(&f), CASE_SUBMITTED);
    f.count[ITEM_ACCEPTED] = 1;
    assert_int_equal(case_derive(&f), CASE_IN_PROGRESS);
    f = (struct case_facts){ .submitted = true, .count[ITEM_GRANTED] = 1, .count[ITEM_REFUSED] = 2 };
    assert_int_equal(case_derive(&f), CASE_DECIDED);
    f = (struct case_facts){ .submitted = true, .count[ITEM_WITHDRAWN] = 2 };
    assert_int_equal(case_derive(&f), CASE_WITHDRAWN);
    f.count[ITEM_ENDED] = 1;
    assert_int_equal(case_derive(&f), CASE_ENDED);
}

/* P22: no open item, at least one granted, once. */
static void check_issue(const enum item_state *items, size_t n)
{
    struct case_facts f = count(items, n);
    bool open = false, granted = false;
    for (size_t i = 0; i < n; i++) {
        open = open || item_open(items[i]);
        granted = granted || items[i] == ITEM_GRANTED;
    }
    err_clear(&err);
    int rc = case_may_issue(&f, &err);
    assert_int_equal(rc, granted && !open ? 0 : ERR_REFUSED);
    if (rc != 0) {
        assert_string_equal(err.rule, "P22");
        assert_non_null(err.detail);
    }
    f.issued = true;
    assert_int_equal(case_may_issue(&f, NULL), ERR_REFUSED);
    f.issued = f.submitted = false;
    assert_int_equal(case_may_issue(&f, NULL), ERR_REFUSED);
    arena_reset(arena);
}

static void test_P22_may_issue(void **state)
{
    (void)state;
    every_combination(check_issue);
    struct case_facts f = { .submitted = true };
    assert_int_equal(case_may_issue(&f, NULL), ERR_REFUSED);
    f.count[ITEM_GRANTED] = 1;
    assert_int_equal(case_may_issue(&f, NULL), 0);
    f.archived = true; /* P31 */
    assert_int_equal(case_may_issue(&f, NULL), ERR_REFUSED);
    f.archived = false;
    f.count[ITEM_RECEIVED] = 2;
    assert_int_equal(case_may_issue(&f, &err), ERR_REFUSED);
    assert_non_null(strstr(err.detail, "2"));
}

static void test_names(void **state)
{
    (void)state;
    enum case_state s;
    for (int k = 0; k < CASE_STATES; k++) {
        assert_true(case_state_of(sv_of(case_state_key((enum case_state)k)), &s));
        assert_int_equal(s, k);
        assert_true(case_state_text((enum case_state)k)[0] != 0);
    }
    assert_false(case_state_of(SV("open"), &s));
    assert_false(case_state_of(SV(""), &s));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_derive),
        cmocka_unit_test(test_derive_examples),
        cmocka_unit_test(test_P22_may_issue),
        cmocka_unit_test(test_names),
    };
    return cmocka_run_group_tests_name("case", tests, setup, teardown);
}
